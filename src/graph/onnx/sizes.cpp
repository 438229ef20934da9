#include "graph/onnx/sizes.hpp"

#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

constexpr double kMostElements = 2147483648.0;  // 8 GiB of float32

/// The whole numbers of a small int64 tensor that lies in the file; empty for any other.
std::vector<std::int64_t> numbers(const onnx::TensorProto& tensor) {
  constexpr std::size_t kLongest = 64;
  if (tensor.data_type() != onnx::TensorProto::INT64) return {};
  if (tensor.int64_data_size() > 0) return {tensor.int64_data().begin(), tensor.int64_data().end()};
  const std::string& raw = tensor.raw_data();
  if (raw.empty() || raw.size() % sizeof(std::int64_t) != 0 || raw.size() > kLongest * sizeof(std::int64_t)) return {};
  std::vector<std::int64_t> values(raw.size() / sizeof(std::int64_t));
  std::memcpy(values.data(), raw.data(), raw.size());
  return values;
}

class Sizes {
 public:
  explicit Sizes(const onnx::GraphProto& graph) {
    for (const onnx::TensorProto& tensor : graph.initializer()) known_[tensor.name()] = numbers(tensor);
    for (const onnx::NodeProto& node : graph.node())
      if (node.op_type() == "Constant" && node.output_size() == 1)
        for (const onnx::AttributeProto& attribute : node.attribute())
          if (attribute.has_t()) known_[node.output(0)] = numbers(attribute.t());
  }

  /// At least so many elements has the node's result, as its constants say.
  [[nodiscard]] double least(const onnx::NodeProto& node) const {
    const std::string& op = node.op_type();
    if (op == "ConstantOfShape") return product(node, 0);
    if (op == "Expand" || op == "Tile") return product(node, 1);
    if (op == "Resize") return product(node, 3);
    if (op != "Range") return 1;
    const auto start = values(node, 0), end = values(node, 1), step = values(node, 2);
    if (start.size() != 1 || end.size() != 1 || step.size() != 1 || step[0] == 0) return 1;
    return (static_cast<double>(end[0]) - static_cast<double>(start[0])) / static_cast<double>(step[0]);
  }

 private:
  [[nodiscard]] std::vector<std::int64_t> values(const onnx::NodeProto& node, int input) const {
    if (input >= node.input_size()) return {};
    const auto found = known_.find(node.input(input));
    return found == known_.end() ? std::vector<std::int64_t>() : found->second;
  }
  [[nodiscard]] double product(const onnx::NodeProto& node, int input) const {
    double elements = 1;
    for (const std::int64_t size : values(node, input)) elements *= std::abs(static_cast<double>(size));
    return elements;
  }

  std::map<std::string, std::vector<std::int64_t>> known_;
};

}  // namespace

void check_sizes(const onnx::ModelProto& model) {
  const Sizes sizes(model.graph());
  for (const onnx::NodeProto& node : model.graph().node())
    PELLUCID_CHECK(sizes.least(node) <= kMostElements, kBadInput,
                   "{} node '{}': a constant gives its result {:.3g} elements, more than any model needs",
                   node.op_type(), node.name(), sizes.least(node));
}

}  // namespace pellucid::graph
