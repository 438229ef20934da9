#include <algorithm>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/operators/windows.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

std::vector<std::int64_t> spatial_axes(const Step& step) {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 2; axis < step.input_rank(0); ++axis) axes.push_back(axis);
  return axes;
}

std::int64_t product_of(const std::vector<std::int64_t>& numbers) {
  std::int64_t out = 1;
  for (const std::int64_t number : numbers) out *= number;
  return out;
}

/// How many elements each window saw along one axis, padding not counted.
std::vector<double> seen(const Windows& windows, std::size_t axis, std::int64_t in, std::int64_t out) {
  std::vector<double> counts;
  for (std::int64_t o = 0; o < out; ++o) {
    double count = 0;
    for (std::int64_t k = 0; k < windows.kernel[axis]; ++k) {
      const std::int64_t at = o * windows.strides[axis] + k * windows.dilations[axis] - windows.begins[axis];
      count += at >= 0 && at < in ? 1 : 0;
    }
    counts.push_back(count);
  }
  return counts;
}

/// The cotangent divided by what the forward pass divided by.
ValueId over_counts(Step& step, const Windows& windows) {
  graph::Builder& build = step.build;
  const bool padded = std::any_of(windows.begins.begin(), windows.begins.end(), [](auto n) { return n != 0; }) ||
                      std::any_of(windows.ends.begin(), windows.ends.end(), [](auto n) { return n != 0; });
  const bool cut = graph::int_attribute(step.node, "ceil_mode", 0) != 0;
  const bool counts_padding = graph::int_attribute(step.node, "count_include_pad", 0) != 0;
  PELLUCID_CHECK(!(cut && counts_padding), kUnsupported,
                 "{}: no gradient rule for ceil_mode=1 together with count_include_pad=1", graph::describe(step.node));
  ValueId g = step.cotangent();
  if (!cut && (counts_padding || !padded))
    return build.mul_scalar(g, 1 / static_cast<double>(product_of(windows.kernel)));
  for (std::size_t i = 0; i < windows.kernel.size(); ++i) {
    std::vector<double> counts = seen(windows, i, step.input_dims(0)[i + 2].size, step.output_dims()[i + 2].size);
    Shape along(windows.kernel.size() - i, 1);
    along[0] = static_cast<std::int64_t>(counts.size());
    const Tensor constant = Tensor(along, counts).cast(build.type(g));
    g = build.div(g, build.graph().add_constant(constant, build.graph().fresh_name("counts")));
  }
  return g;
}

/// 1 / n at each of the n elements that are the largest.
ValueId shares_of_largest(Step& step, const std::vector<std::int64_t>& axes) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const ValueId attains = indicator(step, build.compare("Equal", x, step.output()), x);
  return build.div(attains, build.reduce_sum(attains, axes, true));
}

}  // namespace

void global_average_pool(Step& step) {
  if (!step.wants(0)) return;
  double count = 1;
  for (const std::int64_t axis : spatial_axes(step))
    count *=
        static_cast<double>(fixed_size(step, step.input_dims(0)[static_cast<std::size_t>(axis)], "a spatial axis"));
  const ValueId share = step.build.mul_scalar(step.cotangent(), 1 / count);
  step.give(0, step.build.expand(share, step.lifted(step.input_dims(0))));
}

void global_max_pool(Step& step) {
  if (step.wants(0)) give_scaled(step, shares_of_largest(step, spatial_axes(step)));
}

void average_pool(Step& step) {
  if (!step.wants(0)) return;
  const Windows windows = read_windows(step, graph::ints_attribute(step.node, "kernel_shape"));
  step.give(0, spread_evenly(step, over_counts(step, windows), windows));
}

void max_pool(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  PELLUCID_CHECK(graph::int_attribute(step.node, "storage_order", 0) == 0, kUnsupported,
                 "{}: no gradient rule for storage_order=1", graph::describe(step.node));
  // The indices count through the whole input, batch and channels too.
  const ValueId x = step.input(0);
  graph::Node again = step.node;
  again.outputs.clear();
  const graph::NodeId id =
      build.graph().add_node(again, {build.type(x), ElementType::kInt64}, {step.output_dims(), step.output_dims()});
  const ValueId indices = build.graph().node(id).outputs[1];
  const Dims taken{product(step.output_dims(), 0, step.output_dims().size())};
  const Dims all{product(step.input_dims(0), 0, step.input_dims(0).size())};
  const ValueId g = build.reshape(step.cotangent(), step.lifted(taken));
  const ValueId everywhere = for_every_target(step, build.reshape(indices, taken));
  const ValueId sums = scatter_elements_add(build, step.lifted(all), everywhere, g, 1);
  step.give(0, build.reshape(sums, step.lifted(step.input_dims(0))));
}

}  // namespace pellucid::propagate::operators::gradient
