#include "methods/all.hpp"
#include "methods/lens.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "logit-lens";

std::vector<graph::ValueId> whole(const Context& context) { return {lens_hidden(context, kName), context.stream.last}; }

// S[t] = y(W norm(h_l[t])), W the language model head
graph::ValueId read_out(Context& context) {
  return lens_scores(context, token_logits(context, lens_hidden(context, kName)), kName);
}

}  // namespace

const Method& logit_lens_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Logit lens",
      .paper = "nostalgebraist, 2020",
      .summary = "what the language model would say at each token after a block; not what the answer used",
      .cost = "1 forward pass",
      .promise = "layer=-1: the scores that the model gives each token",
      .walks = false,
      .needs = {Need::kStream},
      .rule_sets = {"gradient"},
      .options = {lens_layer_option(), stream_option()},
      .why_not = why_no_logit_lens,
      .whole = whole,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
