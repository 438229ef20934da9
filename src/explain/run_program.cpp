#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "explain/chunks.hpp"
#include "explain/explainer.hpp"
#include "explain/rows.hpp"
#include "explain/spaces.hpp"

namespace pellucid::explain {

/// The samples [first, first + count) of every batched input.
TensorMap Explainer::samples(std::int64_t first, std::int64_t count) const {
  if (first == 0 && count == batch_) return request_.inputs;
  TensorMap part;
  for (const auto& [name, tensor] : request_.inputs) {
    const graph::ValueId id = prepared_->graph.find(name);
    const bool batched =
        id != graph::kNone && !prepared_->graph.dims(id).empty() && prepared_->graph.dims(id)[0].per_batch;
    part[name] = batched ? cut(tensor, 0, first, count) : tensor;
  }
  return part;
}

void Explainer::run_program(Explanation& explanation, const TakeChunk& take, std::uint64_t held) {
  const std::int64_t all = resolved_.target_count, targets = targets_at_once();
  const LoadedProgram& loaded = program(targets);
  const std::int64_t rows = prepared_->batch_free ? rows_that_fit(loaded.program.graph, batch_, state_.options.memory,
                                                                  "this explanation", {held_inputs() + held, 0})
                                                  : check_fixed(loaded.program.graph);
  std::map<std::string, std::vector<Tensor>> by_target;
  for (std::int64_t k = 0; k < all; k += targets) {
    std::map<std::string, std::vector<Tensor>> by_batch;
    for (std::int64_t first = 0; first < batch_; first += rows) {
      const std::int64_t count = std::min(rows, batch_ - first);
      TensorMap outputs = call(loaded, k, targets, first, count);
      if (take) take(k, first, outputs);
      for (auto& [name, tensor] : outputs) by_batch[name].push_back(std::move(tensor));
      state_.report(resolved_.method->name, k * batch_ + std::min(all - k, targets) * (first + count), all * batch_);
    }
    for (auto& [name, parts] : by_batch) {
      const bool per_sample = name == kLogits || name == kTopClasses;
      Tensor joined = join_batches(parts, per_sample ? logits_batch_axis(name) : 1);
      if (!per_sample && all - k < targets) joined = cut(joined, 0, 0, all - k);
      by_target[name].push_back(std::move(joined));
    }
  }
  explanation.token_scores = join_batches(by_target.at(kTokenScores), 0);
  explanation.scores = join_batches(by_target.at(kScores), 0);
  explanation.logits = by_target.at(kLogits).front();
  values_ = join_batches(by_target.at(kTargetValues), 0).to_doubles();
  if (by_target.count(kTopClasses) != 0) top_classes_ = by_target.at(kTopClasses).front();
  explanation.certificate.forward_passes = 1;
  explanation.certificate.backward_passes = resolved_.method->walks ? 1 : 0;
  if (by_target.count(kTold) != 0) note_saturation(join_batches(by_target.at(kTold), 0), explanation.certificate);
  // Probabilities and cosines aren't linear in what libra's walk keeps.
  const bool linear = resolved_.targets.empty() || resolved_.spaces == std::vector<std::string>{"logits"};
  for (const char* name : {kTotals, kTotalsWithLoss})
    if (by_target.count(name) != 0 && linear)
      explanation.certificate.gaps.push_back(
          total_gap(join_batches(by_target.at(name), 0), name == std::string(kTotals)));
}

/// Where the gradient tells of next to nothing of the answer, scores made of it are noise around 0.
void Explainer::note_saturation(const Tensor& told, Certificate& certificate) const {
  constexpr double kLittle = 0.1;
  const std::vector<double> sums = told.to_doubles();
  std::int64_t few = 0;
  double least = kLittle;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double share = sums[i] / std::max(std::abs(values_[i]), 1e-30);
    if (share < kLittle) ++few;
    least = std::min(least, share);
  }
  if (few == 0) return;
  certificate.notes.push_back(fmt::format(
      "the gradient is saturated{}: what it finds at all tokens together is {:.1f} % of the explained score. Scores "
      "made "
      "of it are tiny and may have the wrong sign; --rules libra, --method auto or integrated-gradients don't suffer "
      "from it",
      sums.size() == 1 ? "" : fmt::format(" in {} of {} explanations", few, sums.size()), 100 * least));
}

std::size_t Explainer::logits_batch_axis(const std::string& name) const {
  if (name != kLogits) return 0;
  return static_cast<std::size_t>(batch_axis(prepared_->graph.dims(prepared_->anatomy.head.logits)));
}

std::uint64_t Explainer::held_inputs() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, tensor] : request_.inputs) bytes += tensor.bytes();
  return bytes;
}

std::int64_t Explainer::check_fixed(const graph::Graph& graph) const {
  static_cast<void>(rows_that_fit(graph, 1, state_.options.memory, "this explanation"));
  return batch_;
}

std::int64_t Explainer::targets_at_once() {
  if (resolved_.targets.empty()) return resolved_.target_count;
  const std::int64_t most = std::min(resolved_.target_count, kLargestChunk);
  return state_.options.memory > 0 ? targets_that_fit(most) : most;
}

std::int64_t Explainer::targets_that_fit(std::int64_t most) {
  for (std::int64_t targets = most; targets > 1; targets = (targets + 1) / 2) {
    const ProgramGraph program = compile_method(prepared_->graph, prepared_->anatomy, *stream_, spec(targets));
    try {
      static_cast<void>(rows_that_fit(program.graph, 1, state_.options.memory, ""));
      return targets;
    } catch (const Error&) {
      continue;
    }
  }
  return 1;
}

TensorMap Explainer::call(const LoadedProgram& loaded, std::int64_t first_target, std::int64_t targets,
                          std::int64_t first, std::int64_t count) const {
  TensorMap feeds = samples(first, count);
  for (const SeedInput& seed : loaded.program.seeds)
    feeds[seed.name] = seed_for(seed, first_target, targets, {first, count});
  std::vector<std::string> names;
  for (const graph::ValueId id : loaded.program.graph.outputs) names.push_back(loaded.program.graph.value(id).name);
  return loaded.session->run(feeds, names);
}

Tensor Explainer::seed_for(const SeedInput& seed, std::int64_t first, std::int64_t count,
                           const SampleRange& samples) const {
  std::vector<Target> chosen;
  for (std::int64_t k = first; k < first + count; ++k)
    chosen.push_back(k < resolved_.target_count ? resolved_.targets[static_cast<std::size_t>(k)] : Target{});
  const graph::Dims dims(seed.dims.begin() + 1, seed.dims.end());
  return make_seed(chosen, seed.space, dims, samples).cast(ElementType::kFloat32);
}

}  // namespace pellucid::explain
