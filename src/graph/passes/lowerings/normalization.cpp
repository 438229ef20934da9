#include <algorithm>
#include <numeric>

#include "graph/passes/lowerings/lowerings.hpp"
#include "graph/passes/stand_in.hpp"

namespace pellucid::graph::lowerings {
namespace {

std::vector<std::int64_t> axes_from(std::int64_t first, std::int64_t rank) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(rank - first));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

/// (x − mean)/√(variance + epsilon) over the axes from `first` on.
ValueId standardised(Builder& build, ValueId x, std::int64_t first, double epsilon) {
  const std::vector<std::int64_t> axes = axes_from(first, build.rank(x));
  const ValueId centred = build.sub(x, build.reduce_mean(x, axes, true));
  const ValueId variance = build.reduce_mean(build.mul(centred, centred), axes, true);
  return build.div(centred, build.unary("Sqrt", build.add_scalar(variance, epsilon)));
}

/// x: [batch, channels, …] or [batch, groups, …] scaled and shifted by vectors of axis 1's size.
ValueId scaled(Lowering& at, ValueId x) {
  Dims column(static_cast<std::size_t>(at.build.rank(x)) - 1);
  column[0] = at.build.dims(x)[1];
  const ValueId scale = at.build.reshape(at.input(1), column), bias = at.build.reshape(at.input(2), column);
  return at.build.add(at.build.mul(x, scale), bias);
}

double epsilon_of(const Lowering& at) { return float_attribute(at.node, "epsilon", 1e-5F); }

}  // namespace

ValueId instance_normalization(Lowering& at) {
  return scaled(at, standardised(at.build, at.input(0), 2, epsilon_of(at)));
}

/// (x − mean)/(deviation + 1e-9)
ValueId mean_variance_normalization(Lowering& at) {
  Builder& build = at.build;
  std::vector<std::int64_t> axes = ints_attribute(at.node, "axes");
  if (axes.empty()) axes = {0, 2, 3};
  const ValueId centred = build.sub(at.input(0), build.reduce_mean(at.input(0), axes, true));
  const ValueId variance = build.reduce_mean(build.mul(centred, centred), axes, true);
  return build.div(centred, build.add_scalar(build.unary("Sqrt", variance), 1e-9));
}

/// x (bias + alpha/size Σx²)^-beta, the sum over neighbouring channels
ValueId lrn(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  const std::int64_t channels = at.input_dims(0)[1].size, size = int_attribute(at.node, "size", 1);
  std::vector<double> matrix(static_cast<std::size_t>(channels * channels), 0);
  const double alpha = float_attribute(at.node, "alpha", 1e-4F);
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t other = std::max<std::int64_t>(c - (size - 1) / 2, 0);
         other <= std::min(c + size / 2, channels - 1); ++other)
      matrix[static_cast<std::size_t>(c * channels + other)] = alpha / static_cast<double>(size);
  const ValueId sums = along_axis(build, build.mul(x, x), 1, channels, matrix);
  const ValueId base = build.add_scalar(sums, float_attribute(at.node, "bias", 1));
  return build.mul(x, build.pow(base, build.scalar_like(-float_attribute(at.node, "beta", 0.75), x)));
}

void layer_normalization_statistics(Builder& build, NodeId id) {
  const Node node = build.graph().node(id);
  const ValueId x = node.inputs[0];
  const auto axes = axes_from(positive_axis(int_attribute(node, "axis", -1), build.rank(x)), build.rank(x));
  build.graph().node(id).outputs.resize(1);
  const ValueId mean = build.reduce_mean(x, axes, true), centred = build.sub(x, mean);
  if (node.outputs[1] != kNone) stand_in(build.graph(), node.outputs[1], build.unary("Identity", mean));
  if (node.outputs.size() < 3 || node.outputs[2] == kNone) return;
  const ValueId variance = build.reduce_mean(build.mul(centred, centred), axes, true);
  const double epsilon = float_attribute(node, "epsilon", 1e-5F);
  stand_in(build.graph(), node.outputs[2],
           build.unary("Reciprocal", build.unary("Sqrt", build.add_scalar(variance, epsilon))));
}

/// scale and bias: one number per group (opset 18) or per channel (opset 21).
ValueId group_normalization(Lowering& at) {
  Builder& build = at.build;
  const Dims dims = at.input_dims(0);  // [batch, channels, …]
  const std::int64_t groups = int_attribute(at.node, "num_groups", 1);
  Dims apart = dims;  // [batch, groups, channels / groups, …]
  apart[1].size /= groups;
  apart.insert(apart.begin() + 1, {groups, false});
  ValueId x = standardised(build, build.reshape(at.input(0), apart), 2, epsilon_of(at));
  const bool per_group = at.input_dims(1)[0].size == groups;
  return per_group ? build.reshape(scaled(at, x), dims) : scaled(at, build.reshape(x, dims));
}

}  // namespace pellucid::graph::lowerings
