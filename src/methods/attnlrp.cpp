#include "methods/all.hpp"
#include "methods/features.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {

// S = fold x ⊙ g, g the cotangent under the rules attnlrp
const Method& attnlrp_method() {
  static const Method kMethod{.name = "attnlrp",
                              .title = "AttnLRP",
                              .paper = "Achtibat et al., ICML 2024",
                              .summary = "layer-wise relevance with a rule for attention; signed, calm on deep models",
                              .cost = "about 1.7 forward passes",
                              .promise = "none",
                              .needs = {Need::kTokens},
                              .rule_sets = {"attnlrp"},
                              .options = {at_option("tokens"), reduce_option({"sum", "none"}), input_option(),
                                          stream_option(), similarity_option()},
                              .wanted = wanted_at,
                              .read_out = times_cotangent};
  return kMethod;
}

}  // namespace pellucid::methods
