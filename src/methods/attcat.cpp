#include "methods/all.hpp"
#include "methods/hidden_states.hpp"
#include "methods/received_attention.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "attcat";

std::vector<graph::ValueId> wanted(const Context& context) { return hidden_values(context, kName); }

// S[j] = Σ_l c_l[j] · Σ_k h_l[j, k] ∂y/∂h_l[j, k]
graph::ValueId read_out(Context& context) { return attcat_scores(context, hidden_states(context, kName)); }

}  // namespace

const Method& attcat_method() {
  static const Method kMethod{
      .name = kName,
      .title = "AttCAT",
      .paper = "Qiang et al., NeurIPS 2022",
      .summary = "hidden state × gradient × received attention, summed over the blocks; signed",
      .cost = "about 1.9 forward passes",
      .promise = "none",
      .needs = {Need::kAttention, Need::kStream},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {hidden_option(), mask_special_option(), token_types_option(), stream_option(), similarity_option()},
      .authors = {{{"hidden", "input"}}},
      .authors_text = {{{"hidden", "input"}, {"mask_special", "true"}, {"token_types", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
