#include "explain/explainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "explain/chunks.hpp"
#include "explain/rows.hpp"
#include "explain/sampling.hpp"
#include "explain/spaces.hpp"
#include "methods/settle.hpp"

namespace pellucid::explain {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string options_key(const Resolved& resolved) {
  std::string key = resolved.method->name + "@" + resolved.rules;
  for (const auto& [name, value] : resolved.options.all()) {
    key += ";" + name + "=";
    std::visit(
        [&key](const auto& held) {
          using T = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<T, std::string>)
            key += held;
          else if constexpr (std::is_arithmetic_v<T>)
            key += fmt::format("{}", held);
          else
            for (const auto& item : held) key += fmt::format("{},", item);
        },
        value);
  }
  return key;
}

}  // namespace

Explainer::Explainer(Model::State& state, const Request& request) : state_(state), request_(request) {
  const auto start = Clock::now();
  resolved_ = resolve_method(request);
  const std::string wanted_stream = resolved_.options.has("stream") ? resolved_.options.word("stream") : "tokens";
  prepared_ = &state.prepare(request.inputs, wanted_stream);
  stream_ = &choose_stream(prepared_->anatomy, resolved_);
  methods::settle(*resolved_.method, prepared_->graph, *stream_, resolved_.options);
  check_needs(prepared_->anatomy, *stream_, resolved_);
  PELLUCID_CHECK(prepared_->anatomy.head.logits != graph::kNone, kUnsupported,
                 "the model has no floating-point output to explain");
  batch_ = batch_of(state.file.inputs(), request.inputs, wanted_stream);
  resolve_targets();
  compile_seconds_ = seconds_since(start);
}

void Explainer::resolve_targets() {
  TargetNames names;
  const graph::Dims& logits = prepared_->graph.dims(prepared_->anatomy.head.logits);
  const std::int64_t classes = logits.size() == 2 ? logits[1 - static_cast<std::size_t>(batch_axis(logits))].size : -1;
  names.class_of = [this, classes](const std::string& text) {
    const std::int64_t index = class_index(state_.folder, text);
    PELLUCID_CHECK(classes < 0 || index < classes, kUsage,
                   "class {} is out of range: the model has {} classes, 0 to {}", index, classes, classes - 1);
    return index;
  };
  names.label_of = [this](std::int64_t index) { return state_.label_of(index); };
  names.cosine = resolved_.options.has("similarity") && resolved_.options.word("similarity") == "cosine";
  for (const std::string& text : request_.targets) resolved_.targets.push_back(parse_target(text, names));
  for (const Target& target : resolved_.targets)
    for (const Term& term : target.terms)
      if (std::find(resolved_.spaces.begin(), resolved_.spaces.end(), term.key()) == resolved_.spaces.end())
        resolved_.spaces.push_back(term.key());
  PELLUCID_CHECK(request_.top >= 1, kUsage, "--top {}: a whole number of at least 1 is expected", request_.top);
  resolved_.target_count =
      resolved_.targets.empty() ? request_.top : static_cast<std::int64_t>(resolved_.targets.size());
  const bool pair = logits.size() == 2 && batch_axis(logits) == 0;
  PELLUCID_CHECK(!resolved_.targets.empty() || pair, kUnsupported,
                 "the model's first output has the shape {}: say which --target to explain", graph::to_string(logits));
  PELLUCID_CHECK(!resolved_.targets.empty() || request_.top <= classes, kUsage, "--top {}: the model has {} classes",
                 request_.top, classes);
}

ProgramSpec Explainer::spec(std::int64_t targets) const {
  ProgramSpec made;
  made.method = resolved_.method;
  made.options = &resolved_.options;
  made.rules = resolved_.rules;
  made.targets = targets;
  made.spaces = resolved_.spaces;
  made.top_targets = resolved_.targets.empty();
  return made;
}

std::string Explainer::key(std::int64_t targets) const {
  std::string text = preparation_key(state_.file.inputs(), request_.inputs, stream_->name, !prepared_->batch_free) +
                     "|" + options_key(resolved_) + "|" + std::to_string(targets) +
                     (resolved_.targets.empty() ? "|top" : "|");
  for (const std::string& space : resolved_.spaces) text += space + ",";
  return text;
}

