#include "explain/token_rows.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "explain/chunks.hpp"
#include "explain/text_inputs.hpp"

namespace pellucid::explain {
namespace {

TokenizedText text_of(const TokenRow& row) {
  TokenizedText text;
  for (std::size_t i = 0; i < row.ids.size(); ++i) {
    TextToken token;
    token.id = row.ids[i];
    token.type = row.types[i];
    text.tokens.push_back(token);
  }
  return text;
}

std::vector<double> softmax(const double* logits, std::int64_t classes) {
  std::vector<double> row(logits, logits + classes);
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - largest);
  for (double& value : row) value /= sum;
  return row;
}

}  // namespace

std::int64_t rows_at_once(const Model::State& state, const Prepared& prepared, std::uint64_t held) {
  if (const std::int64_t fixed = fixed_batch(state); fixed >= 0) return fixed;
  graph::Graph forward = prepared.graph;
  forward.outputs = {prepared.anatomy.head.logits};
  forward.prune();
  return rows_that_fit(forward, kLargestChunk, state.options.memory, "one forward pass", {held, 0});
}

std::vector<std::vector<double>> class_probabilities(Model::State& state, const std::string& output,
                                                     const std::vector<TokenRow>& rows, std::int64_t at_once,
                                                     const std::function<void(std::int64_t done)>& progress) {
  std::vector<std::vector<double>> probabilities;
  for (std::size_t first = 0; first < rows.size(); first += static_cast<std::size_t>(at_once)) {
    const std::size_t count = std::min(rows.size() - first, static_cast<std::size_t>(at_once));
    std::vector<TokenizedText> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(text_of(rows[first + i]));
    if (fixed_batch(state) >= 0) texts.resize(static_cast<std::size_t>(at_once), texts.back());
    const Tensor logits = state.untouched_session().run(text_tensors(state, texts), {output}).at(output);
    PELLUCID_ASSERT(logits.shape().size() == 2);
    const std::vector<double> values = logits.to_doubles();
    const std::int64_t classes = logits.shape()[1];
    for (std::size_t i = 0; i < count; ++i)
      probabilities.push_back(softmax(values.data() + static_cast<std::int64_t>(i) * classes, classes));
    progress(static_cast<std::int64_t>(first + count));
  }
  return probabilities;
}

}  // namespace pellucid::explain
