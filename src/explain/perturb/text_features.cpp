#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"
#include "explain/perturb/features.hpp"
#include "explain/token_roles.hpp"

namespace pellucid::explain {
namespace {

/// The features of one text: the places of their tokens.
struct TextSample {
  methods::FeatureSpace space;
  std::vector<std::vector<std::size_t>> places;
  std::vector<std::size_t> real;  ///< places that are no padding, ascending
};

/// Tokens of a row by what they are replaced with.
class TextFeatures : public Features {
 public:
  explicit TextFeatures(const Explainer& explainer) : explainer_(explainer), options_(explainer.resolved().options) {
    const graph::Graph& graph = explainer.prepared().graph;
    const graph::ValueId ids = changed_input(explainer.prepared(), explainer.stream());
    ids_ = graph.value(ids).name;
    if (const graph::ValueId mask = anatomy::find_mask(graph, ids); mask != graph::kNone)
      mask_ = graph.value(mask).name;
    by_ = options_.word("baselines");
    const SpecialTokens& special = explainer.state().special_tokens();
    pad_ = special.pad;
    replacement_ = by_ == "mask" ? *special.mask : special.pad;
    roles_ = token_roles(explainer.state(), explainer.prepared(), explainer.request());
    for (std::size_t b = 0; b < roles_.ids.size(); ++b) samples_.push_back(sample_of(b));
  }

  [[nodiscard]] const methods::FeatureSpace& space(std::int64_t b) const override { return at(b).space; }

  [[nodiscard]] TensorMap changed(std::int64_t b, std::span<const methods::Presence> rows) const override {
    TensorMap feeds = repeated_sample(explainer_, b, std::ssize(rows));
    if (by_ == "delete") return repacked(b, rows, std::move(feeds));
    std::vector<std::int64_t> ids;
    for (const methods::Presence& kept : rows) {
      std::vector<std::int64_t> row = roles_.ids[static_cast<std::size_t>(b)];
      for (std::size_t j = 0; j < kept.size(); ++j)
        for (const std::size_t place : at(b).places[j])
          if (kept[j] == 0) row[place] = replacement_;
      ids.insert(ids.end(), row.begin(), row.end());
    }
    set(feeds, ids_, ids);
    return feeds;
  }

  [[nodiscard]] Shape shape() const override { return {std::ssize(roles_.ids.front())}; }

  /// A word's score is the sum of its tokens'.
  void place(std::int64_t b, std::span<const double> scores, std::span<double> out) const override {
    for (std::size_t j = 0; j < scores.size(); ++j)
      for (const std::size_t place : at(b).places[j])
        out[place] = scores[j] / static_cast<double>(at(b).places[j].size());
  }

 private:
  [[nodiscard]] const TextSample& at(std::int64_t b) const { return samples_[static_cast<std::size_t>(b)]; }

  /// The word that a token belongs to; none where tokens stand for themselves.
  [[nodiscard]] std::int64_t word_of(std::size_t b, std::size_t place) const {
    if (!options_.has("features") || options_.word("features") != "words") return -1;
    const auto& tokens = explainer_.request().texts.at(b).tokens;
    return place < tokens.size() && !tokens[place].special ? tokens[place].word : -1;
  }

  [[nodiscard]] TextSample sample_of(std::size_t b) const {
    const std::vector<bool>& taken = options_.flag("keep_special") ? roles_.content[b] : roles_.real[b];
    TextSample sample;
    std::vector<std::int64_t> words;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (roles_.real[b][i]) sample.real.push_back(i);
      if (!taken[i]) continue;
      const std::int64_t word = word_of(b, i);
      const auto known = word < 0 ? words.end() : std::find(words.begin(), words.end(), word);
      if (known != words.end()) {
        sample.places[static_cast<std::size_t>(known - words.begin())].push_back(i);
        continue;
      }
      const bool neighbour = i > 0 && taken[i - 1] && !sample.space.spans.empty();
      if (!neighbour) sample.space.spans.push_back(0);
      ++sample.space.spans.back();
      sample.places.push_back({i});
      words.push_back(word);
    }
    sample.space.count = std::ssize(sample.places);
    sample.space.extent = {sample.space.count};
    return sample;
  }

  /// The tokens that are left, packed to where the text began, or ended where the padding is in front.
  [[nodiscard]] TensorMap repacked(std::int64_t b, std::span<const methods::Presence> rows, TensorMap feeds) const {
    const auto sample = static_cast<std::size_t>(b);
    const std::size_t length = roles_.ids[sample].size();
    std::vector<std::int64_t> ids(rows.size() * length, pad_), mask(ids.size(), 0), types(ids.size(), 0);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::vector<std::size_t> left = places_left(b, rows[r]);
      PELLUCID_CHECK(!left.empty(), kUnsupported,
                     "option baselines=delete: without all of its features the text has no token left; use "
                     "baselines=mask or baselines=pad");
      const bool behind = !roles_.real[sample].front();
      std::size_t to = r * length + (behind ? length - left.size() : at(b).real.front());
      for (const std::size_t place : left) {
        ids[to] = roles_.ids[sample][place];
        types[to] = roles_.types[sample][place];
        mask[to++] = 1;
      }
    }
    set(feeds, ids_, ids);
    set(feeds, mask_, mask);
    if (feeds.count("token_type_ids") != 0) set(feeds, "token_type_ids", types);
    return feeds;
  }

  [[nodiscard]] std::vector<std::size_t> places_left(std::int64_t b, const methods::Presence& kept) const {
    std::vector<bool> gone(roles_.ids[static_cast<std::size_t>(b)].size(), false);
    for (std::size_t j = 0; j < kept.size(); ++j)
      for (const std::size_t place : at(b).places[j]) gone[place] = kept[j] == 0;
    std::vector<std::size_t> left;
    for (const std::size_t place : at(b).real)
      if (!gone[place]) left.push_back(place);
    return left;
  }

  static void set(TensorMap& feeds, const std::string& name, const std::vector<std::int64_t>& values) {
    Tensor& fed = feeds.at(name);
    fed = Tensor(fed.shape(), values).cast(fed.type());
  }

  const Explainer& explainer_;
  const methods::ResolvedOptions& options_;
  std::string ids_, mask_, by_;
  std::int64_t pad_ = 0, replacement_ = 0;
  TokenRoles roles_;
  std::vector<TextSample> samples_;
};

}  // namespace

std::unique_ptr<Features> text_features(const Explainer& explainer) {
  return std::make_unique<TextFeatures>(explainer);
}

}  // namespace pellucid::explain
