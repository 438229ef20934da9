#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explain/explainer.hpp"
#include "explain/perturb/features.hpp"
#include "explain/perturb/forward.hpp"

namespace pellucid::explain {

/// The stream that a request names, "tokens" where it names none.
[[nodiscard]] std::string stream_of(const Request& request);

/// Runs the model on inputs without some of their places, which are replaced as feature ablation replaces them: patches
/// of a picture, the tokens of a text.
class DeletionRun {
 public:
  /// Throws Error{kUnsupported} where places of this model's input can't be removed.
  DeletionRun(Model::State& state, const Request& request);

  /// How many places a sample has.
  [[nodiscard]] std::int64_t places(std::int64_t sample) const { return features_->space(sample).count; }
  /// "0", "mask", "pad".
  [[nodiscard]] std::string replacement() const { return explainer_.resolved().options.word("baselines"); }
  [[nodiscard]] std::int64_t targets() const { return explainer_.resolved().target_count; }

  /// One number for every target and input: the class's probability where `classes` says which, else the explained
  /// score: [targets][inputs].
  [[nodiscard]] std::vector<std::vector<double>> answers(std::int64_t sample,
                                                         const std::vector<methods::Presence>& inputs,
                                                         const std::vector<std::optional<std::int64_t>>& classes);

 private:
  [[nodiscard]] Answered run(std::int64_t sample, const std::vector<methods::Presence>& inputs, std::size_t first,
                             std::size_t count) const;

  Request request_;
  Explainer explainer_;
  std::unique_ptr<Features> features_;
  double compile_seconds_ = 0;
  Forward forward_;
  std::int64_t rows_ = 1;
};

}  // namespace pellucid::explain
