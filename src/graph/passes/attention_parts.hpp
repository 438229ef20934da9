#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "graph/builder.hpp"

namespace pellucid::graph {

/// Which keys a query may read by their places: those before it, or the last `window` of them.
struct Reach {
  bool causal = false;
  std::int64_t window = 0;  ///< keys that each query reads, itself included; 0: all before it
};

/// What is added to scores of keys that are not read at all. Finite, so that a query without any key stays a number.
inline constexpr double kLowestScore = std::numeric_limits<float>::lowest();

/// What one attention is made of. Queries, keys and values: [batch, heads, rows, dim], keys and values with as many
/// heads as queries or a divisor of it.
struct AttentionOperands {
  ValueId q = kNone, k = kNone, v = kNone;
  std::optional<double> scale;  ///< of the products; 1/√dim where absent
  double softcap = 0;           ///< c·tanh(scores/c) where it isn't 0
  ValueId bias = kNone;         ///< added to the scores
  ValueId masked = kNone;       ///< added to the scores: 0, or what is filled in at masked keys
  Reach reach;
};

struct AttentionResult {
  ValueId context = kNone;        ///< [batch, heads, queries, dim of the values]
  ValueId scaled = kNone;         ///< products times scale
  ValueId capped = kNone;         ///< behind softcap
  ValueId scores = kNone;         ///< what the Softmax reads
  ValueId probabilities = kNone;  ///< [batch, heads, queries, keys]
};

/// Emits attention as products and a Softmax; masks of places that several attentions share are made once.
class AttentionParts {
 public:
  explicit AttentionParts(Builder& build) : build_(build) {}

  AttentionResult attend(const AttentionOperands& operands);

  /// [batch, rows, heads·dim] -> [batch, heads, rows, dim]; of rank 4 already as it is.
  ValueId split_heads(ValueId x, std::int64_t heads);
  /// [batch, heads, rows, dim] -> [batch, rows, heads·dim].
  ValueId join_heads(ValueId x);
  /// [batch, tokens], [batch, queries, tokens] -> with axes of size 1 for heads and queries where they are absent.
  ValueId over_heads(ValueId mask);
  /// Whole numbers or truth values, 0 where a key is masked: `filled` there, else 0, of the type of `like`.
  ValueId fill_masked(ValueId mask, double filled, ValueId like);
  /// Truth values [batch, keys]: whether a key's place lies before the sample's end. `ends`: [batch].
  ValueId before(ValueId ends, std::int64_t keys);
  /// Truth values [batch, keys]: whether a key's place is the sample's start or behind it. `starts`: [batch].
  ValueId from(ValueId starts, std::int64_t keys);
  /// 0, 1, …, count − 1 as [count].
  ValueId places(std::int64_t count, ElementType type);

 private:
  ValueId repeat_heads(ValueId x, std::int64_t heads);
  ValueId within(const Reach& reach, std::int64_t queries, std::int64_t keys);
  ValueId lowest(ValueId like);

  Builder& build_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, ValueId> reaches_;
};

}  // namespace pellucid::graph
