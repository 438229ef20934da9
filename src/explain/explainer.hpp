#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "explain/chunks.hpp"
#include "explain/model_state.hpp"
#include "explain/resolve.hpp"
#include "explain/sampling.hpp"

namespace pellucid::explain {

struct AdaptiveResult;

/// One request against one model: resolves it, compiles what it needs, runs it in chunks that fit.
class Explainer {
 public:
  Explainer(Model::State& state, const Request& request);
  [[nodiscard]] Explanation run();

  [[nodiscard]] Model::State& state() const { return state_; }
  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const Resolved& resolved() const { return resolved_; }
  [[nodiscard]] const Prepared& prepared() const { return *prepared_; }
  [[nodiscard]] const anatomy::Stream& stream() const { return *stream_; }
  [[nodiscard]] std::int64_t batch() const { return batch_; }
  [[nodiscard]] ProgramSpec spec(std::int64_t targets) const;
  [[nodiscard]] std::optional<methods::SamplingPlan> plan(std::int64_t steps) const;
  /// Seeds of the targets [first, first + count) for these samples, with zeros where there are fewer targets.
  [[nodiscard]] Tensor seed_for(const SeedInput& seed, std::int64_t first, std::int64_t count,
                                const SampleRange& samples) const;

 private:
  void add_notes();
  void read_text_profile();
  void change_feeding();
  [[nodiscard]] TargetNames target_names(std::int64_t classes) const;
  void resolve_targets();
  void note_cancelling_sums();
  [[nodiscard]] bool is_normalised(graph::ValueId value) const;
  [[nodiscard]] std::string key(std::int64_t targets) const;
  const LoadedProgram& program(std::int64_t targets);
  const LoadedSplit& split(graph::ValueId at, std::int64_t targets);
  [[nodiscard]] Explanation frame() const;
  [[nodiscard]] Explanation outline();
  [[nodiscard]] std::int64_t targets_at_once();
  [[nodiscard]] TensorMap samples(std::int64_t first, std::int64_t count) const;
  /// Takes what a program gives beside scores, chunk by chunk: the first target and sample of the chunk, the outputs.
  using TakeChunk = std::function<void(std::int64_t first_target, std::int64_t first_sample, TensorMap& outputs)>;
  void run_program(Explanation& explanation, const TakeChunk& take = nullptr, std::uint64_t held = 0);
  void run_contrast(Explanation& explanation);
  void run_perturbation(Explanation& explanation);
  void note_saturation(const Tensor& told, Certificate& certificate) const;
  [[nodiscard]] std::size_t logits_batch_axis(const std::string& name) const;
  [[nodiscard]] std::int64_t check_fixed(const graph::Graph& graph) const;
  [[nodiscard]] std::int64_t targets_that_fit(std::int64_t most);
  [[nodiscard]] TensorMap call(const LoadedProgram& loaded, std::int64_t first_target, std::int64_t targets,
                               std::int64_t first, std::int64_t count) const;
  [[nodiscard]] Gap total_gap(const Tensor& totals, bool promised) const;
  [[nodiscard]] Tensor top_seed(const graph::Dims& dims) const;
  void run_plan(methods::SamplingPlan plan_now, Explanation& explanation);
  void run_adaptive_plan(const methods::SamplingPlan& plan_now, Explanation& explanation);
  void check_adaptive() const;
  void add_steps(const methods::SamplingPlan& plan_now, const AdaptiveResult& result, Certificate& certificate) const;
  void note_limit(const methods::SamplingPlan& plan_now, const AdaptiveResult& result, Certificate& certificate) const;
  [[nodiscard]] static double worst(const std::vector<std::vector<double>>& gaps);
  void add_gaps(const methods::SamplingPlan& plan_now, const SamplingResult& result, Certificate& certificate) const;
  [[nodiscard]] SamplingInput sampling_input(const LoadedSplit& loaded, const methods::SamplingPlan& plan_now,
                                             Explanation& explanation);
  [[nodiscard]] std::string other_baselines() const;
  [[nodiscard]] bool jumps_at_baseline(const methods::SamplingPlan& plan_now) const;
  [[nodiscard]] std::int64_t chunk_rows(const LoadedSplit& loaded, const SamplingInput& input, std::int64_t targets,
                                        std::uint64_t held) const;
  [[nodiscard]] Beside beside_gradients(const LoadedSplit& loaded, const SamplingInput& input,
                                        std::int64_t targets) const;
  [[nodiscard]] std::uint64_t held_inputs() const;
  [[nodiscard]] std::vector<double> target_values_of(const LoadedSplit& loaded, const SamplingInput& input) const;
  [[nodiscard]] Tensor baseline(const LoadedSplit& loaded, const methods::SamplingPlan& plan_now) const;
  [[nodiscard]] Tensor replaced_tokens(const LoadedSplit& loaded, const std::string& by) const;
  [[nodiscard]] Tensor content_of(const Tensor& token_scores) const;
  void join_walks(Explanation& explanation);
  void check_marked_rows(const Explanation& explanation) const;
  void time_forward(Explanation& explanation) const;
  void finish(Explanation& explanation) const;

  Model::State& state_;
  const Request& request_;
  Resolved resolved_;
  Prepared changed_;  // where options explain another forward pass than the one that is fed
  const Prepared* prepared_ = nullptr;
  const anatomy::Stream* stream_ = nullptr;
  std::int64_t batch_ = 1;
  std::vector<double> values_;  // [K, batch]
  Tensor top_classes_;          // [batch, K]
  double compile_seconds_ = 0;
};

}  // namespace pellucid::explain
