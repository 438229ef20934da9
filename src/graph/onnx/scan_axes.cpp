#include "graph/onnx/scan_axes.hpp"

#include "base/check.hpp"
#include "graph/onnx/inferred_shape.hpp"
#include "graph/onnx/nodes.hpp"

namespace pellucid::graph {
namespace {

/// A list of one number for each; zeros where the attribute is absent.
std::vector<std::int64_t> numbers(const onnx::NodeProto& scan, const std::string& name, std::size_t count) {
  std::vector<std::int64_t> values(count, 0);
  for (const onnx::AttributeProto& attribute : scan.attribute())
    if (attribute.name() == name) values.assign(attribute.ints().begin(), attribute.ints().end());
  PELLUCID_CHECK(values.size() == count, kBadInput, "Scan node '{}': '{}' has {} numbers where {} are due", scan.name(),
                 name, values.size(), count);
  return values;
}

std::vector<ScanAxes::Place> places(const onnx::NodeProto& scan, const std::string& kind, std::size_t count) {
  const auto axes = numbers(scan, "scan_" + kind + "_axes", count);
  const auto directions = numbers(scan, "scan_" + kind + "_directions", count);
  std::vector<ScanAxes::Place> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back({axes[i], directions[i] == 1});
  return all;
}

}  // namespace

ScanAxes::ScanAxes(const onnx::NodeProto& scan, const onnx::GraphProto& body) : scan_(scan) {
  const std::int64_t slices = int_of(scan, "num_scan_inputs", 0);
  PELLUCID_CHECK(slices >= 1 && slices <= scan.input_size() && body.input_size() == scan.input_size() &&
                     body.output_size() == scan.output_size() && body.output_size() >= scan.input_size() - slices,
                 kBadInput, "Scan node '{}': its inputs and outputs don't fit those of its body", scan.name());
  carried = scan.input_size() - static_cast<int>(slices);
  read = places(scan, "input", static_cast<std::size_t>(slices));
  written = places(scan, "output", static_cast<std::size_t>(body.output_size() - carried));
}

std::optional<std::int64_t> ScanAxes::steps(const onnx::ModelProto& model) const {
  const Shape shape = inferred_shape(model, scan_.input(carried));
  const auto rank = std::ssize(shape);
  const std::int64_t axis = read[0].axis + (read[0].axis < 0 ? rank : 0);
  if (axis < 0 || axis >= rank || shape[static_cast<std::size_t>(axis)] < 0) return std::nullopt;
  return shape[static_cast<std::size_t>(axis)];
}

}  // namespace pellucid::graph
