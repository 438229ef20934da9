#pragma once

#include <memory>
#include <span>
#include <vector>

#include "explain/explainer.hpp"
#include "methods/perturbation/perturbation.hpp"

namespace pellucid::explain {

/// What the features of every sample are, what the model is fed where some are absent, and where their scores belong.
class Features {
 public:
  virtual ~Features() = default;
  Features() = default;
  Features(const Features&) = delete;
  Features& operator=(const Features&) = delete;

  [[nodiscard]] virtual const methods::FeatureSpace& space(std::int64_t sample) const = 0;
  /// One sample's inputs, once for each of `rows`, changed as it says.
  [[nodiscard]] virtual TensorMap changed(std::int64_t sample, std::span<const methods::Presence> rows) const = 0;
  /// The shape of one sample's scores.
  [[nodiscard]] virtual Shape shape() const = 0;
  /// Writes the scores of one sample's features to where they belong; `out` holds zeros.
  virtual void place(std::int64_t sample, std::span<const double> scores, std::span<double> out) const = 0;
  /// Whether scores are those of the stream's tokens.
  [[nodiscard]] virtual bool per_token() const { return true; }
  /// Cosines between the features, where the method asks for neighbours: [count, count].
  [[nodiscard]] virtual std::vector<double> similarity(std::int64_t) const { return {}; }
};

/// Gives options whose default depends on the model and the input (features, baselines) their value, and checks what
/// the method asks for against them. `by_token`: every target indexes a token. Throws Error{kUsage} or {kUnsupported}.
void settle_features(Model::State& state, const Prepared& prepared, const anatomy::Stream& stream,
                     const Request& request, bool by_token, Resolved& resolved);

/// The features that a method's options name.
[[nodiscard]] std::unique_ptr<Features> make_features(const Explainer& explainer);
[[nodiscard]] std::unique_ptr<Features> text_features(const Explainer& explainer);
[[nodiscard]] std::unique_ptr<Features> array_features(const Explainer& explainer);
[[nodiscard]] std::unique_ptr<Features> key_features(const Explainer& explainer);

/// The graph input that is changed: the one that the stream is made from, else token ids, else the first
/// floating-point one. Throws Error{kUnsupported} where there is none.
[[nodiscard]] graph::ValueId changed_input(const Prepared& prepared, const anatomy::Stream& stream);

/// All inputs of one sample, `count` times; inputs that the samples share stay as they are.
[[nodiscard]] TensorMap repeated_sample(const Explainer& explainer, std::int64_t sample, std::int64_t count);

/// The same for one tensor; `batch`: which axis counts the samples.
[[nodiscard]] Tensor repeated(const Tensor& tensor, std::size_t batch, std::int64_t sample, std::int64_t count);

}  // namespace pellucid::explain
