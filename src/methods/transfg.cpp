#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "transfg";

using graph::ValueId;

/// The last block only takes what was selected: the product ends before it.
std::int64_t last_joined(const Context& context) {
  require_read_out(context, kName, false);
  PELLUCID_CHECK(context.blocks() >= 2, kUnsupported,
                 "method '{}' joins the attention of all blocks but the last, and the model has a single block", kName);
  return context.blocks() - 2;
}

/// w·A_h of every head: […, H, 1, T].
ValueId first_row(Context& context, ValueId attention) {
  const ValueId rows = context.needed_rows(attention);
  if (context.build.dims(rows)[2].size == 1) return rows;
  ValueId weights = context.read_out_weights();
  if (const std::int64_t rank = context.build.rank(weights); rank > 2)
    weights = context.build.unsqueeze(weights, rank - 2);
  return context.build.matmul(weights, rows);
}

std::vector<ValueId> wanted(const Context& context) {
  (void)last_joined(context);
  return {};
}

// r_h ← r_h·A_l,h from the last block but one to the first, head by head; then the heads' mean or largest.
ValueId read_out(Context& context) {
  graph::Builder& build = context.build;
  ValueId row = graph::kNone;
  for (std::int64_t l = last_joined(context); l >= 0; --l) {
    const ValueId attention = context.attention(context.block(l).site);
    row = row == graph::kNone ? first_row(context, attention) : build.matmul(row, attention);
  }
  const std::int64_t heads = build.rank(row) - 3;
  const bool mean = context.options.word("heads") == "mean";
  row = mean ? build.reduce_mean(row, {heads}, false) : build.reduce("ReduceMax", row, {heads}, false);
  return context.row_for_every_target(build.squeeze(row, -2));
}

}  // namespace

const Method& transfg_method() {
  static const Method kMethod{
      .name = kName,
      .title = "TransFG's joined attention",
      .paper = "He et al., AAAI 2022",
      .summary =
          "attention of all blocks but the last multiplied head by head, no skip connection; the same for every "
          "class",
      .cost = "1 forward pass",
      .promise = "heads=mean: the scores add up to 1",
      .signed_scores = false,
      .target_free = true,
      .walks = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"gradient"},
      .options = {{.name = "heads",
                   .kind = OptionKind::kWord,
                   .otherwise = std::string("mean"),
                   .words = {"mean", "max"},
                   .meaning = "how the heads' rows are joined: their mean, or the largest for each token"},
                  cls_option(),
                  stream_option(),
                  similarity_option()},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
