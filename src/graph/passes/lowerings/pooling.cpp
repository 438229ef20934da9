#include <numeric>

#include "graph/passes/lowerings/lowerings.hpp"
#include "graph/windows.hpp"

namespace pellucid::graph::lowerings {
namespace {

/// [out, in]: the average over every window along one axis. Sums and counts are products over the axes, so that axes
/// are averaged one after the other.
std::vector<double> averages(const Windows& windows, std::size_t i, std::int64_t in, std::int64_t out, bool padding) {
  std::vector<double> matrix(static_cast<std::size_t>(out * in), 0);
  for (std::int64_t o = 0; o < out; ++o) {
    std::vector<std::size_t> inside;
    double count = 0;
    for (std::int64_t k = 0; k < windows.kernel[i]; ++k) {
      const std::int64_t place = o * windows.strides[i] + k * windows.dilations[i] - windows.begins[i];
      const bool real = place >= 0 && place < in;
      if (real) inside.push_back(static_cast<std::size_t>(o * in + place));
      if (real || (padding && place < in + windows.ends[i])) ++count;
    }
    for (const std::size_t element : inside) matrix[element] = 1 / count;
  }
  return matrix;
}

std::vector<std::int64_t> spatial_axes(const Lowering& at) {
  std::vector<std::int64_t> axes(at.input_dims(0).size() - 2);
  std::iota(axes.begin(), axes.end(), 2);
  return axes;
}

}  // namespace

ValueId average_pool(Lowering& at) {
  const Windows windows = read_windows(at.build.graph(), at.node, ints_attribute(at.node, "kernel_shape"));
  const bool padding = int_attribute(at.node, "count_include_pad", 0) != 0;
  const Dims in = at.input_dims(0), out = at.output_dims();
  ValueId x = at.input(0);
  for (std::size_t i = 0; i < windows.kernel.size(); ++i)
    x = along_axis(at.build, x, i + 2, out[i + 2].size, averages(windows, i, in[i + 2].size, out[i + 2].size, padding));
  return x;
}

ValueId global_average_pool(Lowering& at) { return at.build.reduce_mean(at.input(0), spatial_axes(at), true); }

ValueId global_max_pool(Lowering& at) { return at.build.reduce("ReduceMax", at.input(0), spatial_axes(at), true); }

}  // namespace pellucid::graph::lowerings
