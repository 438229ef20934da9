#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "methods/context.hpp"
#include "methods/sampling_plan.hpp"

namespace pellucid::methods {

class Perturbation;
struct PerturbationInput;

/// What a method must find in the model.
enum class Need {
  kAttention,       ///< attention sites in a stream of blocks
  kStream,          ///< the residual stream's block inputs
  kReadOut,         ///< the rows that the head reads
  kTokens,          ///< the tensor entering the first block (or another `at`)
  kTextClassifier,  ///< token ids that a table of words looks up, an input that masks them, scores of classes
  kScores           ///< an output of scores, nothing else: the method asks for the scores of changed inputs
};

/// What forward pass and walk back compute in: both in float32, the forward pass in float64, or both in float64.
enum class Precision { kFloat32, kMixed, kFloat64 };

/// One explanation method: what it reads out of which walk. Stateless.
struct Method {
  std::string name;
  std::string title;          ///< "AttCAT"
  std::string paper;          ///< "Qiang et al., NeurIPS 2022"
  std::string summary;        ///< one honest line for the table of methods
  std::string cost;           ///< "about 2.2 forward passes"
  std::string promise;        ///< what the certificate can check, or "none"
  bool signed_scores = true;  ///< unless `is_signed` says otherwise
  bool target_free = false;   ///< attention, rollout
  bool walks = true;
  std::vector<Need> needs{};
  std::vector<std::string> rule_sets{};  ///< the first is the default
  std::vector<OptionSpec> options{};
  Profile authors{};       ///< for streams of image patches
  Profile authors_text{};  ///< for streams of text; "L-1" is the last block

  /// Whether negative scores mean "against the target", where that depends on the options.
  bool (*is_signed)(const ResolvedOptions&) = nullptr;
  /// Why the method isn't defined on a model that has what it needs; "" where it is.
  std::string (*why_not)(const graph::Graph&, const anatomy::Anatomy&, const anatomy::Stream&) = nullptr;
  /// Where there is no walk: the values that the read-out takes with all their rows.
  std::vector<graph::ValueId> (*whole)(const Context&) = nullptr;
  /// The values whose cotangents the read-out takes.
  std::vector<graph::ValueId> (*wanted)(const Context&) = nullptr;
  /// The values whose ordinary gradient it takes besides, where the rule set's walk carries relevance.
  std::vector<graph::ValueId> (*wanted_gradients)(const Context&) = nullptr;
  /// token_scores: [K, B, …], nothing dropped, before `cls` and `scale`.
  graph::ValueId (*read_out)(Context&) = nullptr;
  /// For methods that contrast the input with references: W, [K, B, T, …], whose product with a reference's hidden
  /// states is taken off the scores for each reference (explain/contrast_cat). `scale` then acts on the result.
  graph::ValueId (*contrast_weights)(Context&) = nullptr;
  /// For methods that average passes: the plan, or nothing where these options need a single pass. `steps` overrides
  /// n_steps (automatic refinement); 0: as the options say.
  std::optional<SamplingPlan> (*plan)(const Context&, std::int64_t steps) = nullptr;
  /// For methods that compare the scores of changed inputs (explain/perturb): what is changed and what is made of the
  /// answers, for one sample.
  std::unique_ptr<Perturbation> (*perturb)(const PerturbationInput&) = nullptr;
  bool suppresses_keys = false;  ///< what is changed are columns of the attention scores, not the input
};

/// All methods, alphabetically.
[[nodiscard]] const std::vector<Method>& methods();
/// Throws Error{kUsage} listing the known ones.
[[nodiscard]] const Method& find_method(const std::string& name);

}  // namespace pellucid::methods
