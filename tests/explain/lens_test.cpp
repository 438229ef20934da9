/// Hidden tokens read through the model's own end, against norm and head as plain loops over hidden states of the
/// reference executor.

#include <gtest/gtest.h>

#include <cmath>

#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "explain/prepared.hpp"
#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "support/reference_executor.hpp"

namespace pellucid {
namespace {

using tests::TensorD;

/// A model's hidden states, and its last norm and head by the names of their weights.
struct Ends {
  std::string gain, shift, weight, bias;
  bool columns = false;  ///< weight: [width, classes], not [classes, width]
};

class Lens {
 public:
  Lens(const std::filesystem::path& folder, Ends ends, anatomy::AnswerPosition answer)
      : folder_(folder), ends_(std::move(ends)), inputs_(read_safetensors(folder / "inputs.safetensors")) {
    const graph::ModelFile file = graph::ModelFile::open(folder / "model.onnx");
    batch_ = inputs_.begin()->second.shape()[0];
    prepared_ = explain::prepare(explain::specialise(file, inputs_, "tokens"), batch_, answer);
    std::map<graph::ValueId, TensorD> fed;
    for (const graph::ValueId input : prepared_.graph.inputs) {
      const Tensor& tensor = inputs_.at(prepared_.graph.value(input).name);
      fed[input] = {tensor.shape(), tensor.to_doubles()};
    }
    values_ = tests::execute(prepared_.graph, fed, batch_);
  }

  [[nodiscard]] std::int64_t blocks() const { return std::ssize(prepared_.anatomy.streams.at(0).blocks); }
  [[nodiscard]] std::int64_t batch() const { return batch_; }
  [[nodiscard]] std::int64_t tokens() const { return prepared_.anatomy.streams.at(0).token_count; }

  /// W norm(h_l[b, t]) + bias of one class.
  [[nodiscard]] double logit(std::int64_t layer, std::int64_t b, std::int64_t t, std::int64_t c) const {
    const TensorD& hidden = values_.at(prepared_.anatomy.streams[0].blocks[static_cast<std::size_t>(layer)].output);
    const std::int64_t width = hidden.shape[2];
    double mean = 0, variance = 0, score = ends_.bias.empty() ? 0 : at(ends_.bias, c);
    const auto h = [&](std::int64_t k) { return element(hidden, {b, t, k}); };
    for (std::int64_t k = 0; k < width; ++k) mean += h(k) / static_cast<double>(width);
    for (std::int64_t k = 0; k < width; ++k) variance += (h(k) - mean) * (h(k) - mean) / static_cast<double>(width);
    const std::int64_t classes = weights(ends_.weight).shape()[ends_.columns ? 1 : 0];
    for (std::int64_t k = 0; k < width; ++k) {
      const double normed = (h(k) - mean) / std::sqrt(variance + epsilon()) * at(ends_.gain, k) + at(ends_.shift, k);
      score += normed * at(ends_.weight, ends_.columns ? k * classes + c : c * width + k);
    }
    return score;
  }

  Explanation explain(const std::string& method, std::int64_t layer, const std::vector<std::string>& targets) {
    Request request;
    request.method = method;
    request.options = {"layer=" + std::to_string(layer)};
    request.targets = targets;
    request.inputs = inputs_;
    request.precision = "float64";
    return Model::open(folder_).explain(request);
  }

 private:
  [[nodiscard]] const Tensor& weights(const std::string& name) const {
    return prepared_.graph.value(prepared_.graph.find(name)).constant;
  }
  [[nodiscard]] double at(const std::string& name, std::int64_t i) const {
    return double(weights(name).values<float>()[static_cast<std::size_t>(i)]);
  }
  [[nodiscard]] double epsilon() const {
    for (const graph::NodeId id : prepared_.graph.order()) {
      const graph::Node& node = prepared_.graph.node(id);
      if (node.op == "LayerNormalization" && node.inputs[1] == prepared_.graph.find(ends_.gain))
        return graph::float_attribute(node, "epsilon", 1e-5F);
    }
    ADD_FAILURE() << "no norm reads " << ends_.gain;
    return 0;
  }

