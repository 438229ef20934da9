#include "graph/onnx/scan_axes.hpp"

#include <span>

#include <pellucid/tensor.hpp>

#include "base/check.hpp"
#include "run/session.hpp"

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

/// As ONNX Runtime infers it, without a run; -1 where an axis is open.
Shape inferred_shape(onnx::ModelProto model, const std::string& value) {
  auto& graph = *model.mutable_graph();
  for (const auto* list : {&graph.input(), &graph.output()})
    for (const auto& info : *list)
      if (info.name() == value && info.type().tensor_type().has_shape()) {
        Shape shape;
        for (const auto& axis : info.type().tensor_type().shape().dim())
          shape.push_back(axis.has_dim_value() ? axis.dim_value() : -1);
        return shape;
      }
  graph.clear_output();
  graph.add_output()->set_name(value);
  const std::string text = model.SerializeAsString();
  run::SessionOptions options;
  options.threads = 1;
  options.optimisation = run::Optimisation::kNone;
  return run::Session(std::as_bytes(std::span(text)), {}, options, "the folded graph").outputs().at(0).shape;
}

}  // namespace

ScanAxes::ScanAxes(const onnx::NodeProto& scan, const onnx::GraphProto& body) : scan_(scan) {
  std::int64_t slices = 0;
  for (const onnx::AttributeProto& attribute : scan.attribute())
    if (attribute.name() == "num_scan_inputs") slices = attribute.i();
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
