#include <algorithm>
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

/// Where an element of a padded axis was copied from, for modes edge, reflect and wrap.
std::int64_t copied_from(const std::string& mode, std::int64_t at, std::int64_t size) {
  if (mode == "edge") return std::clamp<std::int64_t>(at, 0, size - 1);
  if (mode == "wrap") return (at % size + size) % size;
  return at < 0 ? -at : std::min(at, 2 * (size - 1) - at);
}

/// The cotangent of copies added up where they were copied from.
ValueId undo_copies(Step& step, ValueId g, std::int64_t axis, std::int64_t before, std::int64_t after) {
  const std::string mode = graph::string_attribute(step.node, "mode", "constant");
  PELLUCID_CHECK(mode == "edge" || mode == "reflect" || mode == "wrap", kUnsupported,
                 "{}: no gradient rule for mode '{}'", graph::describe(step.node), mode);
  const std::int64_t out = step.build.dims(g)[static_cast<std::size_t>(axis)].size, size = out - before - after;
  const bool within = before >= 0 && after >= 0 && (mode != "reflect" || (before < size && after < size));
  PELLUCID_CHECK(within, kUnsupported, "{}: no gradient rule for mode '{}' that cuts, or reflects beyond the other end",
                 graph::describe(step.node), mode);
  std::vector<double> matrix(static_cast<std::size_t>(out * size), 0);
  for (std::int64_t at = 0; at < out; ++at)
    matrix[static_cast<std::size_t>(at * size + copied_from(mode, at - before, size))] = 1;
  return times_matrix(step, g, static_cast<std::size_t>(axis), Tensor(Shape{out, size}, matrix));
}

}  // namespace

void pad(Step& step) {
  const bool constant = graph::string_attribute(step.node, "mode", "constant") == "constant";
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
    g = constant ? undo(step.build, g, axes[i], before, after) : undo_copies(step, g, axes[i], before, after);
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
