#include "graph/passes/fused/padding_mask.hpp"

namespace pellucid::graph::fused {
namespace {

/// How many numbers a vector holds for every sample.
std::int64_t per_sample(const Dim& length, const Dim& batch) {
  if (length.per_batch == batch.per_batch) return length.size / batch.size;
  return 0;
}

/// [2·batch]: the ends of all samples, then their starts.
ValueId between(FusedNode& at, ValueId places, const Dim& batch, std::int64_t keys) {
  const ValueId rows = at.build.reshape(places, {{2, false}, batch});
  const ValueId ends = at.build.squeeze(at.build.slice(rows, 0, 0, 1), 0);
  const ValueId starts = at.build.squeeze(at.build.slice(rows, 0, 1, 1), 0);
  const ValueId before = at.parts.before(ends, keys), from = at.parts.from(starts, keys);
  return at.build.op("And", {before, from}, at.build.dims(before), ElementType::kBool);
}

ValueId valid_keys(FusedNode& at, ValueId places, const Dim& batch, std::int64_t keys) {
  const Dim length = at.build.dims(places)[0];
  const std::int64_t each = per_sample(length, batch);
  if (length == batch) {
    const ValueId mask = counted_mask(at.build.graph(), places, 0);
    return mask != kNone ? mask : at.parts.before(places, keys);
  }
  if (each == 2 && length.size == 2 * batch.size) return between(at, places, batch, keys);
  at.refuse(batch.per_batch || length.size != 3 * batch.size + 2, "a mask of this length is");
  return at.parts.before(at.build.slice(places, 0, 0, batch.size), keys);
}

}  // namespace

ValueId counted_mask(const Graph& graph, ValueId places, std::int64_t offset) {
  double sum = 0, term = 0;
  for (const Node* node = graph.producer(places); node != nullptr; node = graph.producer(places)) {
    if (node->op == "ReduceSum") {
      const bool counts =
          graph.rank(node->inputs[0]) == 2 && constant_ints(graph, *node, 1) == std::vector<std::int64_t>{1};
      return counts && sum == static_cast<double>(offset) ? node->inputs[0] : kNone;
    }
    if ((node->op == "Add" || node->op == "Sub") && constant_scalar(graph, node->inputs[1], term))
      sum += node->op == "Add" ? term : -term;
    else if (node->op != "Cast" && node->op != "Squeeze" && node->op != "Reshape")
      return kNone;
    places = node->inputs[0];
  }
  return kNone;
}

ValueId padding_mask(FusedNode& at, std::size_t input, const AttentionOperands& operands) {
  if (!at.has(input)) return kNone;
  const ValueId given = at.input(input);
  const std::int64_t rank = at.build.rank(given), keys = at.build.dims(operands.k)[2].size;
  at.refuse(rank > 3, "a mask with more than three axes is");
  const ValueId valid = rank == 1 ? valid_keys(at, given, at.build.dims(operands.q)[0], keys) : given;
  at.refuse(at.build.dims(valid).back().size != keys, "a mask of more keys than are fed is");
  const ValueId filled = at.parts.fill_masked(valid, at.number("mask_filter_value", -10000), operands.q);
  return at.parts.over_heads(filled);
}

}  // namespace pellucid::graph::fused
