#include <numeric>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// Undoes `before` and `after` on one axis: takes away what was added (positive), adds what was cut (negative).
ValueId undo(graph::Builder& build, ValueId g, std::int64_t axis, std::int64_t before, std::int64_t after) {
  const std::int64_t size = build.dims(g)[static_cast<std::size_t>(axis)].size;
  const std::int64_t start = std::max<std::int64_t>(before, 0), end = size - std::max<std::int64_t>(after, 0);
  const ValueId inner = build.slice(g, axis, start, end - start);
  return build.pad(inner, axis, std::max<std::int64_t>(-before, 0), std::max<std::int64_t>(-after, 0));
}

}  // namespace

void pad(Step& step) {
  const std::string mode = graph::string_attribute(step.node, "mode", "constant");
  PELLUCID_CHECK(mode == "constant", kUnsupported, "{}: no gradient rule for mode '{}' (only constant)",
                 graph::describe(step.node), mode);
  require_unwanted(step, 2, "the padding value");
  if (!step.wants(0)) return;
  const graph::Graph& graph = step.build.graph();
  const std::vector<std::int64_t> pads = graph::constant_ints(graph, step.node, 1);
  std::vector<std::int64_t> axes = graph::constant_ints(graph, step.node, 3);
  if (axes.empty()) {
    axes.resize(static_cast<std::size_t>(step.input_rank(0)));
    std::iota(axes.begin(), axes.end(), 0);
  }
  axes = behind_targets(axes, step.input_rank(0));
  ValueId g = step.cotangent();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t before = pads.at(i), after = pads.at(i + axes.size());
    if (before == 0 && after == 0) continue;
    (void)fixed_size(step, step.build.dims(g)[static_cast<std::size_t>(axes[i])], "the padded axis");
    g = undo(step.build, g, axes[i], before, after);
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
