#include "propagate/operators/windows.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"

namespace pellucid::propagate::operators {

using graph::Dims;
using graph::ValueId;

namespace {

std::int64_t reach(const Windows& windows, std::size_t i) { return (windows.kernel[i] - 1) * windows.dilations[i] + 1; }

void resolve_same(const Step& step, Windows& windows, bool upper) {
  for (std::size_t i = 0; i < windows.kernel.size(); ++i) {
    const std::int64_t in = step.input_dims(0)[i + 2].size, out = step.output_dims()[i + 2].size;
    const std::int64_t total = std::max<std::int64_t>((out - 1) * windows.strides[i] + reach(windows, i) - in, 0);
    windows.begins[i] = upper ? total / 2 : total - total / 2;
    windows.ends[i] = total - windows.begins[i];
  }
}

}  // namespace

Windows read_windows(const Step& step, std::vector<std::int64_t> kernel) {
  const std::size_t rank = kernel.size();
  Windows windows;
  windows.kernel = std::move(kernel);
  windows.strides = graph::ints_attribute(step.node, "strides");
  windows.dilations = graph::ints_attribute(step.node, "dilations");
  std::vector<std::int64_t> pads = graph::ints_attribute(step.node, "pads");
  if (windows.strides.empty()) windows.strides.assign(rank, 1);
  if (windows.dilations.empty()) windows.dilations.assign(rank, 1);
  if (pads.empty()) pads.assign(2 * rank, 0);
  windows.begins.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(rank));
  windows.ends.assign(pads.begin() + static_cast<std::ptrdiff_t>(rank), pads.end());
  for (std::size_t i = 0; i < rank; ++i) (void)fixed_size(step, step.input_dims(0)[i + 2], "a spatial axis");
  const std::string automatic = graph::string_attribute(step.node, "auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") resolve_same(step, windows, automatic == "SAME_UPPER");
  return windows;
}

ValueId spread_windows(Step& step, ValueId cotangent, ValueId weight, const Windows& windows, std::int64_t groups) {
  graph::Builder& build = step.build;
  Dims out = build.dims(cotangent);
  out[1] = {build.dims(weight)[1].size * groups, false};
  const std::size_t rank = windows.kernel.size();
  std::vector<std::int64_t> pads = windows.begins, extra(rank, 0);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t in = step.input_dims(0)[i + 2].size;
    const std::int64_t covered = (out[i + 2].size - 1) * windows.strides[i] + reach(windows, i) - windows.begins[i];
    // Elements behind the last window got nothing; a window reaching past the end is cut.
    extra[i] = std::max<std::int64_t>(in - covered, 0);
    pads.push_back(std::max<std::int64_t>(covered - in, 0));
    out[i + 2] = {in, false};
  }
  return build.op("ConvTranspose", {cotangent, weight}, out, build.type(cotangent),
                  {{"kernel_shape", windows.kernel},
                   {"strides", windows.strides},
                   {"dilations", windows.dilations},
                   {"pads", pads},
                   {"output_padding", extra},
                   {"group", groups}});
}

}  // namespace pellucid::propagate::operators