  std::filesystem::path folder_;
  Ends ends_;
  TensorMap inputs_;
  explain::Prepared prepared_;
  std::int64_t batch_ = 1;
  std::map<graph::ValueId, TensorD> values_;
};

const Ends kVit{"m.vit.layernorm.weight", "m.vit.layernorm.bias", "m.classifier.weight", "m.classifier.bias"};

TEST(ClassLens, ReadsEveryTokenThroughNormAndHead) {
  Lens lens(tests::carried("vit-micro"), kVit, anatomy::AnswerPosition::kFind);
  for (const std::int64_t layer : {std::int64_t{0}, lens.blocks() - 1}) {
    const Explanation got = lens.explain("class-lens", layer, {"logit:1", "contrast:0,2", "prob:3"});
    ASSERT_EQ(got.token_scores.shape(), (Shape{3, lens.batch(), lens.tokens()}));
    EXPECT_EQ(got.certificate.backward_passes, 0);
    const std::vector<double> scores = got.token_scores.to_doubles();
    for (std::int64_t b = 0; b < lens.batch(); ++b)
      for (std::int64_t t = 0; t < lens.tokens(); ++t) {
        const auto score = [&](std::int64_t k) {
          return scores[static_cast<std::size_t>((k * lens.batch() + b) * lens.tokens() + t)];
        };
        double sum = 0;
        for (std::int64_t c = 0; c < 4; ++c) sum += std::exp(lens.logit(layer, b, t, c));
        EXPECT_NEAR(score(0), lens.logit(layer, b, t, 1), 1e-5);
        EXPECT_NEAR(score(1), lens.logit(layer, b, t, 0) - lens.logit(layer, b, t, 2), 1e-5);
        EXPECT_NEAR(score(2), std::exp(lens.logit(layer, b, t, 3)) / sum, 1e-6);
      }
  }
}

TEST(ClassLens, GivesTheClassTokenTheScoreItself) {
  Lens lens(tests::carried("vit-micro"), kVit, anatomy::AnswerPosition::kFind);
  const Explanation got = lens.explain("class-lens", -1, {"logit:1"});
  const std::vector<double> scores = got.token_scores.to_doubles();
  for (std::int64_t b = 0; b < lens.batch(); ++b)
    EXPECT_NEAR(scores[static_cast<std::size_t>(b * lens.tokens())],
                got.targets[0].samples[static_cast<std::size_t>(b)].value, 1e-5);
}

TEST(ClassLens, RefusesWhatItIsNotDefinedFor) {
  Lens lens(tests::carried("vit-micro"), kVit, anatomy::AnswerPosition::kFind);
  tests::expect_error(ErrorCode::kUsage, "the model has 2 blocks",
                      [&] { (void)lens.explain("class-lens", 2, {"logit:1"}); });
  tests::expect_error(ErrorCode::kUnsupported, "no scores for every token",
                      [&] { (void)lens.explain("logit-lens", -1, {"logit:1"}); });
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  for (const auto& [model, why] : {std::pair{"beit__ts17-eager", "doesn't read one class token"},
                                   std::pair{"deit-distilled__ts17-eager", "doesn't read one class token"},
                                   std::pair{"gpt2-lm__ts17-sdpa", "use logit-lens"}}) {
    const auto folder = *root / "fixtures/matrix" / model;
    Request request;
    request.method = "class-lens";
    request.inputs = read_safetensors(folder / "inputs.safetensors");
    tests::expect_error(ErrorCode::kUnsupported, why, [&] { (void)Model::open(folder).explain(request); });
  }
}

TEST(LogitLens, ReadsEveryTokenThroughTheLanguageHead) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  Lens lens(*root / "fixtures/matrix/gpt2-lm__ts17-sdpa",
            {"m.transformer.ln_f.weight", "m.transformer.ln_f.bias", "onnx::MatMul_915", "", true},
            anatomy::AnswerPosition::kLast);
  for (const std::int64_t layer : {std::int64_t{0}, lens.blocks() - 1}) {
    const std::vector<double> scores = lens.explain("logit-lens", layer, {"next:7"}).token_scores.to_doubles();
    ASSERT_EQ(std::ssize(scores), lens.batch() * lens.tokens());
    int compared = 0;
    for (std::int64_t b = 0; b < lens.batch(); ++b)
      for (std::int64_t t = 0; t < lens.tokens(); ++t) {
        const double score = scores[static_cast<std::size_t>(b * lens.tokens() + t)];
        if (score == 0) continue;  // padding
        EXPECT_NEAR(score, lens.logit(layer, b, t, 7), 1e-5) << layer << " " << b << " " << t;
        ++compared;
      }
    EXPECT_GT(compared, lens.tokens() / 2);
  }
}

}  // namespace
}  // namespace pellucid
