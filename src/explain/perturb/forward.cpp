#include "explain/perturb/forward.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"
#include "explain/perturb/features.hpp"
#include "explain/perturb/suppression.hpp"
#include "explain/rows.hpp"
#include "explain/spaces.hpp"
#include "explain/stopwatch.hpp"
#include "explain/unread.hpp"

namespace pellucid::explain {
namespace {

/// A tensor's dims with its batch axis marked as such: where the batch is fixed none is.
graph::Dims with_batch_axis(graph::Dims dims) {
  const bool marked = std::any_of(dims.begin(), dims.end(), [](const graph::Dim& dim) { return dim.per_batch; });
  if (!marked) dims.at(1) = {1, true};
  return dims;
}

/// [K, rows] as [K][rows].
std::vector<std::vector<double>> by_target(const Tensor& values, std::int64_t rows) {
  const std::vector<double> flat = values.to_doubles();
  std::vector<std::vector<double>> scores;
  for (auto at = flat.begin(); at != flat.end(); at += rows) scores.emplace_back(at, at + rows);
  return scores;
}

}  // namespace

Forward::Forward(const Explainer& explainer, double& compile_seconds) : explainer_(explainer) {
  load(compile_seconds);
  run_samples();
  if (explainer.resolved().targets.empty()) find_top_classes();
  make_seeds();
}

void Forward::load(double& compile_seconds) {
  Model::State& state = explainer_.state();
  const Resolved& resolved = explainer_.resolved();
  const Prepared& prepared = explainer_.prepared();
  ProgramSpec spec = explainer_.spec(resolved.target_count);
  spec.top_targets = false;
  if (spec.spaces.empty()) spec.spaces = {"logits"};
  std::string name = "forward|" + task_name(state.task) + "|" + precision_name(resolved.precision) + "|" +
                     preparation_key(state.file.inputs(), explainer_.request().inputs, explainer_.stream().name,
                                     !prepared.batch_free) +
                     (resolved.method->suppresses_keys ? "|keys of " + explainer_.stream().name + "|" : "|") +
                     std::to_string(resolved.target_count);
  for (const std::string& space : spec.spaces) name += "|" + space;
  if (const auto at = state.programs.find(name); at != state.programs.end()) {
    loaded_ = &at->second;
    return;
  }
  const Stopwatch watch;
  loaded_ = &state.programs.emplace(name, made(name, spec)).first->second;
  compile_seconds += watch.seconds();
}

LoadedProgram Forward::made(const std::string& name, const ProgramSpec& spec) const {
  Model::State& state = explainer_.state();
  const Prepared& prepared = explainer_.prepared();
  if (!prepared.unread.empty()) {
    graph::Graph behind = compile_forward(prepared.graph, prepared.anatomy, spec).graph;
    cut_behind_model(behind);
    return state.load_program(graph::write_graph(behind), "the scores behind the model");
  }
  std::optional<graph::WrittenGraph> written = state.cache.find(name);
  if (!written) {
    const bool suppresses = explainer_.resolved().method->suppresses_keys;
    const graph::Graph graph = suppresses ? with_suppression(prepared, explainer_.stream()) : prepared.graph;
    written = graph::write_graph(compile_forward(graph, prepared.anatomy, spec).graph);
    state.cache.keep(name, *written);
  }
  return state.load_program(*written, "the forward pass");
}

std::int64_t Forward::rows(std::uint64_t held, std::uint64_t per_row) const {
  const Prepared& prepared = explainer_.prepared();
  PELLUCID_CHECK(prepared.unread.empty() || explainer_.state().options.memory == 0, kUnsupported,
                 "--memory: {}; how much it takes isn't known before it runs", why_unread(prepared));
  if (!prepared.batch_free) return explainer_.batch();
  if (!prepared.unread.empty()) return 1;
  const methods::ResolvedOptions& options = explainer_.resolved().options;
  const std::int64_t wanted =
      options.is_word("perturbations_per_eval") ? kLargestChunk : options.integer("perturbations_per_eval");
  return rows_that_fit(loaded_->program.graph, wanted, explainer_.state().options.memory, "one forward pass",
                       {held, per_row});
}

/// The samples one by one, or all where the batch is fixed.
void Forward::run_samples() {
  const bool free = explainer_.prepared().batch_free;
  const graph::Graph& graph = loaded_->program.graph;
  const auto axis = static_cast<std::size_t>(batch_axis(graph.dims(graph.find(kLogits))));
  std::vector<Tensor> parts;
  for (std::int64_t b = 0; b < (free ? explainer_.batch() : 1); ++b) {
    TensorMap feeds = free ? repeated_sample(explainer_, b, 1) : explainer_.request().inputs;
    const std::int64_t rows = free ? 1 : explainer_.batch();
    for (const SeedInput& seed : loaded_->program.seeds)
      feeds[seed.name] = Tensor(ElementType::kFloat32, graph::shape_at(seed.dims, rows));
    if (const graph::ValueId keys = graph.find(kSuppression); keys != graph::kNone) {
      const Shape shape = graph::shape_at(graph.dims(keys), rows);
      const std::vector<float> ones(static_cast<std::size_t>(element_count(shape)), 1.0F);
      feeds[kSuppression] = Tensor(shape, ones).cast(graph.value(keys).type);
    }
    parts.push_back(call(std::move(feeds), rows, {kLogits}).at(kLogits));
  }
  logits_ = join_batches(parts, axis);
}

/// Best first, equal ones by their number.
void Forward::find_top_classes() {
  const std::int64_t top = explainer_.resolved().target_count, classes = logits_.shape().at(1);
  const std::vector<double> all = logits_.to_doubles();
  std::vector<std::int64_t> best;
  for (std::int64_t b = 0; b < explainer_.batch(); ++b) {
    const double* row = all.data() + b * classes;
    std::vector<std::int64_t> order(static_cast<std::size_t>(classes));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [row](std::int64_t i, std::int64_t j) { return row[i] > row[j]; });
    best.insert(best.end(), order.begin(), order.begin() + top);
  }
  top_classes_ = Tensor(Shape{explainer_.batch(), top}, best);
}