const LoadedProgram& Explainer::program(std::int64_t targets) {
  const std::string name = key(targets);
  if (const auto at = state_.programs.find(name); at != state_.programs.end()) return at->second;
  const auto start = Clock::now();
  LoadedProgram loaded;
  loaded.program = compile_method(prepared_->graph, prepared_->anatomy, *stream_, spec(targets));
  loaded.session = state_.load(loaded.program.graph, "the compiled program of " + resolved_.method->name);
  compile_seconds_ += seconds_since(start);
  return state_.programs.emplace(name, std::move(loaded)).first->second;
}

const LoadedSplit& Explainer::split(graph::ValueId at, std::int64_t targets) {
  const std::string name = key(targets) + "|" + prepared_->graph.value(at).name;
  if (const auto found = state_.splits.find(name); found != state_.splits.end()) return found->second;
  const auto start = Clock::now();
  LoadedSplit loaded;
  loaded.programs = compile_split(prepared_->graph, prepared_->anatomy, at, spec(targets));
  loaded.upstream = state_.load(loaded.programs.upstream.graph, "the forward part of " + resolved_.method->name);
  loaded.gradient = state_.load(loaded.programs.gradient.graph, "the gradient program of " + resolved_.method->name);
  compile_seconds_ += seconds_since(start);
  return state_.splits.emplace(name, std::move(loaded)).first->second;
}

std::optional<methods::SamplingPlan> Explainer::plan(std::int64_t steps) const {
  if (resolved_.method->plan == nullptr) return std::nullopt;
  graph::Graph scratch = prepared_->graph;
  graph::Builder build(scratch);
  const methods::Context context(build, prepared_->anatomy, *stream_, resolved_.options, resolved_.target_count);
  return resolved_.method->plan(context, steps);
}

Explanation Explainer::run() {
  Explanation explanation = frame();
  const auto start = Clock::now();
  const double compiled = compile_seconds_;
  if (const auto first = plan(0))
    run_plan(*first, explanation);
  else
    run_program(explanation);
  finish(explanation);
  explanation.timing.run_seconds = seconds_since(start) - (compile_seconds_ - compiled);
  explanation.timing.compile_seconds = compile_seconds_;
  return explanation;
}

Explanation Explainer::frame() const {
  Explanation explanation;
  explanation.method = resolved_.method->name;
  explanation.rules = resolved_.rules;
  explanation.signed_scores = methods::gives_signed_scores(*resolved_.method, resolved_.options);
  explanation.target_free = resolved_.method->target_free;
  explanation.options = resolved_.options.all();
  explanation.layout = stream_->layout;
  explanation.certificate.precision = resolved_.precision;
  explanation.certificate.seed = state_.options.seed;
  explanation.certificate.notes = resolved_.notes;
  explanation.model_path = state_.file.path().string();
  explanation.model_sha256 = state_.file.sha256();
  explanation.class_labels = state_.folder.id2label;
  return explanation;
}

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

