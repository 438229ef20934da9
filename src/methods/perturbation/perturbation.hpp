#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <pellucid/tensor.hpp>

#include "methods/options.hpp"

namespace pellucid::methods {

/// How much of every feature is left in a changed input: 1 where it is as it was, 0 where its replacement stands.
using Presence = std::vector<float>;

/// The features of one sample: tokens or words of a text, segments or pixels of a picture, elements of another input.
struct FeatureSpace {
  std::int64_t count = 0;
  Shape extent;  ///< axes that they are counted on: [count], or [height, width] of pixels
  std::vector<std::int64_t>
      spans{};  ///< text: lengths of the runs of neighbours, special tokens in between; else empty
};

struct PerturbationInput {
  const ResolvedOptions& options;
  const FeatureSpace& space;
  std::uint64_t seed = 0;
  std::int64_t samples = 0;          ///< instead of the option n_samples, where not 0
  std::vector<double> similarity{};  ///< [count, count], where neighbours are asked for
};

/// The explained score of the whole input and of every changed one.
struct Answers {
  double whole = 0;
  const std::vector<double>& changed;
};

struct Estimate {
  std::vector<double> scores;            ///< [features]
  std::vector<double> errors{};          ///< standard errors, [features]; empty where nothing was drawn
  std::optional<double> halves{};        ///< 1 − rank correlation of the scores of both halves of the draws
  std::optional<double> unexplained{};   ///< 1 − R² of a fit
  std::optional<double> completeness{};  ///< Σ scores − (y(input) − y(everything replaced))
  double complete = 0;                   ///< what completeness is relative to
};

/// Changed inputs of one sample, and what is made of their scores. Draw i is a function of (seed, i).
class Perturbation {
 public:
  virtual ~Perturbation() = default;
  Perturbation() = default;
  Perturbation(const Perturbation&) = delete;
  Perturbation& operator=(const Perturbation&) = delete;

  /// How many changed inputs there are.
  [[nodiscard]] virtual std::int64_t count() const = 0;
  [[nodiscard]] virtual Presence presence(std::int64_t i) const = 0;
  [[nodiscard]] virtual Estimate estimate(const Answers& answers) const = 0;
  /// The number of samples that would be twice as many; 0 where more change nothing.
  [[nodiscard]] virtual std::int64_t twice() const { return 0; }
  /// Whether the first changed inputs of twice as many samples are these.
  [[nodiscard]] virtual bool nested() const { return true; }
};

/// The most samples that a tolerance leads to.
inline constexpr std::int64_t kMostSamples = 65536;
/// The most features whose 2^n subsets are run one by one.
inline constexpr std::int64_t kMostEnumerated = 20;

/// Twice as many, kMostSamples at most; 0 where there are as many already.
[[nodiscard]] std::int64_t doubled(std::int64_t samples);
/// The option n_samples, or what stands for it; `all`: −1.
[[nodiscard]] std::int64_t wanted_samples(const PerturbationInput& input, std::int64_t otherwise);
/// Throws Error{kUsage} where n_samples=all would be more than 2^kMostEnumerated.
void check_enumeration(const std::string& method, std::int64_t features);

}  // namespace pellucid::methods
