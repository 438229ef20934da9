#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/features.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

// S = fold R at the tensor that `at` names
graph::ValueId read_out(Context& context) { return fold_features(context, context.relevance(value_at(context))); }

}  // namespace

const Method& lrp_method() {
  static const Method kMethod{
      .name = "lrp",
      .title = "LRP",
      .paper = "Bach et al., 2015; as in Chefer, Gur & Wolf, CVPR 2021",
      .summary = "relevance propagated to the tokens or pixels; a baseline, unstable on deep models",
      .cost = "about 5 forward passes",
      .promise = "rules chefer: relevance adds up to 1 at the blocks' inputs, to less at the pixels",
      .needs = {Need::kTokens},
      .rule_sets = {"lrp", "chefer"},
      .options = {at_option("tokens"), reduce_option({"sum", "none"}), cls_option(), input_option(), stream_option()},
      .authors = {{{"cls", "keep"}}},
      .authors_text = {{{"cls", "zero"}}},
      .wanted = wanted_at,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
