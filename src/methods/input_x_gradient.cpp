#include "methods/all.hpp"
#include "methods/features.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
// S = fold x ⊙ ∂y/∂x
const Method& input_x_gradient_method() {
  static const Method kMethod{
      .name = "input-x-gradient",
      .title = "Input × gradient",
      .paper = "Shrikumar et al., 2016",
      .summary = "first-order share of every token in the score; signed, noisy on deep models",
      .cost = "about 1.8 forward passes",
      .promise = "none",
      .needs = {Need::kTokens},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {at_option(""), reduce_option({"sum", "none"}), input_option(), stream_option(), similarity_option()},
      .wanted = wanted_at,
      .read_out = times_cotangent};
  return kMethod;
}

}  // namespace pellucid::methods
