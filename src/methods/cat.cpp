#include "methods/all.hpp"
#include "methods/hidden_states.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "cat";

std::vector<graph::ValueId> wanted(const Context& context) { return hidden_values(context, kName); }

// S[j] = Σ_l Σ_k h_l[j, k] ∂y/∂h_l[j, k]
graph::ValueId read_out(Context& context) {
  graph::ValueId total = graph::kNone;
  for (const graph::ValueId hidden : hidden_values(context, kName))
    total = context.plus(total, context.times_gradient(hidden));
  return total;
}

}  // namespace

const Method& cat_method() {
  static const Method kMethod{
      .name = kName,
      .title = "CAT",
      .paper = "Qiang et al., NeurIPS 2022, without the attention",
      .summary = "hidden state × gradient summed over the blocks; signed",
      .cost = "about 1.8 forward passes",
      .promise = "none",
      .needs = {Need::kStream},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {hidden_option(), mask_special_option(), token_types_option(), stream_option(), similarity_option()},
      .authors = {{{"hidden", "input"}}},
      .authors_text = {{{"hidden", "input"}, {"mask_special", "true"}, {"token_types", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
