#include "propagate/operators/normalization.hpp"

#include "propagate/operators/helpers.hpp"

namespace pellucid::propagate::operators {

using graph::ValueId;

Normalized normalize(graph::Builder& build, ValueId x, const std::vector<std::int64_t>& axes, double epsilon) {
  const ValueId centred = build.sub(x, build.reduce_mean(x, axes, true));
  const ValueId variance = build.reduce_mean(build.mul(centred, centred), axes, true);
  const ValueId inverse = build.unary("Reciprocal", build.unary("Sqrt", build.add_scalar(variance, epsilon)));
  return {build.mul(centred, inverse), inverse};
}

ValueId normalization_share(graph::Builder& build, ValueId scaled, ValueId x_hat,
                            const std::vector<std::int64_t>& axes) {
  const std::vector<std::int64_t> lifted = behind_targets(axes, build.rank(x_hat));
  const ValueId mean = build.reduce_mean(scaled, lifted, true);
  const ValueId slope = build.reduce_mean(build.mul(scaled, x_hat), lifted, true);
  return build.sub(build.sub(scaled, mean), build.mul(slope, x_hat));
}

}  // namespace pellucid::propagate::operators
