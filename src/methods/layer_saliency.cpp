#include "methods/all.hpp"
#include "methods/lens.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "layer-saliency";

std::vector<graph::ValueId> wanted(const Context& context) { return {lens_hidden(context, kName)}; }

// S[j] = Σ_k h_l[j, k] ∂y/∂h_l[j, k]
graph::ValueId read_out(Context& context) {
  return context.without_padding(context.times_gradient(lens_hidden(context, kName)));
}

OptionSpec layer_option() {
  OptionSpec spec = lens_layer_option();
  spec.otherwise = std::int64_t{-2};
  return spec;
}

}  // namespace

const Method& layer_saliency_method() {
  static const Method kMethod{.name = kName,
                              .title = "Layer saliency",
                              .paper = "after Hou & Castañón, ICML 2023, without their decoding to words",
                              .summary = "hidden state × gradient after one block; an approximation, signed",
                              .cost = "about 1.2 to 1.8 forward passes, more for an earlier block",
                              .promise = "none",
                              .needs = {Need::kStream},
                              .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
                              .options = {layer_option(), stream_option(), similarity_option()},
                              .wanted = wanted,
                              .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
