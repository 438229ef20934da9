#include "methods/all.hpp"
#include "methods/lens.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "class-lens";

std::vector<graph::ValueId> whole(const Context& context) { return {lens_hidden(context, kName), context.stream.last}; }

// S[t] = y(head(norm(h_l[t])))
graph::ValueId read_out(Context& context) {
  return lens_scores(context, class_logits(context, lens_hidden(context, kName)), kName);
}

}  // namespace

const Method& class_lens_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Class lens",
      .paper = "Vilas, Schaumlöffel & Roig, NeurIPS 2023",
      .summary = "what the head would answer from each token of a block; what tokens hold, not what the answer used",
      .cost = "1 forward pass",
      .promise = "layer=-1: the class token has the score itself",
      .walks = false,
      .needs = {Need::kStream},
      .rule_sets = {"gradient"},
      .options = {lens_layer_option(), stream_option()},
      .why_not = why_no_class_lens,
      .whole = whole,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
