#include "graph/windows.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

void resolve_same(const Dims& in, const Dims& out, Windows& windows, bool upper) {
  for (std::size_t i = 0; i < windows.kernel.size(); ++i) {
    const std::int64_t covered = (out[i + 2].size - 1) * windows.strides[i] + windows.reach(i);
    const std::int64_t total = std::max<std::int64_t>(covered - in[i + 2].size, 0);
    windows.begins[i] = upper ? total / 2 : total - total / 2;
    windows.ends[i] = total - windows.begins[i];
  }
}

}  // namespace

Windows read_windows(const Graph& graph, const Node& node, std::vector<std::int64_t> kernel) {
  const std::size_t rank = kernel.size();
  Windows windows;
  windows.kernel = std::move(kernel);
  windows.strides = ints_attribute(node, "strides");
  windows.dilations = ints_attribute(node, "dilations");
  std::vector<std::int64_t> pads = ints_attribute(node, "pads");
  if (windows.strides.empty()) windows.strides.assign(rank, 1);
  if (windows.dilations.empty()) windows.dilations.assign(rank, 1);
  if (pads.empty()) pads.assign(2 * rank, 0);
  windows.begins.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(rank));
  windows.ends.assign(pads.begin() + static_cast<std::ptrdiff_t>(rank), pads.end());
  const Dims &in = graph.dims(node.inputs.at(0)), &out = graph.dims(node.outputs.at(0));
  for (std::size_t i = 0; i < rank; ++i)
    PELLUCID_CHECK(!in.at(i + 2).per_batch, kUnsupported,
                   "{}: a spatial axis depends on the batch size: export the model with a fixed batch", describe(node));
  const std::string automatic = string_attribute(node, "auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") resolve_same(in, out, windows, automatic == "SAME_UPPER");
  return windows;
}

Windows read_transposed_windows(const Graph& graph, const Node& node) {
  const Dims &in = graph.dims(node.inputs.at(0)), &weight = graph.dims(node.inputs.at(1));
  const Dims& out = graph.dims(node.outputs.at(0));
  Node plain = node;
  plain.attributes.erase("auto_pad");
  Windows windows = read_windows(graph, plain, shape_at({weight.begin() + 2, weight.end()}, 1));
  const std::string automatic = string_attribute(node, "auto_pad", "NOTSET");
  if (!has_attribute(node, "output_shape") && automatic != "SAME_UPPER" && automatic != "SAME_LOWER") return windows;
  std::vector<std::int64_t> extra = ints_attribute(node, "output_padding");
  extra.resize(windows.kernel.size(), 0);
  for (std::size_t i = 0; i < windows.kernel.size(); ++i) {
    const std::int64_t covered = (in[i + 2].size - 1) * windows.strides[i] + windows.reach(i) + extra[i];
    const std::int64_t cut = std::max<std::int64_t>(covered - out[i + 2].size, 0);
    windows.begins[i] = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
    windows.ends[i] = cut - windows.begins[i];
  }
  return windows;
}

}  // namespace pellucid::graph
