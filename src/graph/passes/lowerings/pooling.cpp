#include <numeric>

#include "graph/passes/lowerings/lowerings.hpp"
#include "graph/windows.hpp"

namespace pellucid::graph::lowerings {
namespace {

/// What a window divides its sum by.
enum class Count { kNothing, kElements, kElementsAndPadding };

/// [out, in]: the sum or average over every window along one axis. Sums and counts are products over the axes, so that
/// axes are summed one after the other.
std::vector<double> averages(const Windows& windows, std::size_t i, std::int64_t in, std::int64_t out, Count by) {
  std::vector<double> matrix(static_cast<std::size_t>(out * in), 0);
  for (std::int64_t o = 0; o < out; ++o) {
    std::vector<std::size_t> inside;
    double count = 0;
    for (std::int64_t k = 0; k < windows.kernel[i]; ++k) {
      const std::int64_t place = o * windows.strides[i] + k * windows.dilations[i] - windows.begins[i];
      const bool real = place >= 0 && place < in;
      if (real) inside.push_back(static_cast<std::size_t>(o * in + place));
      if (real || (by == Count::kElementsAndPadding && place < in + windows.ends[i])) ++count;
    }
    for (const std::size_t element : inside) matrix[element] = by == Count::kNothing ? 1 : 1 / count;
  }
  return matrix;
}

std::vector<std::int64_t> spatial_axes(const Lowering& at) {
  std::vector<std::int64_t> axes(at.input_dims(0).size() - 2);
  std::iota(axes.begin(), axes.end(), 2);
  return axes;
}

ValueId over_windows(Lowering& at, ValueId x, Count by) {
  const Windows windows = read_windows(at.build.graph(), at.node, ints_attribute(at.node, "kernel_shape"));
  const Dims in = at.input_dims(0), out = at.output_dims();
  for (std::size_t i = 0; i < windows.kernel.size(); ++i)
    x = along_axis(at.build, x, i + 2, out[i + 2].size, averages(windows, i, in[i + 2].size, out[i + 2].size, by));
  return x;
}

double order(const Lowering& at) { return static_cast<double>(int_attribute(at.node, "p", 2)); }

/// |x|^p
ValueId raised(Lowering& at) {
  const ValueId size = at.build.unary("Abs", at.input(0));
  return at.build.pow(size, at.build.scalar_like(order(at), size));
}

ValueId rooted(Lowering& at, ValueId sum) { return at.build.pow(sum, at.build.scalar_like(1 / order(at), sum)); }

}  // namespace

ValueId average_pool(Lowering& at) {
  const bool padding = int_attribute(at.node, "count_include_pad", 0) != 0;
  return over_windows(at, at.input(0), padding ? Count::kElementsAndPadding : Count::kElements);
}

ValueId lp_pool(Lowering& at) { return rooted(at, over_windows(at, raised(at), Count::kNothing)); }

ValueId global_lp_pool(Lowering& at) { return rooted(at, at.build.reduce_sum(raised(at), spatial_axes(at), true)); }

ValueId global_average_pool(Lowering& at) { return at.build.reduce_mean(at.input(0), spatial_axes(at), true); }

ValueId global_max_pool(Lowering& at) { return at.build.reduce("ReduceMax", at.input(0), spatial_axes(at), true); }

}  // namespace pellucid::graph::lowerings
