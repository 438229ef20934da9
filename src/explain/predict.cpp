#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "explain/model_state.hpp"
#include "explain/rows.hpp"
#include "explain/spaces.hpp"
#include "explain/unread.hpp"

namespace pellucid {
namespace {

/// The most likely classes of one row of logits, best first; equal ones by their number.
std::vector<ClassScore> best_of(const double* logits, std::int64_t classes, std::int64_t top, Task task) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(classes));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  double sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(logits[c] - logits[order[0]]);
  std::vector<ClassScore> best;
  for (std::int64_t i = 0; i < std::min(top, classes); ++i) {
    const std::int64_t index = order[static_cast<std::size_t>(i)];
    ClassScore score{index, "", logits[index], std::exp(logits[index] - logits[order[0]]) / sum};
    if (task == Task::kMultiLabel) score.probability = 1 / (1 + std::exp(-logits[index]));
    if (task == Task::kRegression) score.probability.reset();
    best.push_back(std::move(score));
  }
  return best;
}

/// The output that holds the scores; the only one needs no look at the graph.
std::string scores_output(Model::State& state, const TensorMap& inputs) {
  if (state.file.outputs().size() == 1) return state.file.outputs().front();
  const explain::Prepared& prepared = state.prepare(inputs, "tokens");
  return prepared.graph.value(prepared.anatomy.head.output).name;
}

}  // namespace

Prediction Model::predict(const TensorMap& inputs, std::int64_t top) {
  explain::check_inputs(state_->file.inputs(), inputs);
  PELLUCID_CHECK(top >= 1, kUsage, "--top {}: a whole number of at least 1 is expected", top);
  const std::string name = scores_output(*state_, inputs);
  Prediction prediction;
  prediction.logits = state_->untouched_session().run(inputs, {name}).at(name);
  if (prediction.logits.shape().size() == 3)
    prediction.logits = explain::answer_rows(state_->prepare(inputs, "tokens"), prediction.logits, inputs);
  const Shape& shape = prediction.logits.shape();
  PELLUCID_CHECK(shape.size() == 2, kUnsupported, "the model's output '{}' has the shape {}, not [batch, classes]",
                 name, to_string(shape));
  const std::vector<double> logits = prediction.logits.to_doubles();
  for (const double value : logits)
    PELLUCID_CHECK(std::isfinite(value), kBadInput,
                   "the model's output '{}' is not finite: its weights hold NaN, or it overflows", name);
  for (std::int64_t b = 0; b < shape[0]; ++b) {
    prediction.top.push_back(best_of(logits.data() + b * shape[1], shape[1], top, state_->task));
    for (ClassScore& score : prediction.top.back()) score.label = state_->label_of(score.index);
  }
  return prediction;
}

Tensor Model::concept_vector(const TensorMap& inputs) {
  const explain::Prepared& prepared = state_->prepare(inputs, "tokens");
  PELLUCID_CHECK(prepared.unread.empty(), kUnsupported, "{}", explain::why_unread(prepared));
  graph::Graph graph = prepared.graph;
  const graph::ValueId feature = explain::concept_feature(graph, prepared.anatomy);
  const std::string name = graph.value(feature).name;
  PELLUCID_CHECK(graph.rank(feature) == 2, kUnsupported,
                 "the feature before the model's last linear layer has the shape {}, not [batch, width]",
                 graph::to_string(graph.dims(feature)));
  graph.outputs = {feature};
  graph.prune();
  const auto forward = state_->load(graph::write_graph(graph), "the feature's forward pass");
  const Tensor rows = state_->blaming_input(inputs, [&] { return forward->run(inputs, {name}).at(name); });
  const std::vector<double> values = rows.to_doubles();
  const auto width = static_cast<std::size_t>(rows.shape()[1]);
  std::vector<float> mean(width);
  for (std::size_t i = 0; i < width; ++i) {
    double sum = 0;
    for (std::size_t b = 0; b < values.size() / width; ++b) sum += values[b * width + i];
    mean[i] = static_cast<float>(sum / static_cast<double>(values.size() / width));
  }
  return Tensor(Shape{rows.shape()[1]}, mean);
}

}  // namespace pellucid
