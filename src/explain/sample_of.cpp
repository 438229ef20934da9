#include "explain/sample_of.hpp"

#include "explain/rows.hpp"

namespace pellucid::explain {
namespace {

template <class T>
void keep_one(std::vector<T>& of_samples, std::size_t sample) {
  if (of_samples.empty()) return;
  of_samples = {of_samples.at(sample)};
}

}  // namespace

Explanation sample_of(const Explanation& batch, std::int64_t sample) {
  Explanation one = batch;
  const auto at = static_cast<std::size_t>(sample);
  const std::int64_t samples = batch.token_scores.shape().at(1);
  one.token_scores = cut(batch.token_scores, 1, sample, 1);
  one.scores = cut(batch.scores, 1, sample, 1);
  if (!batch.logits.shape().empty() && batch.logits.shape()[0] == samples) one.logits = cut(batch.logits, 0, sample, 1);
  for (TargetRecord& target : one.targets) keep_one(target.samples, at);
  for (Gap& gap : one.certificate.gaps) {
    for (std::vector<double>& row : gap.absolute) keep_one(row, at);
    for (std::vector<double>& row : gap.relative) keep_one(row, at);
  }
  keep_one(one.texts, at);
  keep_one(one.input_names, at);
  keep_one(one.input_sha256, at);
  return one;
}

}  // namespace pellucid::explain
