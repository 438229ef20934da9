#include "methods/saturation.hpp"

namespace pellucid::methods {

graph::ValueId told_by_gradient(Context& context) {
  const graph::ValueId tokens = context.stream.tokens;
  if (tokens == graph::kNone || context.build.rank(tokens) != 3 || !context.passed(tokens)) return graph::kNone;
  return context.sum_last(context.build.unary("Abs", context.times_gradient(tokens)));
}

}  // namespace pellucid::methods
