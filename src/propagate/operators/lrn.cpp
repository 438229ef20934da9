#include <algorithm>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// [element, window]: 1 where a channel's window reaches another channel; transposed, the windows that see a channel.
Tensor reached(std::int64_t channels, std::int64_t size, bool transposed) {
  std::vector<double> matrix(static_cast<std::size_t>(channels * channels), 0);
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t first = std::max<std::int64_t>(c - (size - 1) / 2, 0);
    const std::int64_t last = std::min(c + size / 2, channels - 1);
    for (std::int64_t at = first; at <= last; ++at)
      matrix[static_cast<std::size_t>(transposed ? c * channels + at : at * channels + c)] = 1;
  }
  return Tensor(Shape{channels, channels}, matrix);
}

}  // namespace

void lrn(Step& step) {
  // y = x s^-beta, s = bias + alpha / size sum(x^2) over neighbouring channels
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const ValueId x = step.input(0), g = step.cotangent();
  const std::int64_t channels = fixed_size(step, step.input_dims(0)[1], "the channel axis");
  const std::int64_t size = graph::int_attribute(step.node, "size", 1);
  const double beta = graph::float_attribute(step.node, "beta", 0.75);
  const double share = graph::float_attribute(step.node, "alpha", 1e-4F) / static_cast<double>(size);
  const ValueId sums = times_matrix(step, build.mul(x, x), 1, reached(channels, size, false));
  const ValueId s = build.add_scalar(build.mul_scalar(sums, share), graph::float_attribute(step.node, "bias", 1));
  const ValueId scale = build.pow(s, build.scalar_like(-beta, s));
  const ValueId steep = build.mul(g, build.div(build.mul(x, scale), s));
  const ValueId others = times_matrix(step, steep, 2, reached(channels, size, true));
  const ValueId own = build.mul(g, scale);
  step.give(0, build.sub(own, build.mul(build.mul_scalar(others, 2 * share * beta), x)));
}

}  // namespace pellucid::propagate::operators::gradient
