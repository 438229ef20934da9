#include "methods/all.hpp"
#include "methods/hidden_states.hpp"
#include "methods/received_attention.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "contrast-cat";

OptionSpec references_option() {
  return {.name = "references",
          .kind = OptionKind::kFile,
          .otherwise = std::string("none"),
          .words = {},
          .meaning = "JSON file of texts to contrast with, as `pellucid references` writes it; has to be given"};
}

OptionSpec max_references_option() {
  return {.name = "max_references",
          .kind = OptionKind::kInteger,
          .otherwise = std::int64_t{30},
          .words = {},
          .least = 1,
          .most = 65536,
          .meaning = "how many references of the explained class are used, from the first"};
}

OptionSpec keep_option() {
  return {.name = "keep",
          .kind = OptionKind::kWord,
          .otherwise = std::string("mean+std"),
          .words = {"mean+std", "all"},
          .meaning = "which maps are averaged: those that do well in a deletion test, or all"};
}

/// The option with another default.
OptionSpec otherwise(OptionSpec spec, OptionValue value) {
  spec.otherwise = std::move(value);
  return spec;
}

std::vector<graph::ValueId> wanted(const Context& context) { return hidden_values(context, kName); }

// W[j, (l, k)] = c_l[j] · ∂y/∂h_l[j, k], the blocks side by side
graph::ValueId weights(Context& context) {
  std::vector<graph::ValueId> parts;
  for (const HiddenState& state : hidden_states(context, kName)) {
    const graph::ValueId received = attention_received(context, context.block(state.block).site);
    parts.push_back(context.build.mul(context.gradient(state.value), context.build.unsqueeze(received, 2)));
  }
  return context.build.concat(parts, 3);
}

// AttCAT: what no reference changes.
graph::ValueId read_out(Context& context) { return attcat_scores(context, hidden_states(context, kName)); }

}  // namespace

const Method& contrast_cat_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Contrast-CAT",
      .paper = "Han et al., UAI 2025",
      .summary = "AttCAT of a text minus that of texts of another class, over the contrasts that a deletion test likes",
      .cost = "about 300 forward passes with 30 references",
      .promise = "none",
      .signed_scores = false,
      .needs = {Need::kAttention, Need::kStream, Need::kTextClassifier},
      .rule_sets = {"gradient"},
      .options = {references_option(), max_references_option(), keep_option(),
                  otherwise(scale_option(), std::string("minmax")), otherwise(mask_special_option(), true),
                  otherwise(token_types_option(), std::string("zero")), stream_option()},
      .wanted = wanted,
      .read_out = read_out,
      .contrast_weights = weights};
  return kMethod;
}

}  // namespace pellucid::methods