void Explainer::run_program(Explanation& explanation) {
  const std::int64_t all = resolved_.target_count;
  std::int64_t targets = resolved_.targets.empty() ? all : std::min(all, kLargestChunk);
  if (state_.options.memory > 0 && !resolved_.targets.empty()) targets = targets_that_fit(targets);
  const LoadedProgram& loaded = program(targets);
  const std::int64_t rows = prepared_->batch_free
                                ? rows_that_fit(loaded.program.graph, batch_, state_.options.memory, "this explanation")
                                : check_fixed(loaded.program.graph);
  std::map<std::string, std::vector<Tensor>> by_target;
  for (std::int64_t k = 0; k < all; k += targets) {
    std::map<std::string, std::vector<Tensor>> by_batch;
    for (std::int64_t first = 0; first < batch_; first += rows) {
      const std::int64_t count = std::min(rows, batch_ - first);
      for (auto& [name, tensor] : call(loaded, k, targets, first, count)) by_batch[name].push_back(std::move(tensor));
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
  explanation.scores =
      by_target.count(kScores) != 0 ? join_batches(by_target.at(kScores), 0) : explanation.token_scores;
  explanation.logits = by_target.at(kLogits).front();
  values_ = join_batches(by_target.at(kTargetValues), 0).to_doubles();
  if (by_target.count(kTopClasses) != 0) top_classes_ = by_target.at(kTopClasses).front();
  explanation.certificate.forward_passes = 1;
  explanation.certificate.backward_passes = resolved_.method->walks ? 1 : 0;
}

std::size_t Explainer::logits_batch_axis(const std::string& name) const {
  if (name != kLogits) return 0;
  return static_cast<std::size_t>(batch_axis(prepared_->graph.dims(prepared_->anatomy.head.logits)));
}

std::int64_t Explainer::check_fixed(const graph::Graph& graph) const {
  static_cast<void>(rows_that_fit(graph, 1, state_.options.memory, "this explanation"));
  return batch_;
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
  for (const SeedInput& seed : loaded.program.seeds) feeds[seed.name] = seed_for(seed, first_target, targets, count);
  std::vector<std::string> names;
  for (const graph::ValueId id : loaded.program.graph.outputs) names.push_back(loaded.program.graph.value(id).name);
  return loaded.session->run(feeds, names);
}

/// Seeds of the targets [first, first + count), with zeros where the last chunk has fewer.
Tensor Explainer::seed_for(const SeedInput& seed, std::int64_t first, std::int64_t count, std::int64_t batch) const {
  std::vector<Target> chosen;
  for (std::int64_t k = first; k < first + count; ++k)
    chosen.push_back(k < resolved_.target_count ? resolved_.targets[static_cast<std::size_t>(k)] : Target{});
  const graph::Dims dims(seed.dims.begin() + 1, seed.dims.end());
  return make_seed(chosen, seed.space, dims, batch).cast(ElementType::kFloat32);
}

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
  SamplingResult result = run_sampling(*loaded.gradient, loaded.programs, prepared_->batch_free, plan_now, input);
  constexpr std::int64_t kMostSteps = 512;
  constexpr double kSmallGap = 0.01;
  while (plan_now.automatic_steps && worst(result.completeness_relative) > kSmallGap) {
    const auto steps = static_cast<std::int64_t>(plan_now.passes.size()) * 2;
    if (steps > kMostSteps) {
      explanation.certificate.notes.push_back(fmt::format("the completeness gap is still {:.1f} % at {} steps",
                                                          100 * worst(result.completeness_relative), kMostSteps));
      break;
    }
    plan_now = *plan(steps);
    result = run_sampling(*loaded.gradient, loaded.programs, prepared_->batch_free, plan_now, input);
  }
  explanation.token_scores = result.scores;
  explanation.scores = content_of(result.scores);
  explanation.certificate.forward_passes = result.passes + 1;
  explanation.certificate.backward_passes = result.passes;
  add_gaps(result, explanation.certificate);
}

double Explainer::worst(const std::vector<std::vector<double>>& gaps) {
  double largest = 0;
  for (const auto& row : gaps)
    for (const double gap : row) largest = std::max(largest, gap);
  return largest;
}

void Explainer::add_gaps(const SamplingResult& result, Certificate& certificate) const {
  if (!result.completeness.empty()) {
    Gap gap;
    gap.name = "completeness";
    gap.absolute = result.completeness;
    gap.relative = result.completeness_relative;
    gap.note = "sum of the scores against y(input) - y(baseline)";
    certificate.gaps.push_back(gap);
    const bool tokens = prepared_->graph.value(plan(0)->at).kind != graph::ValueKind::kInput;
    if (tokens && plan(0)->baselines == "0" && !stream_->blocks.empty() && stream_->blocks.front().pre_norm)
      certificate.notes.emplace_back(
          "a zero baseline of tokens can't be complete on this model: its first norm makes y jump at the baseline; "
          "at=input, or "
          "more trust in the ranking than in the sum");
  }
  if (!result.standard_error.empty()) {
    Gap gap;
    gap.name = "standard error";
    gap.absolute = result.standard_error;
    gap.relative = result.standard_error;
    gap.note = "largest standard error of a score over the largest score";
    certificate.gaps.push_back(gap);
  }
}

SamplingInput Explainer::sampling_input(const LoadedSplit& loaded, const methods::SamplingPlan& plan_now,
                                        Explanation& explanation) {
  const graph::Graph& upstream = loaded.programs.upstream.graph;
  const graph::Dims& at = prepared_->graph.dims(plan_now.at);
  PELLUCID_CHECK(!prepared_->batch_free || (!at.empty() && at[0] == graph::Dim{1, true}), kUnsupported,
                 "'{}' doesn't count the samples on its first axis ({}); explain one sample at a time",
                 loaded.programs.at, graph::to_string(at));
  const std::int64_t rows =
      prepared_->batch_free ? rows_that_fit(upstream, batch_, state_.options.memory, "the forward pass") : batch_;
  std::map<std::string, std::vector<Tensor>> parts;
  std::vector<std::string> names;
  for (const graph::ValueId id : upstream.outputs) names.push_back(upstream.value(id).name);
  for (std::int64_t first = 0; first < batch_; first += rows)
    for (auto& [name, tensor] : loaded.upstream->run(samples(first, std::min(rows, batch_ - first)), names))
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
    else if (name == loaded.programs.at)
      input.x = joined;
    else
      input.frontier[name] = joined;
  }
  for (const auto& [name, tensor] : request_.inputs)
    if (name == loaded.programs.at)
      input.x = tensor;
    else
      input.frontier[name] = tensor;
  for (const SeedInput& seed : loaded.programs.gradient.seeds)
    input.seeds[seed.space] =
        resolved_.targets.empty() ? top_seed(seed.dims) : seed_for(seed, 0, resolved_.target_count, batch_);
  input.baseline = baseline(plan_now);
  input.seed = state_.options.seed;
  input.rows = chunk_rows(loaded.programs.gradient.graph);
  input.progress = [this](std::int64_t done, std::int64_t total) {
    state_.report(resolved_.method->name, done, total);
  };
  values_ = target_values_of(loaded, input);
  return input;
}

