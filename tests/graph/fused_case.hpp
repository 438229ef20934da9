#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "graph/builder.hpp"

namespace pellucid::tests {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

inline constexpr const char* kRuntimeDomain = "com.microsoft";
/// The batch size that fused nodes are computed at.
inline constexpr std::int64_t kFusedBatch = 2;

/// Dims with the batch in front.
[[nodiscard]] Dims per_sample(const Shape& rest);

/// A graph of one fused node, with random values for its inputs (fixed seed).
class FusedGraph {
 public:
  FusedGraph() : build(graph) {}

  graph::Graph graph;
  graph::Builder build;
  TensorMap inputs;
  int opset = graph::kOpset;  ///< of ONNX's own operators

  ValueId input(const Dims& dims);
  ValueId wholes(const Dims& dims, const std::vector<std::int64_t>& values, ElementType type = ElementType::kInt32);
  ValueId truths(const Shape& shape, const std::vector<std::int64_t>& values);
  ValueId constant(const Shape& shape);
  ValueId constant_wholes(const Shape& shape, const std::vector<std::int64_t>& values,
                          ElementType type = ElementType::kInt32);

  /// The node; outputs without dims are left out, the others are the graph's.
  void node(const std::string& op, const std::string& domain, std::vector<ValueId> operands,
            const std::vector<std::optional<Dims>>& outputs, const Attributes& attributes = {},
            ElementType second = ElementType::kFloat32);

 private:
  [[nodiscard]] Tensor random(const Shape& shape);
  ValueId add(const Dims& dims, const Tensor& tensor);

  std::mt19937_64 engine_{20250117};
};

/// The graph's outputs as ONNX Runtime's own kernels compute them, without any rewriting, at this opset.
[[nodiscard]] std::vector<Tensor> run_plainly(const FusedGraph& at, int opset);
/// The largest difference over the largest number of `b`; infinite where shapes, types or finiteness differ.
[[nodiscard]] double difference(const Tensor& a, const Tensor& b);

struct FusedCase {
  std::string op, name;
  std::function<void(FusedGraph&)> make;
};

[[nodiscard]] std::vector<FusedCase> fused_attention_cases();
[[nodiscard]] std::vector<FusedCase> fused_layer_cases();
void PrintTo(const FusedCase& of, std::ostream* out);
[[nodiscard]] std::string fused_case_name(const testing::TestParamInfo<FusedCase>& info);

}  // namespace pellucid::tests
