#include <numeric>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void one_hot(Step& step) {
  // values = [off, on]: what arrived at the cold places and at the hot ones
  if (!step.wants(2)) return;
  graph::Builder& build = step.build;
  const ValueId g = step.cotangent();
  const ValueId hot = build.op("OneHot", {step.input(0), step.input(1), build.ints({0, 1})}, step.output_dims(),
                               ElementType::kInt64, step.node.attributes);
  std::vector<std::int64_t> axes(static_cast<std::size_t>(build.rank(g)) - 1);
  std::iota(axes.begin(), axes.end(), 1);
  const auto total = [&](ValueId part) {
    return build.reshape(build.reduce_sum(part, axes, false), step.lifted({{}}));
  };
  const ValueId on = total(build.mul(g, build.cast(hot, build.type(g))));
  step.give(2, build.concat({build.sub(total(g), on), on}, 1));
}

}  // namespace pellucid::propagate::operators::gradient