void Forward::make_seeds() {
  const std::int64_t targets = explainer_.resolved().target_count, batch = explainer_.batch();
  for (const SeedInput& seed : loaded_->program.seeds) {
    if (top_classes_.size() == 0) {
      seeds_.push_back(explainer_.seed_for(seed, 0, targets, {0, batch}));
      continue;
    }
    const std::int64_t classes = logits_.shape()[1];
    std::vector<float> ones(static_cast<std::size_t>(targets * batch * classes), 0.0F);
    const auto top = top_classes_.values<std::int64_t>();
    for (std::int64_t k = 0; k < targets; ++k)
      for (std::int64_t b = 0; b < batch; ++b)
        ones[static_cast<std::size_t>((k * batch + b) * classes + top[static_cast<std::size_t>(b * targets + k)])] = 1;
    seeds_.emplace_back(Shape{targets, batch, classes}, ones);
  }
}

TensorMap Forward::run(std::int64_t sample, TensorMap feeds, std::int64_t rows,
                       const std::vector<std::string>& outputs) const {
  const std::vector<std::int64_t> same(static_cast<std::size_t>(rows), sample);
  for (std::size_t i = 0; i < seeds_.size(); ++i) {
    const SeedInput& seed = loaded_->program.seeds[i];
    feeds[seed.name] = take_samples(seeds_[i], with_batch_axis(seed.dims), same);
  }
  return call(std::move(feeds), rows, outputs);
}

TensorMap Forward::call(TensorMap feeds, std::int64_t rows, const std::vector<std::string>& outputs) const {
  if (explainer_.prepared().unread.empty()) return loaded_->session->run(feeds, outputs);
  const graph::Graph& program = loaded_->program.graph;
  std::vector<std::string> taken;
  for (const std::string& output : explainer_.state().file.outputs())
    if (program.find(output) != graph::kNone) taken.push_back(output);
  for (const auto& [name, tensor] : explainer_.state().untouched_session().run(feeds, taken)) {
    const graph::Value& value = program.value(program.find(name));
    const Shape due = graph::shape_at(value.dims, rows);
    PELLUCID_CHECK(tensor.shape() == due, kUnsupported,
                   "the model's output '{}' has the shape {} for a changed input, {} was expected: its size depends on "
                   "what the input holds",
                   name, to_string(tensor.shape()), to_string(due));
    feeds[name] = tensor.cast(value.type);
  }
  return loaded_->session->run(feeds, outputs);
}

std::vector<std::vector<double>> Forward::scores(std::int64_t sample, TensorMap feeds, std::int64_t rows) const {
  return by_target(run(sample, std::move(feeds), rows, {kTargetValues}).at(kTargetValues), rows);
}

Answered Forward::answers(std::int64_t sample, TensorMap feeds, std::int64_t rows) const {
  TensorMap outputs = run(sample, std::move(feeds), rows, {kTargetValues, kLogits});
  return {by_target(outputs.at(kTargetValues), rows), std::move(outputs.at(kLogits))};
}

}  // namespace pellucid::explain
