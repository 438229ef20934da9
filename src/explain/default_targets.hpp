#pragma once

#include "explain/model_state.hpp"
#include "explain/targets.hpp"

namespace pellucid::explain {

/// What is explained where nobody names a target and the answer isn't one of [batch, classes]: the best spans of a
/// question's context, the tags of a text's words, the words behind [MASK]. Reads them off a run of the untouched
/// model. Empty where the top classes are meant. Throws Error{kUsage} where a target must be named.
[[nodiscard]] std::vector<Target> default_targets(Model::State& state, const Prepared& prepared,
                                                  const Request& request);

/// The same, empty where the answer is one of [batch, classes].
[[nodiscard]] std::vector<Target> answers_of(Model::State& state, const Prepared& prepared, const Request& request);

/// What a target of elements of outputs says about every sample.
[[nodiscard]] TargetRecord recorded(const Target& target, const TensorMap& outputs);

/// A valid span of a text: start ≤ end < start + `longest`, both of them candidates. The `count` best by the sum of
/// their scores; fewer where there are fewer.
struct Span {
  std::int64_t start = 0, end = 0;
  double score = 0;
};
[[nodiscard]] std::vector<Span> best_spans(const std::vector<double>& start, const std::vector<double>& end,
                                           const std::vector<bool>& candidates, std::int64_t count,
                                           std::int64_t longest = 30);

}  // namespace pellucid::explain
