#include "methods/all.hpp"
#include "methods/features.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {

// S = fold x ⊙ g, g the cotangent under the rules cp-lrp
const Method& cp_lrp_method() {
  static const Method kMethod{.name = "cp-lrp",
                              .title = "CP-LRP",
                              .paper = "Ali et al., ICML 2022",
                              .summary = "layer-wise relevance with attention as a constant; signed",
                              .cost = "about 1.7 forward passes",
                              .promise = "none",
                              .needs = {Need::kTokens},
                              .rule_sets = {"cp-lrp"},
                              .options = {at_option("tokens"), reduce_option({"sum", "none"}), input_option(),
                                          stream_option(), similarity_option()},
                              .wanted = wanted_at,
                              .read_out = times_cotangent};
  return kMethod;
}

}  // namespace pellucid::methods