std::int64_t Explainer::chunk_rows(const graph::Graph& gradient) const {
  std::int64_t wanted =
      kLargestChunk / std::max<std::int64_t>(1, std::min<std::int64_t>(resolved_.target_count, kLargestChunk));
  if (resolved_.options.has("internal_batch_size") && !resolved_.options.is_word("internal_batch_size"))
    wanted = resolved_.options.integer("internal_batch_size");
  return rows_that_fit(gradient, wanted, state_.options.memory, "one gradient pass");
}

/// y at the input itself: [K, batch], for the record.
std::vector<double> Explainer::target_values_of(const LoadedSplit& loaded, const SamplingInput& input) const {
  methods::SamplingPlan plain;
  plain.reduce = "none";
  std::vector<double> values(static_cast<std::size_t>(resolved_.target_count * batch_));
  const std::int64_t rows = prepared_->batch_free ? input.rows : batch_;
  for (std::int64_t first = 0; first < batch_; first += rows) {
    const std::int64_t count = std::min(rows, batch_ - first);
    std::vector<std::int64_t> chosen;
    for (std::int64_t s = 0; s < count; ++s) chosen.push_back(first + s);
    TensorMap feeds;
    const graph::Graph& graph = loaded.programs.gradient.graph;
    feeds[loaded.programs.at] = prepared_->batch_free ? cut(input.x, 0, first, count) : input.x;
    for (const auto& [name, tensor] : input.frontier)
      if (const graph::ValueId id = graph.find(name); id != graph::kNone)
        feeds[name] = take_samples(tensor, graph.dims(id), chosen);
    for (const SeedInput& seed : loaded.programs.gradient.seeds)
      feeds[seed.name] = take_samples(input.seeds.at(seed.space), seed.dims, chosen);
    const std::vector<double> y = loaded.gradient->run(feeds, {kTargetValues}).at(kTargetValues).to_doubles();
    for (std::int64_t k = 0; k < resolved_.target_count; ++k)
      for (std::int64_t s = 0; s < count; ++s)
        values[static_cast<std::size_t>(k * batch_ + first + s)] = y[static_cast<std::size_t>(k * count + s)];
  }
  return values;
}

