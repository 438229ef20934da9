#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <pellucid/tensor.hpp>

#include "explain/program.hpp"
#include "run/session.hpp"

namespace pellucid::explain {

/// What a sampling run starts from.
struct SamplingInput {
  Tensor x;                             ///< the replaced tensor as the forward pass gives it: [batch, …]
  Tensor baseline;                      ///< of the shape of one sample of x or of x; empty: zeros
  std::vector<double> sizes;            ///< [batch]: the largest |score| of the model, of whose order rounding is
  TensorMap frontier;                   ///< what else the gradient program reads, by name
  std::map<std::string, Tensor> seeds;  ///< by space: [K, batch, …] (or the space's own batch axis)
  std::int64_t rows = 16;               ///< gradient rows (samples × passes) at a time
  std::uint64_t seed = 0;
  std::function<void(std::int64_t done, std::int64_t total)> progress;
};

struct SamplingResult {
  Tensor scores;  ///< [K, batch, …]: reduced as the plan says, float32
  std::vector<std::vector<double>>
      completeness;  ///< Σ scores − (y(x) − y(baseline)); [K][batch], empty if not promised
  std::vector<std::vector<double>> completeness_relative;
  std::vector<std::vector<double>>
      standard_error;       ///< largest, over the largest |score|; empty for fewer than 2 groups
  std::int64_t passes = 0;  ///< forward and backward passes per sample
};

/// The scores of one target and sample, for a replaced tensor of this shape (batch included).
[[nodiscard]] Shape reduced_shape(const methods::SamplingPlan& plan, const Shape& x);

/// Streams the plan's passes through the gradient program (`at` is the replaced tensor, an input of it) in chunks of
/// rows; sums in float64, in the order of the passes, so that the result doesn't depend on the chunks.
[[nodiscard]] SamplingResult run_sampling(const run::Session& session, const ProgramGraph& program,
                                          const std::string& at, bool batch_free, const methods::SamplingPlan& plan,
                                          const SamplingInput& input);

}  // namespace pellucid::explain
