#pragma once

#include <optional>
#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "graph/builder.hpp"
#include "methods/options.hpp"
#include "propagate/walk.hpp"

namespace pellucid::methods {

/// A seed of targets that index tokens: [K, …] with the axes that count samples and tokens.
struct TargetRows {
  graph::ValueId seed = graph::kNone;
  std::int64_t batch_axis = 0, token_axis = 0;
};

/// What the targets weigh in a space: [K, dims of the space's tensor…].
struct ContextSeed {
  std::string space;
  graph::ValueId cotangent = graph::kNone;
};

/// What a method reads its scores from: the forward graph's anatomy and, after the walk, the cotangents. K targets,
/// B samples, H heads, T tokens, d width.
class Context {
 public:
  Context(graph::Builder& builder, const anatomy::Anatomy& whole, const anatomy::Stream& chosen,
          const ResolvedOptions& resolved, std::int64_t target_count)
      : build(builder), anatomy(whole), stream(chosen), options(resolved), targets(target_count) {}

  graph::Builder& build;
  const anatomy::Anatomy& anatomy;
  const anatomy::Stream& stream;
  const ResolvedOptions& options;
  const std::int64_t targets;

  /// The walk under the rule set and, for methods that read gradients beside relevance, the ordinary one.
  void set_walks(propagate::Walk* walk, propagate::Walk* gradients) {
    walk_ = walk;
    gradients_ = gradients != nullptr ? gradients : walk;
  }

  /// Whether every target indexes a token, of the stream or of its decoder. Methods without the option `row` then read
  /// that token's row.
  void set_by_token(bool by_token) { by_token_ = by_token; }
  /// The seeds, where every target indexes a token.
  void set_target_rows(std::vector<TargetRows> rows) { target_rows_ = std::move(rows); }

  /// The targets' seeds, for methods that read the answer without a walk.
  void set_seeds(std::vector<ContextSeed> seeds) { seeds_ = std::move(seeds); }
  [[nodiscard]] const std::vector<ContextSeed>& seeds() const { return seeds_; }

  [[nodiscard]] std::int64_t blocks() const { return static_cast<std::int64_t>(stream.blocks.size()); }
  [[nodiscard]] std::int64_t tokens() const { return stream.token_count; }
  [[nodiscard]] const anatomy::Block& block(std::int64_t l) const {
    return stream.blocks.at(static_cast<std::size_t>(l));
  }

  /// Cotangent at a value: [K, dims of the value…]; zeros where no way leads to it. Under `chefer` and `lrp` it is the
  /// ordinary gradient.
  graph::ValueId gradient(graph::ValueId value);
  /// What the rule set's walk brought to a value: [K, dims of the value…].
  graph::ValueId relevance(graph::ValueId value);
  /// A of a site with the heads as an axis of their own: [B, H, queries, keys].
  graph::ValueId attention(const anatomy::AttentionSite& site);
  /// R_A, what the rule set's walk brought to A: [K, B, H, queries, keys].
  graph::ValueId attention_relevance(const anatomy::AttentionSite& site);
  /// ∂y/∂A: [K, B, H, queries, keys].
  graph::ValueId attention_gradient(const anatomy::AttentionSite& site);
  /// The nodes that the rule set's walk passed.
  [[nodiscard]] const std::vector<graph::NodeId>& walked() const { return walk_->walked(); }
  /// Whether the rule set's walk passed a value.
  [[nodiscard]] bool passed(graph::ValueId value) const;
  /// Whether a walk passed a value: where not, its cotangent is 0.
  [[nodiscard]] bool reached(graph::ValueId value) const;
  /// The rows that the answer is read from: the decoder's where the stream has one.
  [[nodiscard]] const anatomy::ReadOut& read_out() const;
  /// The last block's output that they are rows of.
  [[nodiscard]] graph::ValueId read_from() const;
  /// Whether the row is that of the token which the target indexes, not of the head.
  [[nodiscard]] bool rows_by_target() const;
  /// Whether the token that the head reads is found by the walk, as the row of `read_from` that the target depends on.
  [[nodiscard]] bool row_by_gradient() const;
  /// Whether the weights of the rows depend on the input or on the target.
  [[nodiscard]] bool computed_read_out() const;
  /// The token that the head reads, where it reads one alone.
  [[nodiscard]] std::optional<std::int64_t> single_read_out() const;
  /// Of […, queries, keys] the one row that the head reads, […, 1, keys], or all rows where it reads several.
  graph::ValueId needed_rows(graph::ValueId matrix);
  /// row(M) = Σ_i w_i M[…, i, :] over the read-out rows w: […, queries, keys] -> […, keys], with the targets in front
  /// where w depends on them. Takes what needed_rows left of a matrix, too. Matrices of heads have five axes.
  graph::ValueId read_out_row(graph::ValueId matrix);
  /// Mean over the heads axis: […, H, Q, K] -> […, Q, K].
  graph::ValueId mean_over_heads(graph::ValueId attention);
  /// A constant of the tokens' element type.
  graph::ValueId constant(const Shape& shape, const std::vector<double>& values, const std::string& stem);
  /// The read-out weights of the tokens' element type: a constant [1, T], [B, 1, T] where they are a mask's
  /// and [K, B, 1, T] where they are found for each target.
  graph::ValueId read_out_weights();
  /// Scores [K, B, T] as they are, and a row without targets [B, T] repeated for every target.
  graph::ValueId row_for_every_target(graph::ValueId row);
  /// A value without targets [B, …] repeated for every target: [K, B, …].
  graph::ValueId for_every_target(graph::ValueId value);
  /// v: 1 at tokens, 0 at padding, as a row of the tokens' element type [B, 1, T]; kNone where nothing can be padding.
  graph::ValueId validity();
  /// v / n, n = Σ v: [B, 1, T], or the constant 1/T [1, T].
  graph::ValueId token_mean();
  /// Mean over the content (not class, distillation or register tokens, not padding) as a column: [T, 1], or
  /// [B, 1, T, 1] where there may be padding.
  graph::ValueId content_mean();
  /// Scores [K, B, T] with 0 at padding.
  graph::ValueId without_padding(graph::ValueId scores);
  /// max(x, 0).
  graph::ValueId positive(graph::ValueId value) { return build.unary("Relu", value); }
  /// Σ over the last axis.
  graph::ValueId sum_last(graph::ValueId value) { return build.reduce_sum(value, {-1}, false); }
  /// Σ_k x ⊙ ∂y/∂x over the last axis of a value: [K, B, …].
  graph::ValueId times_gradient(graph::ValueId value) { return sum_last(build.mul(value, gradient(value))); }
  /// a + b, where a may still be missing.
  graph::ValueId plus(graph::ValueId a, graph::ValueId b) { return a == graph::kNone ? b : build.add(a, b); }

 private:
  graph::ValueId computed_weights();
  graph::ValueId weights_by_gradient();
  graph::ValueId weights_by_mask();
  graph::ValueId weights_by_target();
  graph::ValueId content_share();

  propagate::Walk *walk_ = nullptr, *gradients_ = nullptr;
  graph::ValueId computed_weights_ = graph::kNone, validity_ = graph::kNone;
  bool by_token_ = false;
  std::vector<TargetRows> target_rows_;
  std::vector<ContextSeed> seeds_;
};

}  // namespace pellucid::methods
