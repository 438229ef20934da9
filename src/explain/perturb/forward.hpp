#pragma once

#include <string>
#include <vector>

#include "explain/explainer.hpp"

namespace pellucid::explain {

/// What the model says of changed inputs.
struct Answered {
  std::vector<std::vector<double>> scores;  ///< the explained ones: [K][rows]
  Tensor logits;                            ///< [rows, …], as `Forward::logits`
};

/// The explained scores of inputs: the forward pass with the targets' weights behind it.
class Forward {
 public:
  Forward(const Explainer& explainer, double& compile_seconds);

  /// How many rows are run together, `held` bytes beside them.
  [[nodiscard]] std::int64_t rows(std::uint64_t held, std::uint64_t per_row) const;
  /// What the model gives for the samples themselves, and, where no target was named, the top classes: [batch, K].
  [[nodiscard]] const Tensor& logits() const { return logits_; }
  [[nodiscard]] const Tensor& top_classes() const { return top_classes_; }
  /// The scores of rows that were made of one sample: [K][rows].
  [[nodiscard]] std::vector<std::vector<double>> scores(std::int64_t sample, TensorMap feeds, std::int64_t rows) const;

  /// The same with the logits.
  [[nodiscard]] Answered answers(std::int64_t sample, TensorMap feeds, std::int64_t rows) const;

 private:
  [[nodiscard]] TensorMap run(std::int64_t sample, TensorMap feeds, std::int64_t rows,
                              const std::vector<std::string>& outputs) const;
  /// A run of the program; of what it takes for a model that can't be read, the untouched model's outputs first.
  [[nodiscard]] TensorMap call(TensorMap feeds, std::int64_t rows, const std::vector<std::string>& outputs) const;
  [[nodiscard]] LoadedProgram made(const std::string& name, const ProgramSpec& spec) const;
  void load(double& compile_seconds);
  void run_samples();
  void find_top_classes();
  void make_seeds();

  const Explainer& explainer_;
  const LoadedProgram* loaded_ = nullptr;
  Tensor logits_, top_classes_;
  std::vector<Tensor> seeds_;  ///< of all samples, for every seed input
};

}  // namespace pellucid::explain
