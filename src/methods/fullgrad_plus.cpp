#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "methods/bias_map.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "fullgrad-plus";

using graph::ValueId;

/// h_0 for ensemble=first, else the inputs of all blocks.
std::vector<ValueId> hidden(const Context& context) {
  require_read_out(context, kName, false);
  std::vector<ValueId> values;
  const bool first = context.options.word("ensemble") == "first";
  for (std::int64_t l = 0; l < (first ? 1 : context.blocks()); ++l) values.push_back(context.block(l).input);
  return values;
}

/// A bias that no token can be given.
std::string why_not(const graph::Graph& graph, const anatomy::Anatomy& /*anatomy*/, const anatomy::Stream& stream) {
  try {
    (void)find_biases(graph, stream);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<ValueId> wanted(const Context& context) {
  std::vector<ValueId> values = hidden(context);
  for (const Bias& bias : find_biases(context, kName)) values.push_back(bias.output);
  return values;
}

// first: CAT_0 + B, sum: Σ_l CAT_l + B, blocks: Σ_l (CAT_l + B_l), where CAT_l = Σ_k h_l ⊙ ∂y/∂h_l
ValueId read_out(Context& context) {
  // The biases are looked for before more nodes are emitted.
  const ValueId biases = bias_map(context, kName, context.options.word("ensemble") == "blocks");
  ValueId total = biases;
  for (const ValueId value : hidden(context)) total = context.plus(total, context.times_gradient(value));
  return total;
}

}  // namespace

const Method& fullgrad_plus_method() {
  static const Method kMethod{
      .name = kName,
      .title = "FullGrad+",
      .paper = "Srinivas & Fleuret, NeurIPS 2019; Mehri et al., CVPR 2025",
      .summary = "hidden state × gradient over the blocks plus every bias × its gradient; signed",
      .cost = "about 1.7 forward passes",
      .promise = "rules libra: hidden states and biases add up to y; with ensemble=first the scores do",
      .needs = {Need::kStream, Need::kReadOut},
      .rule_sets = {"libra", "gradient", "attnlrp", "cp-lrp"},
      .options = {{.name = "ensemble",
                   .kind = OptionKind::kWord,
                   .otherwise = std::string("sum"),
                   .words = {"first", "sum", "blocks"},
                   .meaning = "block 0 plus biases; all blocks plus biases once; all blocks, each plus its biases"},
                  stream_option(),
                  similarity_option()},
      .why_not = why_not,
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
