#pragma once

#include <string>
#include <vector>

#include "explain/sampling.hpp"

namespace pellucid::explain {

/// The baseline of every sample, of the size of x: zeros where none is given. Throws Error{kBadInput} where it doesn't
/// fit.
[[nodiscard]] std::vector<double> full_baseline(const SamplingInput& input);

/// Calls of the gradient program at points of one's own. What it is made from must outlive it.
class GradientCalls {
 public:
  GradientCalls(const run::Session& session, const ProgramGraph& program, const std::string& at,
                const SamplingInput& input)
      : session_(session), program_(program), at_(at), input_(input) {}

  /// `points`: one value of the replaced tensor per row; `samples`: which sample's frontier and seeds a row has.
  [[nodiscard]] TensorMap run(const std::vector<double>& points, const std::vector<std::int64_t>& samples,
                              const std::vector<std::string>& outputs) const;
  /// The same for a program of a single target: that of all seeds which is `target`.
  [[nodiscard]] TensorMap run(std::int64_t target, const std::vector<double>& points,
                              const std::vector<std::int64_t>& samples, const std::vector<std::string>& outputs) const;

 private:
  [[nodiscard]] TensorMap feeds(const std::vector<double>& points, const std::vector<std::int64_t>& samples) const;

  const run::Session& session_;
  const ProgramGraph& program_;
  const std::string& at_;
  const SamplingInput& input_;
};

}  // namespace pellucid::explain
