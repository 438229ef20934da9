#include "methods/totals.hpp"

#include <pellucid/error.hpp>

namespace pellucid::methods {
namespace {

using graph::ValueId;

/// Σ over everything but targets and samples: [K, B]. Samples and heads may share an axis.
ValueId sum_per_sample(Context& context, ValueId cotangent) {
  graph::Builder& build = context.build;
  const graph::Dim batch = build.dims(context.stream.tokens)[0];
  graph::Dims dims = build.dims(cotangent);
  if (dims[1].per_batch && dims[1].size > batch.size) {
    dims.insert(dims.begin() + 2, {dims[1].size / batch.size, false});
    dims[1] = batch;
    cotangent = build.reshape(cotangent, dims);
  }
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 2; axis < build.rank(cotangent); ++axis) axes.push_back(axis);
  return build.reduce_sum(cotangent, axes, false);
}

ValueId of_bias(Context& context, const Bias& bias) {
  const ValueId share = context.build.mul(context.relevance(bias.output), bias.bias);
  return context.build.mul_scalar(sum_per_sample(context, share), bias.factor);
}

/// The sum that is kept at the input of block l; `biases_behind` gains those of the block.
ValueId total_at(Context& context, std::int64_t l, const std::string& rules, const std::vector<Bias>& biases,
                 ValueId& biases_behind) {
  const ValueId input = context.block(l).input;
  if (rules == "chefer") return sum_per_sample(context, context.relevance(input));
  const bool last = l == context.blocks() - 1;
  for (const Bias& bias : biases)
    if ((bias.blocks == l + 1 || (last && bias.blocks > l)) && context.passed(bias.output))
      biases_behind = context.plus(biases_behind, of_bias(context, bias));
  const ValueId states = sum_per_sample(context, context.build.mul(context.relevance(input), input));
  return biases_behind == graph::kNone ? states : context.build.add(states, biases_behind);
}

}  // namespace

bool keeps_total(const std::string& rules) { return rules == "libra" || rules == "chefer"; }

std::optional<std::vector<Bias>> countable_biases(const Context& context) {
  try {
    return find_biases(context, "fullgrad-plus");
  } catch (const Error&) {
    return std::nullopt;
  }
}

ValueId totals(Context& context, const std::string& rules, const std::vector<Bias>& biases) {
  ValueId biases_behind = graph::kNone;
  std::vector<ValueId> columns;
  for (std::int64_t l = context.blocks() - 1; l >= 0 && context.passed(context.block(l).input); --l)
    columns.insert(columns.begin(), context.build.unsqueeze(total_at(context, l, rules, biases, biases_behind), -1));
  if (columns.empty()) return graph::kNone;
  return columns.size() == 1 ? columns.front() : context.build.concat(columns, -1);
}

}  // namespace pellucid::methods
