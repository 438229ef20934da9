#include "explain/spaces.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

graph::ValueId named_output(const graph::Graph& graph, const std::string& name) {
  std::string known;
  for (const graph::ValueId id : graph.outputs) {
    if (graph.value(id).name == name) return id;
    known += (known.empty() ? "" : ", ") + graph.value(id).name;
  }
  fail(ErrorCode::kUsage, "the model has no output '{}'; it has: {}", name, known);
}

/// f / |f| over the last axis.
graph::ValueId normalised(graph::Builder& build, graph::ValueId feature) {
  const graph::ValueId squares = build.reduce_sum(build.mul(feature, feature), {-1}, true);
  return build.div(feature, build.unary("Sqrt", squares));
}

/// An output [batch, width] that is called an embedding.
graph::ValueId embedding_output(const graph::Graph& graph) {
  for (const graph::ValueId id : graph.outputs) {
    const bool row = graph.is_float(id) && graph.rank(id) == 2 && !graph.dims(id)[1].per_batch;
    if (row && graph.value(id).name.find("embed") != std::string::npos) return id;
  }
  return graph::kNone;
}

}  // namespace

graph::ValueId concept_feature(const graph::Graph& graph, const anatomy::Anatomy& anatomy) {
  if (const graph::ValueId embedding = embedding_output(graph); embedding != graph::kNone) return embedding;
  PELLUCID_CHECK(anatomy.head.feature != graph::kNone, kUnsupported,
                 "concept targets need an output [batch, width] that embeds the input, or the input of a last linear "
                 "layer; neither was found: export the model with its pooling (sentence_embedding)");
  const std::int64_t width = graph.dims(anatomy.head.feature).back().size;
  for (const graph::ValueId id : graph.outputs)
    if (id != anatomy.head.logits && graph.rank(id) == 2 && graph.dims(id)[1] == graph::Dim{width, false}) return id;
  return anatomy.head.feature;
}

std::int64_t batch_axis(const graph::Dims& dims) {
  const auto at = std::find_if(dims.begin(), dims.end(), [](const graph::Dim& dim) { return dim.per_batch; });
  return at == dims.end() ? 0 : at - dims.begin();
}

graph::ValueId space_value(graph::Builder& build, const anatomy::Anatomy& anatomy, const std::string& key) {
  const graph::ValueId logits = anatomy.head.logits;
  if (key == "logits") return logits;
  const std::int64_t classes = batch_axis(build.dims(logits)) == 0 ? build.rank(logits) - 1 : 0;
  if (key == "probabilities") return build.softmax(logits, classes);
  if (key == "log_probabilities")
    return build.op("LogSoftmax", {logits}, build.dims(logits), build.type(logits), {{"axis", classes}});
  if (key == "feature") return concept_feature(build.graph(), anatomy);
  if (key == "cosine_feature") return normalised(build, concept_feature(build.graph(), anatomy));
  return named_output(build.graph(), key.substr(std::string("output:").size()));
}

}  // namespace pellucid::explain
