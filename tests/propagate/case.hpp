#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "graph/builder.hpp"
#include "support/reference_tensor.hpp"

namespace pellucid::tests {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

/// The batch size that the cases are computed at.
inline constexpr std::int64_t kBatch = 2;

/// Dims without a batch axis, and with one in front.
[[nodiscard]] Dims plain(const Shape& shape);
[[nodiscard]] Dims batched(const Shape& rest);

/// A tiny graph around one operator, with random values for its inputs (fixed seed).
class CaseGraph {
 public:
  explicit CaseGraph(ElementType type) : build(graph), type_(type) {}

  graph::Graph graph;
  graph::Builder build;
  std::vector<ValueId> wanted;        ///< inputs that the gradient is asked for
  std::map<ValueId, TensorD> inputs;  ///< the values of all inputs
  std::vector<ValueId> outputs;       ///< what the cotangents are put on

  /// An input that the gradient is asked for, uniform in [low, high].
  ValueId input(const Dims& dims, double low = -2, double high = 2);
  /// A whole-number input (indices at run time).
  ValueId index_input(const Dims& dims, const std::vector<std::int64_t>& values);
  ValueId constant(const Shape& shape, double low = -2, double high = 2);
  ValueId constant_of(const Shape& shape, const std::vector<double>& values);
  ValueId ints(const Shape& shape, const std::vector<std::int64_t>& values);
  ValueId ints(const std::vector<std::int64_t>& values) {
    return ints({static_cast<std::int64_t>(values.size())}, values);
  }
  ValueId flags(const Shape& shape, const std::vector<double>& values);

  /// The operator; its output gets a cotangent.
  ValueId node(const std::string& op, const std::vector<ValueId>& inputs, const Dims& dims,
               const Attributes& attributes = {});
  /// The same with several outputs.
  void nodes(const std::string& op, const std::vector<ValueId>& inputs, const std::vector<Dims>& dims,
             const Attributes& attributes = {});
  /// Random values, uniform in [low, high].
  [[nodiscard]] TensorD random(const Shape& shape, double low, double high);

 private:
  ElementType type_;
  std::mt19937_64 engine_{20240611};
};

/// One conformance case: `make` builds a graph in which `op` stands.
struct Case {
  std::string op, name;
  std::function<void(CaseGraph&)> make;
};

[[nodiscard]] std::vector<Case> elementwise_cases();
[[nodiscard]] std::vector<Case> product_cases();
[[nodiscard]] std::vector<Case> window_cases();
[[nodiscard]] std::vector<Case> reduction_cases();
[[nodiscard]] std::vector<Case> layout_cases();
[[nodiscard]] std::vector<Case> indexing_cases();
/// A case's name for GoogleTest, and how its messages print a case.
[[nodiscard]] std::string case_name(const testing::TestParamInfo<Case>& info);
void PrintTo(const Case& of, std::ostream* out);
/// All of them.
[[nodiscard]] std::vector<Case> all_cases();

}  // namespace pellucid::tests
