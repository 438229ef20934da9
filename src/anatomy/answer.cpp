#include "anatomy/answer.hpp"

#include <numeric>

#include "anatomy/scores.hpp"
#include "anatomy/word_table.hpp"
#include "graph/builder.hpp"

namespace pellucid::anatomy {
namespace {

using graph::Builder;
using graph::Dims;
using graph::kNone;
using graph::ValueId;

/// [batch, tokens, vocabulary] -> the row at one position that is known: [batch, vocabulary].
ValueId row_at(Builder& build, ValueId scores, std::int64_t position) {
  return build.squeeze(build.slice(scores, 1, position, 1), 1);
}

/// Position of the last 1 in a mask [batch, tokens]: [batch, 1].
ValueId last_valid(Builder& build, ValueId mask) {
  const std::int64_t tokens = build.dims(mask)[1].size;
  std::vector<std::int64_t> positions(static_cast<std::size_t>(tokens));
  std::iota(positions.begin(), positions.end(), 0);
  const ValueId zero = build.scalar_like(0, mask);
  const ValueId valid = build.unary("Not", build.compare("Equal", mask, zero));
  const ValueId at = build.mul(build.cast(valid, ElementType::kInt64), build.ints(positions));
  return build.reduce("ReduceMax", at, {1}, true);
}

/// A decoder takes token ids of its own beside those of the text.
bool has_decoder(const graph::Graph& graph) {
  for (const ValueId input : graph.inputs)
    if (!graph.is_float(input) && graph.value(input).name.starts_with("decoder_")) return true;
  return false;
}

}  // namespace

Answer append_answer(graph::Graph& graph, AnswerPosition position) {
  const ValueId scores = find_logits(graph);
  if (scores == kNone || position == AnswerPosition::kEach || !graph.is_float(scores)) return {};
  const Dims dims = graph.dims(scores);
  const WordTable table = find_word_table(graph);
  const bool rows = dims.size() == 3 && !dims[1].per_batch && !dims[2].per_batch && table.ids != kNone;
  if (!rows || (position == AnswerPosition::kFind && dims[2].size != table.rows)) return {};
  if (position == AnswerPosition::kFind) position = has_decoder(graph) ? AnswerPosition::kFirst : AnswerPosition::kLast;
  Builder build(graph);
  build.set_source("pellucid");
  if (position == AnswerPosition::kFirst || dims[1].size == 1) return {row_at(build, scores, 0)};
  const ValueId mask = find_mask(graph, table.ids);
  const bool same_tokens = graph.dims(table.ids) == Dims{dims[0], dims[1]};
  const std::int64_t last = dims[1].size - 1;
  if (mask == kNone || !same_tokens) return {row_at(build, scores, last), last};
  const ValueId row = build.op("GatherND", {scores, last_valid(build, mask)}, {dims[0], dims[2]}, build.type(scores),
                               {{"batch_dims", std::int64_t{1}}});
  return {row, last, mask};
}

}  // namespace pellucid::anatomy
