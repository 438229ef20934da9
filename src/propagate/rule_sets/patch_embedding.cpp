#include "propagate/rule_sets/patch_embedding.hpp"

#include "propagate/linear.hpp"

namespace pellucid::propagate::relevance {

using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

constexpr double kEpsilon = 1e-9;

bool reads_image(const Graph& graph, const Node& node) {
  return node.domain.empty() && node.op == "Conv" && graph.rank(node.inputs[0]) == 4 &&
         graph.value(node.inputs[0]).kind == graph::ValueKind::kInput;
}

/// The least ("ReduceMin") or largest value of every sample, as large as the image.
ValueId bound(graph::Builder& build, ValueId image, const char* reduction) {
  return build.expand(build.reduce(reduction, image, {1, 2, 3}, true), build.dims(image));
}

void apply(Step& step) {
  graph::Builder& build = step.build;
  const Linear linear = *linear_at(build.graph(), step.node);
  if (!step.wants(linear.input)) return;
  const ValueId image = step.input(0), weight = step.input(1);
  const ValueId low = bound(build, image, "ReduceMin"), high = bound(build, image, "ReduceMax");
  const ValueId positive = build.unary("Relu", weight);
  const ValueId negative = build.unary("Neg", build.unary("Relu", build.unary("Neg", weight)));
  const auto product = [&](ValueId x, ValueId w) { return apply_linear(build, step.node, linear, x, w); };
  const ValueId z = build.sub(build.sub(product(image, weight), product(low, positive)), product(high, negative));
  const ValueId s = build.div(step.cotangent(), build.add_scalar(z, kEpsilon));
  const auto share = [&](ValueId x, ValueId w) { return build.mul(transposed_linear(step, linear, s, w), x); };
  step.give(0, build.sub(build.sub(share(image, weight), share(low, positive)), share(high, negative)));
}

}  // namespace

Rule patch_embedding_rule() {
  return {"z^B rule of the patch embedding",
          RuleKind::kPropagates,
          {"Conv"},
          reads_image,
          apply,
          "X conv'(S, W) - L conv'(S, W+) - H conv'(S, W-), S = R / Z"};
}

}  // namespace pellucid::propagate::relevance
