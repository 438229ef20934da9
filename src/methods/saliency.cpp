#include "methods/all.hpp"
#include "methods/features.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

std::vector<graph::ValueId> wanted(const Context& context) { return {value_at(context)}; }

// S = fold |∂y/∂x|
graph::ValueId read_out(Context& context) {
  const graph::ValueId gradient = context.gradient(value_at(context));
  return fold_features(context, context.options.flag("abs") ? context.build.unary("Abs", gradient) : gradient);
}

bool is_signed(const ResolvedOptions& options) { return !options.flag("abs") && options.word("reduce") != "l2"; }

}  // namespace

const Method& saliency_method() {
  static const Method kMethod{.name = "saliency",
                              .title = "Saliency",
                              .paper = "Simonyan et al., 2013; for tokens Li et al., NAACL 2016",
                              .summary = "size of the gradient: what a small change would matter for; noisy, unsigned",
                              .cost = "about 1.8 forward passes",
                              .promise = "none",
                              .signed_scores = false,
                              .needs = {Need::kTokens},
                              .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
                              .options = {{.name = "abs",
                                           .kind = OptionKind::kBool,
                                           .otherwise = true,
                                           .words = {},
                                           .meaning = "take absolute values before the features are folded"},
                                          at_option(""),
                                          reduce_option({"sum", "l2", "max", "none"}),
                                          input_option(),
                                          stream_option(),
                                          similarity_option()},
                              .is_signed = is_signed,
                              .wanted = wanted,
                              .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
