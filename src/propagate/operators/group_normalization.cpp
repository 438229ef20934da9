#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators {

using graph::Dims;
using graph::ValueId;

namespace {

/// x: [batch, channels, spatial…], normalized over each group of channels with its spatial axes; the scale is per
/// channel or per group.
void give_grouped(Step& step, bool held) {
  const std::int64_t groups = step.node.op == "GroupNormalization" ? graph::int_attribute(step.node, "num_groups", 1)
                                                                   : step.input_dims(0)[1].size;
  require_unwanted(step, 1, "the scale");
  require_unwanted(step, 2, "the bias");
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Dims dims = step.input_dims(0);
  const std::int64_t channels = fixed_size(step, dims[1], "the channel axis");
  const graph::Dim area = product(dims, 2, dims.size());
  (void)fixed_size(step, area, "a spatial axis");
  const Dims grouped{dims[0], {groups, false}, {channels / groups, false}, area};
  const std::int64_t scales = step.input_dims(1)[0].size;
  PELLUCID_CHECK(scales == channels || scales == groups, kBadInput, "{}: {} scales for {} channels in {} groups",
                 graph::describe(step.node), scales, channels, groups);

  const std::vector<std::int64_t> axes{2, 3};
  const double epsilon = graph::float_attribute(step.node, "epsilon", 1e-5F);
  const Normalized at = normalize(build, build.reshape(step.input(0), grouped), axes, epsilon);
  const ValueId scale = build.reshape(step.input(1), {{groups, false}, {scales / groups, false}, {}});
  const ValueId factor = build.mul(at.inverse_deviation, scale);
  const ValueId scaled = build.mul(build.reshape(step.cotangent(), step.lifted(grouped)), factor);
  const ValueId share = held ? build.sub(scaled, build.reduce_mean(scaled, behind_targets(axes, 4), true))
                             : normalization_share(build, scaled, at.value, axes);
  step.give(0, build.reshape(share, step.lifted(dims)));
}

}  // namespace

namespace gradient {

void group_normalization(Step& step) { give_grouped(step, false); }

void instance_normalization(Step& step) { give_grouped(step, false); }

}  // namespace gradient

void group_normalization_held(Step& step) { give_grouped(step, true); }

}  // namespace pellucid::propagate::operators
