#include "explain/layout.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

using graph::ValueId;

/// [K, batch, tokens, …] whose token axis is the stream's.
bool is_per_token(const methods::Context& context, ValueId scores) {
  const graph::Dims& dims = context.build.dims(scores);
  const bool input = context.options.has("at") && context.options.word("at") == "input";
  return !input && dims.size() >= 3 && dims[2] == graph::Dim{context.tokens(), false};
}

std::vector<std::int64_t> content_tokens(const methods::Context& context) {
  const auto& special = context.stream.layout.special;
  std::vector<std::int64_t> tokens;
  for (std::int64_t token = 0; token < context.tokens(); ++token)
    if (std::find(special.begin(), special.end(), token) == special.end()) tokens.push_back(token);
  return tokens;
}

ValueId take_tokens(methods::Context& context, ValueId scores, const std::vector<std::int64_t>& tokens) {
  const bool contiguous =
      !tokens.empty() && tokens.back() - tokens.front() + 1 == static_cast<std::int64_t>(tokens.size());
  if (contiguous) return context.build.slice(scores, 2, tokens.front(), static_cast<std::int64_t>(tokens.size()));
  return context.build.gather(scores, context.build.ints(tokens), 2);
}

/// Scores with, at padding, an extreme of the row that never wins over a real token's in the other direction.
ValueId opposite_at_padding(methods::Context& context, ValueId scores, const char* opposite) {
  graph::Builder& build = context.build;
  const ValueId valid = context.validity();
  if (valid == graph::kNone) return scores;
  const ValueId real = build.cast(build.squeeze(valid, 1), ElementType::kBool);
  return build.where(real, scores, build.reduce(opposite, scores, {2}, true));
}

/// Smallest score of each sample over all its tokens but padding.
ValueId smallest(methods::Context& context, ValueId scores) {
  return context.build.reduce("ReduceMin", opposite_at_padding(context, scores, "ReduceMax"), {2}, true);
}

/// The read-out token's own entry replaced: by 0, or by the smallest entry of the row.
ValueId replace_read_out(methods::Context& context, ValueId scores, const std::string& by) {
  const auto& weights = context.stream.read_out.weights;
  const auto read = std::count_if(weights.begin(), weights.end(), [](double weight) { return weight != 0; });
  PELLUCID_CHECK(!context.rows_by_target(), kUnsupported,
                 "option cls={}: the row that is read is that of the token which the target indexes; use cls=keep", by);
  PELLUCID_CHECK(read == 1, kUnsupported,
                 "option cls={} needs one token that the head reads; this model's read-out: {}", by,
                 context.stream.read_out.description);
  Tensor mask(ElementType::kBool, {context.tokens()});
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] != 0) mask.mutable_data()[i] = std::byte{1};
  graph::Builder& build = context.build;
  const ValueId own = build.graph().add_constant(mask, build.graph().fresh_name("read_out_token"));
  const ValueId replacement = by == "zero" ? build.scalar_like(0, scores) : smallest(context, scores);
  return build.where(own, replacement, scores);
}

/// Smallest ("ReduceMin") or largest score of each sample, over the patches of an image or the real tokens of a text.
ValueId extreme(methods::Context& context, ValueId scores, const char* which) {
  graph::Builder& build = context.build;
  if (context.stream.layout.rows > 0)
    return build.reduce(which, take_tokens(context, scores, content_tokens(context)), {2}, true);
  const char* opposite = which == std::string("ReduceMin") ? "ReduceMax" : "ReduceMin";
  return build.reduce(which, opposite_at_padding(context, scores, opposite), {2}, true);
}

/// (s − min)/(max − min) for each sample; a constant map gives zeros, and so does padding.
ValueId min_max(methods::Context& context, ValueId scores) {
  graph::Builder& build = context.build;
  const ValueId low = extreme(context, scores, "ReduceMin"), high = extreme(context, scores, "ReduceMax");
  const ValueId range = build.sub(high, low), zero = build.scalar_like(0, scores), one = build.scalar_like(1, scores);
  const ValueId flat = build.compare("Equal", range, zero);
  return context.without_padding(
      build.where(flat, zero, build.div(build.sub(scores, low), build.where(flat, one, range))));
}

}  // namespace

ValueId finish_scores(methods::Context& context, ValueId scores) {
  const bool plain = is_per_token(context, scores) && context.build.rank(scores) == 3;
  if (context.options.has("cls")) {
    const std::string by = context.options.word("cls");
    PELLUCID_CHECK(by == "keep" || plain, kUsage, "option cls={} is for scores per token", by);
    if (by != "keep") scores = replace_read_out(context, scores, by);
  }
  if (context.options.has("scale") && context.options.word("scale") == "minmax") {
    PELLUCID_CHECK(plain, kUsage, "option scale=minmax is for scores per token");
    scores = min_max(context, scores);
  }
  return scores;
}

ValueId content_scores(methods::Context& context, ValueId token_scores) {
  const auto& layout = context.stream.layout;
  const bool maps =
      context.options.has("layers") && context.options.word("layers") == "all" && context.build.rank(token_scores) > 4;
  if (!is_per_token(context, token_scores) || maps) return graph::kNone;
  if (layout.rows == 0) return graph::kNone;
  const ValueId content = take_tokens(context, token_scores, content_tokens(context));
  graph::Dims dims = context.build.dims(content);
  PELLUCID_ASSERT(dims[2].size == layout.rows * layout.columns);
  dims[2].size = layout.rows;
  dims.insert(dims.begin() + 3, {layout.columns, false});
  return context.build.reshape(content, dims);
}

}  // namespace pellucid::explain