Tensor Explainer::baseline(const methods::SamplingPlan& plan_now) const {
  if (plan_now.baselines == "0") return {};
  if (plan_now.baselines == "black") {
    PELLUCID_CHECK(prepared_->graph.value(plan_now.at).kind == graph::ValueKind::kInput, kUsage,
                   "option baselines=black is for --option at=input");
    PELLUCID_CHECK(request_.black.size() > 0, kUsage,
                   "option baselines=black needs an image (--image) and how it is prepared");
    return request_.black;
  }
  PELLUCID_CHECK(plan_now.baselines != "pad" && plan_now.baselines != "mask", kUnsupported,
                 "option baselines={} is for text models; 0, black or a file is expected", plan_now.baselines);
  const TensorMap tensors = read_safetensors(plan_now.baselines);
  PELLUCID_CHECK(tensors.count("baselines") != 0, kBadInput, "{}: no tensor 'baselines' in it", plan_now.baselines);
  return tensors.at("baselines");
}

/// Scores of patches laid out as a grid, as compiled programs do it.
Tensor Explainer::content_of(const Tensor& token_scores) const {
  const TokenLayout& layout = stream_->layout;
  const bool input = resolved_.options.has("at") && resolved_.options.word("at") == "input";
  const Shape& shape = token_scores.shape();
  if (input || shape.size() < 3 || shape[2] != stream_->token_count || (layout.rows == 0 && layout.special.empty()))
    return token_scores;
  std::vector<Tensor> kept;
  for (std::int64_t token = 0; token < stream_->token_count; ++token)
    if (std::find(layout.special.begin(), layout.special.end(), token) == layout.special.end())
      kept.push_back(cut(token_scores, 2, token, 1));
  const Tensor content = join_batches(kept, 2);
  if (layout.rows == 0) return content;
  Shape grid{shape[0], shape[1], layout.rows, layout.columns};
  grid.insert(grid.end(), shape.begin() + 3, shape.end());
  return content.reshaped(grid);
}

std::vector<double> softmax_row(const Tensor& logits, std::int64_t sample) {
  const std::int64_t classes = logits.shape().back();
  const std::vector<double> all = logits.to_doubles();
  std::vector<double> row(all.begin() + sample * classes, all.begin() + (sample + 1) * classes);
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - largest);
  for (double& value : row) value /= sum;
  return row;
}

void Explainer::finish(Explanation& explanation) const {
  for (const double score : explanation.token_scores.to_doubles())
    PELLUCID_CHECK(std::isfinite(score), kBadInput,
                   "the scores are not finite: the model's weights or activations hold NaN or overflow");
  const Shape& logits = explanation.logits.shape();
  const bool classes = logits.size() == 2 && logits[0] == batch_;
  std::vector<std::vector<double>> probabilities;
  for (std::int64_t b = 0; classes && b < batch_; ++b) probabilities.push_back(softmax_row(explanation.logits, b));
  for (std::int64_t k = 0; k < resolved_.target_count; ++k) {
    TargetRecord record;
    record.spec =
        resolved_.targets.empty() ? fmt::format("top:{}", k + 1) : resolved_.targets[static_cast<std::size_t>(k)].spec;
    for (std::int64_t b = 0; b < batch_; ++b) {
      SampleTarget sample;
      if (resolved_.targets.empty()) {
        sample.class_index =
            top_classes_.values<std::int64_t>()[static_cast<std::size_t>(b * resolved_.target_count + k)];
        sample.label = state_.label_of(*sample.class_index);
      } else {
        const Target& target = resolved_.targets[static_cast<std::size_t>(k)];
        sample.class_index = target.class_index;
        sample.label = target.label;
      }
      sample.value = values_[static_cast<std::size_t>(k * batch_ + b)];
      if (sample.class_index && classes)
        sample.probability = probabilities[static_cast<std::size_t>(b)][static_cast<std::size_t>(*sample.class_index)];
      record.samples.push_back(sample);
    }
    explanation.targets.push_back(record);
  }
}

}  // namespace pellucid::explain

namespace pellucid {

Explanation Model::explain(const Request& request) { return explain::Explainer(*state_, request).run(); }

}  // namespace pellucid
