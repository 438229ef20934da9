#include "explain/windows.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

/// The mean over the rows of [windows, classes].
std::vector<double> mean_row(const Tensor& logits) {
  const auto windows = static_cast<std::size_t>(logits.shape().at(0)), classes = logits.to_doubles().size() / windows;
  const std::vector<double> all = logits.to_doubles();
  std::vector<double> mean(classes, 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) mean[i % classes] += all[i] / static_cast<double>(windows);
  return mean;
}

std::vector<std::string> best_classes(const std::vector<double>& scores, std::int64_t top) {
  PELLUCID_CHECK(top <= static_cast<std::int64_t>(scores.size()), kUsage, "--top {}: the model has {} classes", top,
                 scores.size());
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<std::string> targets;
  for (std::int64_t k = 0; k < top; ++k)
    targets.push_back("logit:" + std::to_string(order[static_cast<std::size_t>(k)]));
  return targets;
}

double softmax_at(const std::vector<double>& logits, std::int64_t index) {
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit - logits[static_cast<std::size_t>(index)]);
  return 1 / sum;
}

double mean_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

/// What was found for the windows as samples of a batch, for the one text.
void join_targets(Explanation& joined, const std::vector<double>& logits) {
  for (TargetRecord& target : joined.targets) {
    std::vector<double> values;
    for (const SampleTarget& sample : target.samples) values.push_back(sample.value);
    target.samples.resize(1);
    target.samples[0].value = mean_of(values);
    if (target.samples[0].probability && target.samples[0].class_index)
      target.samples[0].probability = softmax_at(logits, *target.samples[0].class_index);
  }
  for (Gap& gap : joined.certificate.gaps) {
    for (std::vector<double>& row : gap.absolute) row = {mean_of(row)};
    for (std::vector<double>& row : gap.relative) row = {*std::max_element(row.begin(), row.end())};
  }
}

/// Pieces of one character share its span.
bool is_before(const TextToken& candidate, const TextToken& token) {
  return candidate.span.begin < token.span.begin ||
         (candidate.span.begin == token.span.begin && candidate.id != token.id);
}

Tensor join_scores(const Tensor& of_windows, const TokenizedText& whole, const std::vector<TokenizedText>& windows) {
  const Shape& shape = of_windows.shape();  // [K, windows, tokens]
  PELLUCID_CHECK(shape.size() == 3, kUsage, "windows are joined token by token, and these scores are {}",
                 to_string(shape));
  const auto places = places_in_whole(whole, windows);
  const std::vector<double> all = of_windows.to_doubles();
  const auto count = static_cast<std::size_t>(shape[1]), each = static_cast<std::size_t>(shape[2]);
  std::vector<double> sums(static_cast<std::size_t>(shape[0]) * whole.tokens.size(), 0.0);
  for (std::size_t k = 0; k < static_cast<std::size_t>(shape[0]); ++k)
    for (std::size_t w = 0; w < count; ++w)
      for (std::size_t i = 0; i < places[w].size(); ++i)
        sums[k * whole.tokens.size() + places[w][i]] += all[(k * count + w) * each + i] / static_cast<double>(count);
  return Tensor(Shape{shape[0], 1, static_cast<std::int64_t>(whole.tokens.size())}, sums).cast(of_windows.type());
}

}  // namespace

std::vector<std::vector<std::size_t>> places_in_whole(const TokenizedText& whole,
                                                      const std::vector<TokenizedText>& windows) {
  // Of each sequence the tokens in their order; what the tokenizer added is counted by itself.
  std::map<std::int64_t, std::vector<std::size_t>> of_sequence;
  for (std::size_t i = 0; i < whole.tokens.size(); ++i) of_sequence[whole.tokens[i].sequence].push_back(i);
  std::vector<std::vector<std::size_t>> places;
  for (const TokenizedText& window : windows) {
    std::map<std::int64_t, std::size_t> next;
    std::vector<std::size_t> found;
    for (const TextToken& token : window.tokens) {
      const std::vector<std::size_t>& candidates = of_sequence[token.sequence];
      const bool fresh = next.count(token.sequence) == 0;
      std::size_t& at = next[token.sequence];
      // A window begins where its first token's span does.
      while (fresh && token.sequence >= 0 && at < candidates.size() && is_before(whole.tokens[candidates[at]], token))
        ++at;
      PELLUCID_CHECK(at < candidates.size() && whole.tokens[candidates[at]].id == token.id, kInternal,
                     "internal: a window holds tokens that its text doesn't");
      found.push_back(candidates[at++]);
    }
    places.push_back(std::move(found));
  }
  return places;
}

Explanation explain_windows(Model& model, Request request, const TokenizedText& whole,
                            const std::vector<TokenizedText>& windows) {
  request.texts = windows;
  request.inputs = model.tensors_of(windows);
  if (request.targets.empty()) {
    const Prediction prediction = model.predict(request.inputs, 1);
    request.targets = best_classes(mean_row(prediction.logits), request.top);
  }
  Explanation joined = model.explain(request);
  PELLUCID_CHECK(joined.logits.shape().size() == 2, kUsage,
                 "windows are joined by their class scores, and the model's first output is {}",
                 to_string(joined.logits.shape()));
  const std::vector<double> logits = mean_row(joined.logits);
  joined.token_scores = join_scores(joined.token_scores, whole, windows);
  joined.scores = joined.token_scores;
  join_targets(joined, logits);
  joined.logits = Tensor(Shape{1, static_cast<std::int64_t>(logits.size())}, logits).cast(joined.logits.type());
  joined.texts = {whole};
  joined.layout.tokens = static_cast<std::int64_t>(whole.tokens.size());
  joined.certificate.notes.push_back(
      fmt::format("explained in {} windows: the mean of their scores is explained, and a token's score is the sum over "
                  "the windows that hold it, divided by {}",
                  windows.size(), windows.size()));
  return joined;
}

}  // namespace pellucid::explain
