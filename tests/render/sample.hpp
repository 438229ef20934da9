#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/picture.hpp"

namespace pellucid::tests {

/// side × side scores: a warm hill around `column`, at the bottom left a cold one, and some ripple.
inline std::vector<float> sample_scores(std::int64_t side, double column, bool signed_scores) {
  std::vector<float> scores;
  for (std::int64_t i = 0; i < side * side; ++i) {
    const double y = (static_cast<double>(i / side) + 0.5) / static_cast<double>(side);
    const double x = (static_cast<double>(i % side) + 0.5) / static_cast<double>(side);
    const auto hill = [&](double cy, double cx, double size) {
      return std::exp(-((y - cy) * (y - cy) + (x - cx) * (x - cx)) / (2 * size * size));
    };
    const double second = signed_scores ? -0.031 * hill(0.75, 0.25, 0.1) : 0.012;
    const double ripple = 0.004 * std::sin(31.0 * static_cast<double>(i));
    scores.push_back(static_cast<float>(0.042 * hill(0.3, column, 0.12) + second + ripple));
  }
  return scores;
}

/// An explanation of `batch` pictures for `targets` targets on a grid with a class token; the warm hill moves with the
/// target.
inline Explanation sample_explanation(std::int64_t targets, std::int64_t batch, std::int64_t side,
                                      bool signed_scores = true) {
  Explanation e;
  e.method = signed_scores ? "attcat" : "rollout";
  e.rules = signed_scores ? "libra" : "";
  e.signed_scores = signed_scores;
  e.target_free = !signed_scores;
  e.options = {{"hidden", std::string("input")},         {"mask_special", false},
               {"start_layer", std::int64_t{1}},         {"residual", 0.5},
               {"strides", std::vector<double>{16, 16}}, {"scope", std::vector<std::string>{"conv", "mlp"}}};
  const std::vector<std::string> labels = {"bull mastiff", "tiger cat − bull mastiff", "tabby, tabby cat"};
  std::vector<float> scores, tokens;
  Gap gap{"completeness", {}, {}, "sum of scores against the change of the output"};
  for (std::int64_t t = 0; t < targets; ++t) {
    const auto n = static_cast<double>(t);
    const SampleTarget facts{labels[static_cast<std::size_t>(t) % 3], 243 + t, 7.2137 - 1.5 * n, 0.9312 / (1 + 9 * n)};
    const auto samples = static_cast<std::size_t>(batch);
    e.targets.push_back({"logit:" + std::to_string(243 + t), std::vector<SampleTarget>(samples, facts)});
    gap.absolute.emplace_back(samples, 2.1e-6 * (n + 1));
    gap.relative.emplace_back(samples, 3.4e-7);
    const std::vector<float> hills = sample_scores(side, 0.35 + 0.3 * n, signed_scores);
    for (std::int64_t b = 0; b < batch; ++b) {
      scores.insert(scores.end(), hills.begin(), hills.end());
      tokens.push_back(-0.0125F);
      tokens.insert(tokens.end(), hills.begin(), hills.end());
    }
  }
  const double patch = 224.0 / static_cast<double>(side);
  e.layout = {side * side + 1, {0}, {"class"}, side, side, patch, patch, 224, 224};
  e.scores = Tensor({targets, batch, side, side}, scores);
  e.token_scores = Tensor({targets, batch, side * side + 1}, tokens);
  e.logits = Tensor({batch, 3}, std::vector<float>(static_cast<std::size_t>(3 * batch), 0.5F));
  e.certificate.gaps = {gap};
  e.certificate.forward_passes = 1;
  e.certificate.backward_passes = 1;
  e.certificate.notes = {"the model's input is normalised with mean 0.5: check that it was trained so"};
  e.timing = {0.25, 0.5, 0.125, std::nullopt};
  e.model_path = "models/vit-tiny/model.onnx";
  e.model_sha256 = std::string(64, 'a');
  e.model_inputs = {{"pixel_values", ElementType::kFloat32, {2, 3, 224, 224}}};
  for (std::int64_t b = 0; b < batch; ++b) {
    e.input_names.push_back("photos/picture-" + std::to_string(b) + ".png");
    e.input_sha256.push_back(std::string(64, static_cast<char>('b' + b)));
  }
  e.class_labels = {"bull mastiff", "tiger cat", "tabby"};
  return e;
}

inline Picture plain_picture(std::int64_t width, std::int64_t height, std::uint8_t grey) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), grey)};
}

}  // namespace pellucid::tests
