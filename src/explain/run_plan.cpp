#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "explain/chunks.hpp"
#include "explain/explainer.hpp"
#include "explain/fed_tokens.hpp"
#include "explain/image_baseline.hpp"
#include "explain/rows.hpp"
#include "explain/spaces.hpp"
#include "graph/memory.hpp"

namespace pellucid::explain {
namespace {

/// [K][batch] numbers times the largest |score| of that target and sample; scores [K, batch, …].
std::vector<std::vector<double>> times_largest(std::vector<std::vector<double>> numbers, const Tensor& scores) {
  const std::vector<double> all = scores.to_doubles();
  const std::size_t samples = numbers.size() * numbers.front().size(), each = all.size() / samples;
  std::size_t at = 0;
  for (std::vector<double>& row : numbers)
    for (double& number : row) {
      double largest = 0;
      for (std::size_t i = 0; i < each; ++i) largest = std::max(largest, std::abs(all[at * each + i]));
      number *= largest;
      ++at;
    }
  return numbers;
}

}  // namespace

/// One-hot seeds of the most likely classes: [K, batch, classes].
Tensor Explainer::top_seed(const graph::Dims& dims) const {
  const Shape shape = graph::shape_at(graph::Dims(dims.begin() + 1, dims.end()), batch_);
  Tensor seed(ElementType::kFloat32, {resolved_.target_count, shape[0], shape[1]});
  auto out = seed.mutable_values<float>();
  const auto classes = top_classes_.values<std::int64_t>();
  for (std::int64_t k = 0; k < resolved_.target_count; ++k)
    for (std::int64_t b = 0; b < batch_; ++b)
      out[static_cast<std::size_t>((k * batch_ + b) * shape[1] +
                                   classes[static_cast<std::size_t>(b * resolved_.target_count + k)])] = 1;
  return seed;
}

void Explainer::run_plan(methods::SamplingPlan plan_now, Explanation& explanation) {
  const LoadedSplit& loaded = split(plan_now.at, resolved_.target_count);
  SamplingInput input = sampling_input(loaded, plan_now, explanation);
  input.rows = chunk_rows(loaded, input, resolved_.target_count, 0);
  values_ = target_values_of(loaded, input);
  SamplingResult result = run_sampling(*loaded.gradient.session, loaded.gradient.program, loaded.at,
                                       prepared_->batch_free, plan_now, input);
  constexpr std::int64_t kMostSteps = 512;
  while (plan_now.automatic_steps && worst(result.completeness_relative) > plan_now.tolerance) {
    const auto steps = static_cast<std::int64_t>(plan_now.passes.size()) * 2;
    if (steps > kMostSteps) {
      explanation.certificate.notes.push_back(fmt::format("the completeness gap is still {:.1f} % at {} steps",
                                                          100 * worst(result.completeness_relative), kMostSteps));
      break;
    }
    plan_now = *plan(steps);
    result = run_sampling(*loaded.gradient.session, loaded.gradient.program, loaded.at, prepared_->batch_free, plan_now,
                          input);
  }
  explanation.token_scores = result.scores;
  explanation.scores = content_of(result.scores);
  explanation.certificate.forward_passes = result.passes + 1;
  explanation.certificate.backward_passes = result.passes;
  add_gaps(plan_now, result, explanation.certificate);
}

double Explainer::worst(const std::vector<std::vector<double>>& gaps) {
  double largest = 0;
  for (const auto& row : gaps)
    for (const double gap : row) largest = std::max(largest, gap);
  return largest;
}

void Explainer::add_gaps(const methods::SamplingPlan& plan_now, const SamplingResult& result,
                         Certificate& certificate) const {
  if (!result.completeness.empty()) {
    Gap gap;
    gap.name = "completeness";
    gap.absolute = result.completeness;
    gap.relative = result.completeness_relative;
    gap.note = "sum of the scores against y(input) - y(baseline)";
    gap.promised = plan_now.adaptive_steps || !jumps_at_baseline(plan_now);
    certificate.gaps.push_back(gap);
    if (!gap.promised)
      certificate.notes.push_back(
          "a zero baseline of tokens can't be complete on this model: its first norm makes y jump at the baseline; " +
          other_baselines());
  }
  if (!result.standard_error.empty()) {
    Gap gap;
    gap.name = "standard error";
    gap.relative = result.standard_error;
    gap.absolute = times_largest(result.standard_error, result.scores);
    gap.note = "largest standard error of a score over the largest score";
    certificate.gaps.push_back(gap);
  }
}

/// The first norm of a pre-norm model gives α·x for every α > 0 the same, and 0 for 0.
bool Explainer::jumps_at_baseline(const methods::SamplingPlan& plan_now) const {
  const bool tokens = prepared_->graph.value(plan_now.at).kind != graph::ValueKind::kInput;
  return tokens && plan_now.baselines == "0" && !stream_->blocks.empty() && stream_->blocks.front().pre_norm;
}

/// Baselines from which y has no jump.
std::string Explainer::other_baselines() const {
  const graph::ValueId input = prepared_->graph.find(stream_->input);
  if (input == graph::kNone || !prepared_->graph.is_float(input))
    return "at=word_embeddings with baselines=pad or mask has no such jump";
  return prepared_->graph.rank(input) == 4 ? "at=input has no such jump, with baselines=0, mean, blur or black"
                                           : "at=input has no such jump";
}

SamplingInput Explainer::sampling_input(const LoadedSplit& loaded, const methods::SamplingPlan& plan_now,
                                        Explanation& explanation) {
  const graph::Graph& upstream = loaded.upstream.program.graph;
  const graph::Dims& at = prepared_->graph.dims(plan_now.at);
  PELLUCID_CHECK(!prepared_->batch_free || (!at.empty() && at[0] == graph::Dim{1, true}), kUnsupported,
                 "'{}' doesn't count the samples on its first axis ({}); explain one sample at a time", loaded.at,
                 graph::to_string(at));
  const std::int64_t rows = prepared_->batch_free ? rows_that_fit(upstream, batch_, state_.options.memory,
                                                                  "the forward pass", {held_inputs(), 0})
                                                  : batch_;
  std::map<std::string, std::vector<Tensor>> parts;
  std::vector<std::string> names;
  for (const graph::ValueId id : upstream.outputs) names.push_back(upstream.value(id).name);
  for (std::int64_t first = 0; first < batch_; first += rows)
    for (auto& [name, tensor] : loaded.upstream.session->run(samples(first, std::min(rows, batch_ - first)), names))
      parts[name].push_back(tensor);
  SamplingInput input;
  for (const auto& [name, pieces] : parts) {
    const graph::ValueId id = upstream.find(name);
    const graph::Dims& dims = upstream.dims(id);
    const bool batched = std::any_of(dims.begin(), dims.end(), [](const graph::Dim& dim) { return dim.per_batch; });
    const Tensor joined = batched || pieces.size() == 1
                              ? join_batches(pieces, static_cast<std::size_t>(batch_axis(dims)))
                              : pieces.front();
    if (name == kLogits)
      explanation.logits = joined;
    else if (name == kTopClasses)
      top_classes_ = joined;
    else if (name == loaded.at)
      input.x = joined;
    else
      input.frontier[name] = joined;
  }
  for (const auto& [name, tensor] : request_.inputs)
    if (name == loaded.at)
      input.x = tensor;
    else
      input.frontier[name] = tensor;
  for (const SeedInput& seed : loaded.gradient.program.seeds)
    input.seeds[seed.space] =
        resolved_.targets.empty() ? top_seed(seed.dims) : seed_for(seed, 0, resolved_.target_count, {0, batch_});
  input.baseline = baseline(loaded, plan_now);
  input.seed = state_.options.seed;
  input.progress = [this](std::int64_t done, std::int64_t total) {
    state_.report(resolved_.method->name, done, total);
  };
  return input;
}

/// `held`: bytes that are kept beside the passes.
std::int64_t Explainer::chunk_rows(const LoadedSplit& loaded, const SamplingInput& input, std::int64_t targets,
                                   std::uint64_t held) const {
  std::int64_t wanted = kLargestChunk / std::max<std::int64_t>(1, std::min<std::int64_t>(targets, kLargestChunk));
  if (resolved_.options.has("internal_batch_size") && !resolved_.options.is_word("internal_batch_size"))
    wanted = resolved_.options.integer("internal_batch_size");
  Beside beside = beside_gradients(loaded, input, targets);
  beside.fixed += held;
  return rows_that_fit(loaded.gradient.program.graph, wanted, state_.options.memory, "one gradient pass", beside);
}

/// The points are made in double precision, fed in single, and their gradients come back and are summed in double.
Beside Explainer::beside_gradients(const LoadedSplit& loaded, const SamplingInput& input, std::int64_t at_once) const {
  const auto elements = static_cast<std::uint64_t>(input.x.size() / batch_);
  const auto targets = static_cast<std::uint64_t>(at_once);
  constexpr std::uint64_t kPoint = sizeof(double) + sizeof(float);
  Beside beside;
  constexpr std::uint64_t kSession = 16ull << 20;  // a second program's nodes and kernels
  beside.fixed = held_inputs() + kSession + graph::estimate_memory(loaded.upstream.program.graph, 1).weights;
  for (const auto& [name, tensor] : input.frontier) beside.fixed += tensor.bytes();
  beside.fixed += static_cast<std::uint64_t>(batch_) * elements * (targets + 1) * sizeof(double);
  beside.per_row = elements * kPoint * (targets + 1);
  return beside;
}

/// y at the input itself: [K, batch], for the record.
std::vector<double> Explainer::target_values_of(const LoadedSplit& loaded, const SamplingInput& input) const {
  std::vector<double> values(static_cast<std::size_t>(resolved_.target_count * batch_));
  const std::int64_t rows = prepared_->batch_free ? input.rows : batch_;
  for (std::int64_t first = 0; first < batch_; first += rows) {
    const std::int64_t count = std::min(rows, batch_ - first);
    std::vector<std::int64_t> chosen;
    for (std::int64_t s = 0; s < count; ++s) chosen.push_back(first + s);
    TensorMap feeds;
    const graph::Graph& graph = loaded.gradient.program.graph;
    feeds[loaded.at] = prepared_->batch_free ? cut(input.x, 0, first, count) : input.x;
    for (const auto& [name, tensor] : input.frontier)
      if (const graph::ValueId id = graph.find(name); id != graph::kNone)
        feeds[name] = take_samples(tensor, graph.dims(id), chosen);
    for (const SeedInput& seed : loaded.gradient.program.seeds)
      feeds[seed.name] = take_samples(input.seeds.at(seed.space), seed.dims, chosen);
    const std::vector<double> y = loaded.gradient.session->run(feeds, {kTargetValues}).at(kTargetValues).to_doubles();
    for (std::int64_t k = 0; k < resolved_.target_count; ++k)
      for (std::int64_t s = 0; s < count; ++s)
        values[static_cast<std::size_t>(k * batch_ + first + s)] = y[static_cast<std::size_t>(k * count + s)];
  }
  return values;
}

/// What the model's own embedding gives where the text's tokens are replaced: [batch, tokens, width].
Tensor Explainer::replaced_tokens(const LoadedSplit& loaded, const std::string& by) const {
  const SpecialTokens& special = state_.special_tokens();
  PELLUCID_CHECK(by == "pad" || special.mask, kUnsupported,
                 "option baselines=mask: the model's files name no mask token; use baselines=pad");
  const bool keep_special = !resolved_.options.has("keep_special") || resolved_.options.flag("keep_special");
  const TensorMap replaced =
      with_replaced_ids(*prepared_, request_.inputs, special, by == "pad" ? special.pad : *special.mask, keep_special);
  return loaded.upstream.session->run(replaced, {loaded.at}).at(loaded.at);
}

Tensor Explainer::baseline(const LoadedSplit& loaded, const methods::SamplingPlan& plan_now) const {
  if (plan_now.baselines == "0") return {};
  if (plan_now.baselines == "black") {
    PELLUCID_CHECK(prepared_->graph.value(plan_now.at).kind == graph::ValueKind::kInput, kUsage,
                   "option baselines=black is for --option at=input");
    PELLUCID_CHECK(request_.black.size() > 0, kUsage,
                   "option baselines=black needs an image (--image) and how it is prepared");
    return request_.black;
  }
  if (is_image_baseline(plan_now.baselines)) return image_baseline(plan_now.baselines, request_.inputs.at(loaded.at));
  if (plan_now.baselines == "pad" || plan_now.baselines == "mask") return replaced_tokens(loaded, plan_now.baselines);
  const TensorMap tensors = read_safetensors(plan_now.baselines);
  PELLUCID_CHECK(tensors.count("baselines") != 0, kBadInput, "{}: no tensor 'baselines' in it", plan_now.baselines);
  return tensors.at("baselines");
}

/// Scores of patches laid out as a grid, as compiled programs do it.
Tensor Explainer::content_of(const Tensor& token_scores) const {
  const TokenLayout& layout = stream_->layout;
  const bool input = resolved_.options.has("at") && resolved_.options.word("at") == "input";
  const Shape& shape = token_scores.shape();
  if (input || shape.size() < 3 || shape[2] != stream_->token_count || layout.rows == 0) return token_scores;
  std::vector<Tensor> kept;
  for (std::int64_t token = 0; token < stream_->token_count; ++token)
    if (std::find(layout.special.begin(), layout.special.end(), token) == layout.special.end())
      kept.push_back(cut(token_scores, 2, token, 1));
  const Tensor content = join_batches(kept, 2);
  Shape grid{shape[0], shape[1], layout.rows, layout.columns};
  grid.insert(grid.end(), shape.begin() + 3, shape.end());
  return content.reshaped(grid);
}

}  // namespace pellucid::explain
