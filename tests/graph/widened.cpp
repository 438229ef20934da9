#include "graph/widened.hpp"

#include <cmath>

#include "graph/onnx/write.hpp"
#include "run/session.hpp"

namespace pellucid::tests {

TensorD rounded_to_single(TensorD tensor) {
  for (double& value : tensor.data) value = static_cast<double>(static_cast<float>(value));
  return tensor;
}

std::vector<Tensor> run_graph(const graph::Graph& graph, const std::map<graph::ValueId, TensorD>& inputs, bool fused) {
  TensorMap given;
  for (const auto& [id, tensor] : inputs) {
    const graph::Value& value = graph.value(id);
    given[value.name] = Tensor(tensor.shape, tensor.data).cast(value.type);
  }
  std::vector<std::string> names;
  for (const graph::ValueId id : graph.outputs) names.push_back(graph.value(id).name);
  const graph::WrittenGraph written = graph::write_graph(graph);
  run::SessionOptions options;
  if (!fused) options.disabled_optimisers = run::inexact_fusions();
  const run::Session session(written.bytes, written.weights, options, "the graph");
  const TensorMap results = session.run(given, names);
  std::vector<Tensor> outputs;
  for (const std::string& name : names) outputs.push_back(results.at(name));
  return outputs;
}

double relative_error(const Tensor& result, const TensorD& expected) {
  const std::vector<double> values = result.to_doubles();
  if (result.shape() != expected.shape) return HUGE_VAL;
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return HUGE_VAL;
    difference = std::max(difference, std::fabs(values[i] - expected.data[i]));
    size = std::max(size, std::fabs(expected.data[i]));
  }
  return difference == 0 ? 0 : difference / size;
}

}  // namespace pellucid::tests
