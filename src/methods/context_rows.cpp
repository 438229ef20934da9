#include <algorithm>

#include "base/check.hpp"
#include "methods/context.hpp"

namespace pellucid::methods {

using graph::ValueId;

namespace {

/// |seed| summed over everything but targets, samples and tokens: [K, B, T].
ValueId token_sizes(graph::Builder& build, const TargetRows& rows) {
  std::vector<std::int64_t> others;
  for (std::int64_t axis = 1; axis < build.rank(rows.seed); ++axis)
    if (axis != rows.batch_axis && axis != rows.token_axis) others.push_back(axis);
  ValueId sizes = build.unary("Abs", rows.seed);
  if (!others.empty()) sizes = build.reduce_sum(sizes, others, false);
  return rows.token_axis < rows.batch_axis ? build.transpose(sizes, {0, 2, 1}) : sizes;
}

}  // namespace

const anatomy::ReadOut& Context::read_out() const {
  return stream.decoder ? stream.decoder->read_out : stream.read_out;
}

ValueId Context::read_from() const { return stream.decoder ? stream.decoder->last : stream.last; }

bool Context::rows_by_target() const { return options.has("row") ? options.word("row") == "target" : by_token_; }

bool Context::row_by_gradient() const {
  return !rows_by_target() && read_out().kind == anatomy::ReadOutKind::kLastToken && read_out().weights.empty() &&
         read_from() != graph::kNone;
}

bool Context::computed_read_out() const {
  return rows_by_target() || row_by_gradient() || read_out().mask.value != graph::kNone;
}

// One-hot at the token with the largest Σ_d |∂y/∂o|, o the last block's output: the target depends on no other row.
ValueId Context::weights_by_gradient() {
  const ValueId size = sum_last(build.unary("Abs", gradient(read_from())));
  const ValueId largest = build.reduce("ReduceMax", size, {-1}, true);
  const ValueId picked = build.cast(build.compare("Equal", size, largest), build.type(size));
  return build.unsqueeze(picked, -2);
}

// The mask, 0 and 1 or sizes, divided by its sum.
ValueId Context::weights_by_mask() {
  const anatomy::TokenMask& mask = read_out().mask;
  const ElementType type = build.type(stream.tokens);
  const graph::Dim samples = build.dims(read_from())[0], positions = build.dims(read_from())[1];
  ValueId sizes = mask.value;
  if (mask.inverted) sizes = build.unary("Not", build.cast(sizes, ElementType::kBool));
  sizes = build.reshape(build.cast(sizes, type), {samples, {1, false}, positions});
  return build.div(sizes, build.reduce_sum(sizes, {-1}, true));
}

// The seed says which elements the target is made of; several tokens share the weight by the size of their factors.
ValueId Context::weights_by_target() {
  PELLUCID_ASSERT(!target_rows_.empty());
  ValueId sizes = graph::kNone;
  for (const TargetRows& rows : target_rows_) sizes = plus(sizes, token_sizes(build, rows));
  const ValueId sum = build.reduce_sum(sizes, {-1}, true);
  const ValueId nothing = build.compare("Equal", sum, build.scalar_like(0, sum));
  const ValueId shares = build.div(sizes, build.where(nothing, build.scalar_like(1, sum), sum));
  return build.unsqueeze(build.cast(shares, build.type(stream.tokens)), -2);
}

ValueId Context::computed_weights() {
  if (computed_weights_ != graph::kNone) return computed_weights_;
  if (rows_by_target())
    computed_weights_ = weights_by_target();
  else
    computed_weights_ = row_by_gradient() ? weights_by_gradient() : weights_by_mask();
  return computed_weights_;
}

ValueId Context::read_out_weights() {
  if (computed_read_out()) return computed_weights();
  const auto& weights = read_out().weights;
  PELLUCID_ASSERT(!weights.empty());
  return constant({1, static_cast<std::int64_t>(weights.size())}, weights, "read_out");
}

std::optional<std::int64_t> Context::single_read_out() const {
  const auto& weights = read_out().weights;
  if (rows_by_target()) return std::nullopt;
  const auto first = std::find_if(weights.begin(), weights.end(), [](double w) { return w != 0; });
  if (first == weights.end() || *first != 1.0) return std::nullopt;
  return first - weights.begin();
}

ValueId Context::needed_rows(ValueId matrix) {
  const std::optional<std::int64_t> token = single_read_out();
  return token ? build.slice(matrix, -2, *token, 1) : matrix;
}

ValueId Context::read_out_row(ValueId matrix) {
  if (computed_read_out()) {
    ValueId weights = read_out_weights();
    // A heads axis stands before the rows in five axes: [K, B, H, Q, T].
    if (build.rank(matrix) == 5) weights = build.unsqueeze(weights, build.rank(weights) - 2);
    return build.squeeze(build.matmul(weights, matrix), -2);
  }
  if (!single_read_out()) return build.squeeze(build.matmul(read_out_weights(), matrix), -2);
  const bool cut = build.dims(matrix)[static_cast<std::size_t>(build.rank(matrix) - 2)] == graph::Dim{};
  return build.squeeze(cut ? matrix : needed_rows(matrix), -2);
}

ValueId Context::row_for_every_target(ValueId row) { return build.rank(row) == 3 ? row : for_every_target(row); }

}  // namespace pellucid::methods
