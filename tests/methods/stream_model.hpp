#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/builder.hpp"
#include "methods/method.hpp"
#include "support/reference_tensor.hpp"

namespace pellucid::tests {

inline constexpr std::int64_t kTargets = 3, kBatch = 2, kHeads = 2, kTokens = 5, kWidth = 3, kBlocks = 3,
                              kPositions = 4;

struct StreamModelSpec {
  std::vector<double> weights{1, 0, 0, 0, 0};  ///< of the read-out rows; empty with `pool`
  bool heads_folded = false;
  bool pool = false;
  bool mask = false;      ///< the read-out rows are weighted by an input
  bool by_token = false;  ///< targets are elements of an output [batch, positions, 2]
  bool decoder = false;   ///< two blocks of kPositions positions attend to the stream
};

/// A stream of tokens without a network: every tensor that methods read (attention, hidden states, an image) is a
/// graph input with random elements, and so is its cotangent. What a method gives depends on its read-out alone. The
/// third target's cotangents are the first's minus the second's. Attention rows don't add up to 1.
class StreamModel {
 public:
  explicit StreamModel(const StreamModelSpec& spec);

  graph::Graph graph;
  anatomy::Anatomy anatomy;
  anatomy::Stream stream;
  graph::ValueId image = graph::kNone;  ///< [batch, 2, 2, 3]
  graph::ValueId mask = graph::kNone;   ///< [batch, tokens]
  graph::ValueId seed = graph::kNone;   ///< [targets, batch, positions, 2]

  [[nodiscard]] double w(std::int64_t i) const { return stream.read_out.weights.at(static_cast<std::size_t>(i)); }
  /// The same where they depend on the sample (a mask) or on the target, too.
  [[nodiscard]] double w(std::int64_t k, std::int64_t b, std::int64_t i) const;
  /// A_l[b, h, i, j] and its cotangent for target k.
  [[nodiscard]] double a(std::int64_t l, std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const;
  [[nodiscard]] double ga(std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t h, std::int64_t i,
                          std::int64_t j) const;
  /// The pooling probe's P[b, h, j] and its cotangent.
  [[nodiscard]] double p(std::int64_t b, std::int64_t h, std::int64_t j) const;
  [[nodiscard]] double gp(std::int64_t k, std::int64_t b, std::int64_t h, std::int64_t j) const;
  /// h_l[b, i, d] (l = blocks: the last block's output) and its cotangent.
  [[nodiscard]] double h(std::int64_t l, std::int64_t b, std::int64_t i, std::int64_t d) const;
  [[nodiscard]] double gh(std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t i, std::int64_t d) const;
  /// Any input and its cotangent, by value.
  [[nodiscard]] const TensorD& value(graph::ValueId id) const { return values_.at(id); }
  [[nodiscard]] const TensorD& cotangent(graph::ValueId id) const { return cotangents_.at(id); }

  void replace_value(graph::ValueId id, const std::vector<double>& elements);
  /// Replaces a cotangent's elements by minus their size.
  void make_cotangent_negative(graph::ValueId id);

  /// What the method reads out under "NAME=VALUE" options: [targets, batch, …]. The model can't be used for another.
  TensorD run(const methods::Method& method, const std::vector<std::string>& options);

 private:
  graph::ValueId add(const std::string& name, const graph::Dims& dims, double least);
  anatomy::AttentionSite add_site(const std::string& name, std::int64_t queries, std::int64_t keys, bool folded);
  void add_decoder(const StreamModelSpec& spec);
  void add_seed(std::int64_t positions);

  std::map<graph::ValueId, TensorD> values_, cotangents_;
};

/// Every element of two arrays of one shape.
void expect_same(const TensorD& got, const TensorD& want, double tolerance = 1e-12);

/// The options with the model's image named as the graph input that they mean.
[[nodiscard]] inline std::vector<std::string> with_image(std::vector<std::string> options) {
  options.emplace_back("input=image");
  return options;
}

/// Runs the method on a fresh model made from `spec`; `expected(model, k, b, j)` is what the score should be.
template <class Expected>
void expect_scores(const StreamModelSpec& spec, const methods::Method& method, const std::vector<std::string>& options,
                   const Expected& expected) {
  StreamModel model(spec);
  const TensorD got = model.run(method, options);
  TensorD want = filled({kTargets, kBatch, kTokens}, 0);
  for_each_index(want.shape, [&](const Shape& at) { element(want, at) = expected(model, at[0], at[1], at[2]); });
  expect_same(got, want);
}

}  // namespace pellucid::tests
