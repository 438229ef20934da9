#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"
#include "graph/passes/pattern.hpp"

namespace pellucid::graph {
namespace {

constexpr double kRootTwo = 1.4142135623730951;

/// x where the value is x/√2.
std::optional<ValueId> over_root_two(const Graph& graph, ValueId id) {
  const Node* node = graph.producer(id);
  if (node == nullptr) return std::nullopt;
  double divisor = 0;
  if (node->op == "Div" && constant_scalar(graph, node->inputs[1], divisor) && std::abs(divisor - kRootTwo) < 1e-4)
    return node->inputs[0];
  if (node->op == "Mul") return operand_beside(graph, *node, 1 / kRootTwo);
  return std::nullopt;
}

bool is_half_of(const Graph& graph, ValueId id, ValueId x) {
  const Node* node = graph.producer(id);
  return node != nullptr && node->op == "Mul" && operand_beside(graph, *node, 0.5) == x;
}

struct GeluMatch {
  ValueId x = kNone, result = kNone;
};

/// Around erf(x/√2): (1 + erf)·x·0.5 in any of the orders that exporters write.
std::optional<GeluMatch> match_gelu(const Graph& graph, const Readers& readers, const Node& erf) {
  const auto x = over_root_two(graph, erf.inputs[0]);
  const Node* plus_one = x ? readers.only(erf.outputs[0]) : nullptr;
  if (plus_one == nullptr || plus_one->op != "Add" || !operand_beside(graph, *plus_one, 1.0)) return std::nullopt;
  const Node* next = readers.only(plus_one->outputs[0]);
  if (next == nullptr || next->op != "Mul") return std::nullopt;
  const auto other = other_operand(*next, plus_one->outputs[0]);
  if (!other) return std::nullopt;
  if (is_half_of(graph, *other, *x)) return GeluMatch{*x, next->outputs[0]};
  double half = 0;
  const bool halved = constant_scalar(graph, *other, half) && half == 0.5;
  const Node* last = (halved || *other == *x) ? readers.only(next->outputs[0]) : nullptr;
  if (last == nullptr || last->op != "Mul") return std::nullopt;
  const bool fits =
      halved ? other_operand(*last, next->outputs[0]) == *x : operand_beside(graph, *last, 0.5) == next->outputs[0];
  return fits ? std::optional<GeluMatch>(GeluMatch{*x, last->outputs[0]}) : std::nullopt;
}

}  // namespace

int recover_gelu(Graph& graph) {
  const Readers readers(graph);
  std::vector<std::pair<GeluMatch, std::string>> found;
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    if (node.removed || node.op != "Erf") continue;
    const auto matched = match_gelu(graph, readers, node);
    if (matched && graph.dims(matched->x) == graph.dims(matched->result)) found.emplace_back(*matched, node.source);
  }
  Builder build(graph);
  for (const auto& [matched, source] : found) {
    build.set_source(source);
    const Dims dims = graph.dims(matched.x);
    graph.replace_uses(matched.result, build.op("Gelu", {matched.x}, dims, graph.value(matched.x).type));
  }
  return static_cast<int>(found.size());
}

}  // namespace pellucid::graph
