#include "explain/explainer.hpp"
#include "explain/perturb/features.hpp"

namespace pellucid::explain {
namespace {

/// The shape of a program's output for all targets: [K, batch, …].
Shape output_shape(const graph::Graph& program, const char* name, std::int64_t targets, std::int64_t batch) {
  Shape shape = graph::shape_at(program.dims(program.find(name)), batch);
  shape[0] = targets;
  return shape;
}

}  // namespace

/// What is known of the explanation before it is run: zeros stand for the scores.
Explanation Explainer::outline() {
  Explanation outline = frame();
  std::int64_t targets = resolved_.target_count;
  if (resolved_.method->perturb != nullptr) {
    const std::unique_ptr<Features> features = make_features(*this);
    Shape shape = features->shape();
    shape.insert(shape.begin(), {targets, batch_});
    outline.token_scores = Tensor(ElementType::kFloat32, shape);
    outline.scores = features->per_token() ? content_of(outline.token_scores) : outline.token_scores;
  } else if (const auto sampling = plan(0)) {
    Shape shape = reduced_shape(*sampling, graph::shape_at(prepared_->graph.dims(sampling->at), batch_));
    shape.insert(shape.begin(), {targets, batch_});
    outline.token_scores = Tensor(ElementType::kFloat32, shape);
    outline.scores = content_of(outline.token_scores);
  } else {
    const graph::Graph& graph = program(targets_at_once()).program.graph;
    outline.token_scores = Tensor(ElementType::kFloat32, output_shape(graph, kTokenScores, targets, batch_));
    outline.scores = Tensor(ElementType::kFloat32, output_shape(graph, kScores, targets, batch_));
  }
  if (resolved_.walks) {
    targets = static_cast<std::int64_t>(resolved_.walks->asked.size());
    outline.token_scores = resolved_.walks->join(outline.token_scores);
    outline.scores = resolved_.walks->join(outline.scores);
  }
  outline.targets.resize(static_cast<std::size_t>(targets));
  for (TargetRecord& target : outline.targets) target.samples.resize(static_cast<std::size_t>(batch_));
  return outline;
}

}  // namespace pellucid::explain
