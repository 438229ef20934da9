#include "methods/features.hpp"

#include "base/check.hpp"
#include "methods/requirements.hpp"

namespace pellucid::methods {

graph::ValueId fold_features(Context& context, graph::ValueId value) {
  const std::string reduce = context.options.word("reduce");
  if (reduce == "none") return value;
  const std::vector<std::int64_t> axes{context.options.word("at") == "input" ? 2 : -1};
  if (reduce == "sum") return context.build.reduce_sum(value, axes, false);
  if (reduce == "l2") return context.build.reduce("ReduceL2", value, axes, false);
  PELLUCID_ASSERT(reduce == "max");
  return context.build.reduce("ReduceMax", value, axes, false);
}

std::vector<graph::ValueId> wanted_at(const Context& context) { return {value_at(context)}; }

graph::ValueId times_cotangent(Context& context) {
  const graph::ValueId at = value_at(context);
  return fold_features(context, context.build.mul(at, context.gradient(at)));
}

}  // namespace pellucid::methods
