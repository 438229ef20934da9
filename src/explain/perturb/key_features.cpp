#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "explain/perturb/features.hpp"
#include "explain/perturb/suppression.hpp"
#include "explain/rows.hpp"
#include "graph/onnx/write.hpp"

namespace pellucid::explain {
namespace {

/// The tokens as keys of attention, special ones too: what is fed beside the input are the factors of their columns.
class KeyFeatures : public Features {
 public:
  explicit KeyFeatures(const Explainer& explainer) : explainer_(explainer) {
    const anatomy::Stream& stream = explainer.stream();
    PELLUCID_CHECK(
        !stream.merged, kUnsupported,
        "method 'atman' doesn't work on this model: its tokens merge between blocks or attend in windows, so "
        "that a token has no column of its own; kernel-shap and occlusion need none");
    const auto tokens = static_cast<std::size_t>(stream.token_count);
    const std::vector<double> valid = validity();
    for (std::int64_t b = 0; b < explainer.batch(); ++b) {
      std::vector<std::size_t>& places = places_.emplace_back();
      for (std::size_t i = 0; i < tokens; ++i)
        if (valid.empty() || valid[static_cast<std::size_t>(b) * tokens + i] != 0) places.push_back(i);
      const std::int64_t count = std::ssize(places);
      spaces_.push_back({.count = count, .extent = {count}});
    }
    if (!explainer.resolved().options.is_word("similarity_threshold")) read_tokens();
  }

  [[nodiscard]] const methods::FeatureSpace& space(std::int64_t b) const override {
    return spaces_[static_cast<std::size_t>(b)];
  }

  [[nodiscard]] TensorMap changed(std::int64_t b, std::span<const methods::Presence> rows) const override {
    TensorMap feeds = repeated_sample(explainer_, b, std::ssize(rows));
    const auto tokens = static_cast<std::size_t>(explainer_.stream().token_count);
    std::vector<float> factors(rows.size() * tokens, 1.0F);
    const std::vector<std::size_t>& places = places_[static_cast<std::size_t>(b)];
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t j = 0; j < places.size(); ++j) factors[r * tokens + places[j]] = rows[r][j];
    const Tensor fed(Shape{std::ssize(rows), static_cast<std::int64_t>(tokens)}, factors);
    const graph::Graph& graph = explainer_.prepared().graph;
    feeds[kSuppression] = fed.cast(graph.value(explainer_.stream().tokens).type);
    return feeds;
  }

  [[nodiscard]] Shape shape() const override { return {explainer_.stream().token_count}; }

  void place(std::int64_t b, std::span<const double> scores, std::span<double> out) const override {
    const std::vector<std::size_t>& places = places_[static_cast<std::size_t>(b)];
    for (std::size_t j = 0; j < scores.size(); ++j) out[places[j]] = scores[j];
  }

  [[nodiscard]] std::vector<double> similarity(std::int64_t b) const override {
    if (tokens_.empty()) return {};
    const std::vector<std::size_t>& places = places_[static_cast<std::size_t>(b)];
    std::vector<double> cosines;
    for (const std::size_t i : places)
      for (const std::size_t j : places) cosines.push_back(cosine(b, i, j));
    return cosines;
  }

 private:
  [[nodiscard]] std::vector<double> validity() const {
    const graph::ValueId valid = explainer_.stream().validity;
    if (valid == graph::kNone) return {};
    return explainer_.request().inputs.at(explainer_.prepared().graph.value(valid).name).to_doubles();
  }

  /// What enters the first block: [batch, tokens, width].
  void read_tokens() {
    graph::Graph graph = explainer_.prepared().graph;
    const graph::ValueId tokens = explainer_.stream().tokens;
    const std::string name = graph.value(tokens).name;
    graph.outputs = {tokens};
    graph.prune();
    const auto session = explainer_.state().load(graph::write_graph(graph), "the tokens' forward pass");
    for (std::int64_t b = 0; b < explainer_.batch(); ++b) {
      const bool free = explainer_.prepared().batch_free;
      const std::int64_t rows = free ? 1 : explainer_.batch();
      const Tensor all = session->run(repeated_sample(explainer_, b, rows), {name}).at(name);
      tokens_.push_back(cut(all, 0, 0, 1).to_doubles());
    }
  }

  [[nodiscard]] double cosine(std::int64_t b, std::size_t i, std::size_t j) const {
    const auto width = static_cast<std::size_t>(explainer_.stream().width);
    const double* x = tokens_[static_cast<std::size_t>(b)].data() + i * width;
    const double* y = tokens_[static_cast<std::size_t>(b)].data() + j * width;
    const double xx = std::inner_product(x, x + width, x, 0.0), yy = std::inner_product(y, y + width, y, 0.0);
    return std::inner_product(x, x + width, y, 0.0) / std::sqrt(std::max(xx * yy, 1e-300));
  }

  const Explainer& explainer_;
  std::vector<std::vector<std::size_t>> places_;
  std::vector<methods::FeatureSpace> spaces_;
  std::vector<std::vector<double>> tokens_;  ///< [batch][tokens·width]
};

}  // namespace

std::unique_ptr<Features> key_features(const Explainer& explainer) { return std::make_unique<KeyFeatures>(explainer); }

}  // namespace pellucid::explain
