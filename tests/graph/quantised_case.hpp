#pragma once

#include <string>
#include <vector>

#include "graph/builder.hpp"

namespace pellucid::graph::tests {

/// A small quantised graph under test: one input "x", constants, nodes; run after it was dequantised.
class QuantisedCase {
 public:
  explicit QuantisedCase(const Shape& input);

  [[nodiscard]] ValueId x() const { return x_; }
  [[nodiscard]] Graph& graph() { return graph_; }
  ValueId floats(const Shape& shape, const std::vector<float>& values);
  /// Whole numbers of any element type.
  ValueId whole(ElementType type, const Shape& shape, const std::vector<double>& values);
  ValueId scalar(float value) { return floats({}, {value}); }
  ValueId byte(double value) { return whole(ElementType::kUInt8, {}, {value}); }
  /// A node with one output.
  ValueId node(const std::string& op, const std::vector<ValueId>& inputs, const Shape& shape, ElementType type,
               std::map<std::string, Attribute> attributes = {}, const std::string& domain = {});
  /// A node of ONNX Runtime's own domain, whose output is float32.
  ValueId contrib(const std::string& op, const std::vector<ValueId>& inputs, const Shape& shape,
                  std::map<std::string, Attribute> attributes = {});
  /// DynamicQuantizeLinear: number, scale, zero point.
  std::vector<ValueId> dynamic(ValueId from);
  /// QuantizeLinear to uint8.
  ValueId quantised(ValueId from, float scale, double zero_point);
  ValueId restored(ValueId from, float scale, double zero_point);

  /// The dequantised graph's numbers for `output`.
  std::vector<double> run(ValueId output, const std::vector<float>& x);
  /// How many nodes of an operator are left.
  [[nodiscard]] int count(const std::string& op) const;

 private:
  Graph graph_;
  Shape input_;
  ValueId x_ = kNone;
};

/// Fails where a number is further than 1e-5 from what is due.
void expect_close(const std::vector<double>& got, const std::vector<double>& due);

/// a: [m, k], b: [k, n] -> [m, n], plainly.
[[nodiscard]] std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t m,
                                          std::size_t k, std::size_t n);

}  // namespace pellucid::graph::tests
