#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {
namespace {

enum Input : std::size_t { kQ, kK, kV, kMask, kPastKey, kPastValue, kLengths };

/// Gives the scores that qk_matmul_output_mode names: scaled, behind softcap, with the mask, or the probabilities.
void give_scores(FusedNode& at, const AttentionResult& result) {
  if (!at.wanted(3)) return;
  const std::int64_t mode = at.integer("qk_matmul_output_mode", 0);
  at.refuse(mode < 0 || mode > 3, "this qk_matmul_output_mode is");
  const ValueId stages[] = {result.scaled, result.capped, result.scores, result.probabilities};
  at.give(3, stages[mode]);
}

void mask(FusedNode& at, AttentionOperands& operands) {
  if (at.has(kMask)) {
    const ValueId given = at.input(kMask);
    const bool fits = at.dims(kMask).back() == at.build.dims(operands.k)[2] || at.dims(kMask).back() == Dim{};
    at.refuse(!fits, "a mask of fewer keys than there are is");
    const bool flags = at.build.type(given) == ElementType::kBool;
    if (flags) operands.masked = at.parts.fill_masked(given, kLowestScore, operands.q);
    if (!flags) operands.bias = given;
  }
  if (!at.has(kLengths)) return;
  at.refuse(operands.reach.causal || operands.masked != kNone, "nonpad_kv_seqlen beside another mask is");
  const ValueId valid = at.parts.before(at.input(kLengths), at.build.dims(operands.k)[2].size);
  operands.masked = at.parts.over_heads(at.parts.fill_masked(valid, kLowestScore, operands.q));
}

}  // namespace

void onnx_attention(FusedNode& at) {
  at.refuse(at.has(kPastKey) && at.dims(kPastKey).at(2).size != 0, "a filled cache of keys and values is");
  AttentionOperands operands;
  operands.q = at.parts.split_heads(at.required(kQ), at.integer("q_num_heads", 0));
  operands.k = at.parts.split_heads(at.required(kK), at.integer("kv_num_heads", 0));
  operands.v = at.parts.split_heads(at.required(kV), at.integer("kv_num_heads", 0));
  if (has_attribute(at.node, "scale")) operands.scale = at.number("scale", 1);
  operands.softcap = at.number("softcap", 0);
  operands.reach.causal = at.integer("is_causal", 0) != 0;
  mask(at, operands);
  const AttentionResult result = at.parts.attend(operands);
  at.give(0, at.build.rank(at.input(kQ)) == 3 ? at.parts.join_heads(result.context) : result.context);
  at.give(1, operands.k);
  at.give(2, operands.v);
  give_scores(at, result);
}

}  // namespace pellucid::graph::fused
