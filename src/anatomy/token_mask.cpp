#include "anatomy/token_mask.hpp"

#include <algorithm>

#include "anatomy/plumbing.hpp"

namespace pellucid::anatomy {

using graph::Dim;
using graph::kNone;
using graph::Node;
using graph::ValueId;

namespace {

/// Axes of `dims` but those of size 1 are [batch, tokens].
bool is_per_token(const graph::Dims& dims, Dim batch, std::size_t tokens) {
  graph::Dims long_axes, wanted;
  const auto keep = [](const Dim& dim) { return dim.per_batch || dim.size != 1; };
  std::copy_if(dims.begin(), dims.end(), std::back_inserter(long_axes), keep);
  if (keep(batch)) wanted.push_back(batch);
  if (tokens != 1) wanted.push_back({static_cast<std::int64_t>(tokens), false});
  return long_axes == wanted;
}

bool is_zero(const graph::Graph& graph, ValueId id) {
  if (!graph.is_constant(id)) return false;
  const std::vector<double> values = graph.value(id).constant.to_doubles();
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

}  // namespace

ValueId per_token_source(const Dataflow& flow, ValueId value, Dim batch, std::size_t tokens) {
  for (const ValueId at : behind_plumbing(flow, value))
    if (is_per_token(flow.graph().dims(at), batch, tokens)) return at;
  return kNone;
}

TokenMask mask_of(const Dataflow& flow, const Node& node, ValueId from, ValueId other, Dim batch, std::size_t tokens) {
  TokenMask mask;
  if (node.op == "Where") {
    mask.inverted = node.inputs[2] == from;
    const ValueId filled = node.inputs[mask.inverted ? 1 : 2];
    if (other != node.inputs[0] || !is_zero(flow.graph(), filled)) return {};
  }
  mask.value = per_token_source(flow, other, batch, tokens);
  return mask;
}

}  // namespace pellucid::anatomy
