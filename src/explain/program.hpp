#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "explain/targets.hpp"
#include "graph/onnx/write.hpp"
#include "methods/method.hpp"

namespace pellucid::explain {

/// What a program is compiled for.
struct ProgramSpec {
  const methods::Method* method = nullptr;
  const methods::ResolvedOptions* options = nullptr;
  std::string rules = "gradient";
  methods::Precision precision = methods::Precision::kFloat32;
  std::int64_t targets = 1;                 ///< K
  std::vector<std::string> spaces;          ///< keys of the spaces that targets lie in; each has a seed input
  bool top_targets = false;                 ///< the K most likely classes are found in the program instead
  std::vector<std::vector<double>> joined;  ///< [K'][K]: walks are joined to targets in the program
  bool watch_saturation = false;            ///< give kTold where the walk passes the tokens
  std::vector<Tensor> built_in_seeds;       ///< one per space: constants instead of inputs (exported programs)
};

/// A seed input of a program: [K, dims of the space's tensor…].
struct SeedInput {
  std::string space, name;
  graph::Dims dims;
};

/// The seed inputs of a program's graph, known by their names.
[[nodiscard]] std::vector<SeedInput> seeds_of(const graph::Graph& program);

/// A graph ready to run, and what its inputs and outputs mean.
struct ProgramGraph {
  graph::Graph graph;
  std::vector<SeedInput> seeds;
};

/// Names of what programs give.
inline constexpr const char* kTokenScores = "token_scores";          ///< [K, batch, …]
inline constexpr const char* kScores = "scores";                     ///< [K, batch, …]
inline constexpr const char* kContrastWeights = "contrast_weights";  ///< [K, batch, tokens, …], see methods::Method
inline constexpr const char* kTargetValues = "target_values";        ///< [K, batch]
inline constexpr const char* kTotals = "totals";                     ///< [K, batch, n], see methods::totals
inline constexpr const char* kTotalsWithLoss = "totals_with_loss";   ///< the same, where they are known not to be kept
inline constexpr const char* kTold = "told_by_gradient";             ///< [K, batch], see methods::told_by_gradient
inline constexpr const char* kLogits = "pellucid_logits";            ///< as the model gives them
inline constexpr const char* kTopClasses = "top_classes";            ///< [batch, K] int64

/// A method's single-pass program: the forward pass, the walk back, the read-out.
[[nodiscard]] ProgramGraph compile_method(const graph::Graph& model, const anatomy::Anatomy& anatomy,
                                          const anatomy::Stream& stream, const ProgramSpec& spec);

/// The forward pass alone: kTargetValues and kLogits.
[[nodiscard]] ProgramGraph compile_forward(const graph::Graph& model, const anatomy::Anatomy& anatomy,
                                           const ProgramSpec& spec);

/// The two programs of a method that averages gradients at many values of one tensor.
struct SplitPrograms {
  ProgramGraph upstream;              ///< model inputs -> `at`, the frontier, the logits
  ProgramGraph gradient;              ///< `at`, frontier, seeds -> kGradient, kTargetValues
  std::string at;                     ///< name of the replaced tensor, output there and input here
  std::vector<std::string> frontier;  ///< what else crosses from one to the other
};
inline constexpr const char* kGradient = "gradient";  ///< [K, batch, dims of `at`…]

[[nodiscard]] SplitPrograms compile_split(const graph::Graph& model, const anatomy::Anatomy& anatomy, graph::ValueId at,
                                          const ProgramSpec& spec);

}  // namespace pellucid::explain
