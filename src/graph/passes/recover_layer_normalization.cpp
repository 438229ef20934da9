#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"
#include "graph/passes/pattern.hpp"

namespace pellucid::graph {
namespace {

struct NormMatch {
  ValueId x = kNone, scale = kNone, bias = kNone, result = kNone;
  double epsilon = 0;
};

bool is_mean_over_last(const Graph& graph, const Node* node, ValueId of) {
  if (node == nullptr || node->op != "ReduceMean" || node->inputs[0] != of) return false;
  const std::vector<std::int64_t> axes = constant_ints(graph, *node, 1);
  return axes.size() == 1 && positive_axis(axes[0], graph.rank(of)) == graph.rank(of) - 1 &&
         int_attribute(*node, "keepdims", 1) == 1;
}

/// ε where the value is sqrt(mean(c²) + ε).
std::optional<double> deviation_of(const Graph& graph, ValueId id, ValueId centred) {
  const Node* root = graph.producer(id);
  const Node* sum = root != nullptr && root->op == "Sqrt" ? graph.producer(root->inputs[0]) : nullptr;
  if (sum == nullptr || sum->op != "Add") return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    double epsilon = 0;
    if (!constant_scalar(graph, sum->inputs[i], epsilon)) continue;
    const Node* mean = graph.producer(sum->inputs[1 - i]);
    const Node* square = mean != nullptr ? graph.producer(mean->inputs[0]) : nullptr;
    if (square == nullptr || !is_mean_over_last(graph, mean, square->outputs[0])) continue;
    double exponent = 0;
    const bool powered = square->op == "Pow" && square->inputs[0] == centred &&
                         constant_scalar(graph, square->inputs[1], exponent) && exponent == 2.0;
    const bool multiplied = square->op == "Mul" && square->inputs[0] == centred && square->inputs[1] == centred;
    if (powered || multiplied) return epsilon;
  }
  return std::nullopt;
}

/// A constant [width] operand beside `known`.
std::optional<ValueId> vector_beside(const Graph& graph, const Node* node, const std::string& op, ValueId known,
                                     const Dim& width) {
  if (node == nullptr || node->op != op) return std::nullopt;
  const auto other = other_operand(*node, known);
  if (!other || !graph.is_constant(*other) || graph.dims(*other) != Dims{width}) return std::nullopt;
  return other;
}

std::optional<NormMatch> match_norm(const Graph& graph, const Readers& readers, const Node& division) {
  const Node* centre = graph.producer(division.inputs[0]);
  if (centre == nullptr || centre->op != "Sub") return std::nullopt;
  NormMatch found;
  found.x = centre->inputs[0];
  if (!is_mean_over_last(graph, graph.producer(centre->inputs[1]), found.x)) return std::nullopt;
  const auto epsilon = deviation_of(graph, division.inputs[1], centre->outputs[0]);
  if (!epsilon) return std::nullopt;
  found.epsilon = *epsilon;
  const Dim width = graph.dims(found.x).back();
  const Node* scaled = readers.only(division.outputs[0]);
  const auto scale = vector_beside(graph, scaled, "Mul", division.outputs[0], width);
  if (!scale) return std::nullopt;
  const Node* shifted = readers.only(scaled->outputs[0]);
  const auto bias = vector_beside(graph, shifted, "Add", scaled->outputs[0], width);
  if (!bias) return std::nullopt;
  found.scale = *scale;
  found.bias = *bias;
  found.result = shifted->outputs[0];
  return found;
}

}  // namespace

int recover_layer_normalization(Graph& graph) {
  const Readers readers(graph);
  std::vector<std::pair<NormMatch, std::string>> found;
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    if (node.removed || node.op != "Div") continue;
    const auto matched = match_norm(graph, readers, node);
    if (matched && graph.dims(matched->x) == graph.dims(matched->result)) found.emplace_back(*matched, node.source);
  }
  Builder build(graph);
  for (const auto& [matched, source] : found) {
    build.set_source(source);
    const Dims dims = graph.dims(matched.x);
    const ValueId norm =
        build.op("LayerNormalization", {matched.x, matched.scale, matched.bias}, dims, graph.value(matched.x).type,
                 {{"axis", std::int64_t{-1}}, {"epsilon", static_cast<float>(matched.epsilon)}});
    graph.replace_uses(matched.result, norm);
  }
  return static_cast<int>(found.size());
}

}  // namespace pellucid::graph
