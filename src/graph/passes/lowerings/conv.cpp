#include "graph/passes/lowerings/lowerings.hpp"
#include "graph/windows.hpp"

// Conv as a product of the weight with the windows' elements (im2col), ConvTranspose as the reverse. Letters:
// N batch, G groups, C channels in per group, M channels out per group, k window, o windows, K = Πk, O = Πo.
namespace pellucid::graph::lowerings {
namespace {

Dim product(const Dims& dims, std::size_t begin, std::size_t end) {
  Dim out;
  for (std::size_t i = begin; i < end; ++i) out.size *= dims[i].size;
  return out;
}

/// Windows side by side that cover the axis from its start.
bool tiles(const Windows& windows, std::size_t i) {
  return windows.strides[i] == windows.kernel[i] && windows.dilations[i] == 1 && windows.begins[i] == 0;
}

/// [.., n, ..] -> [.., o, k, ..]: the elements of every window along one axis.
ValueId cut_axis(Builder& build, ValueId x, std::int64_t axis, const Windows& windows, std::size_t i, std::int64_t o) {
  const std::int64_t k = windows.kernel[i];
  if (tiles(windows, i) && windows.ends[i] == 0) {
    const ValueId covered = build.slice(x, axis, 0, o * k);
    Dims cut = build.dims(covered);
    cut[static_cast<std::size_t>(axis)] = {o, false};
    cut.insert(cut.begin() + axis + 1, {k, false});
    return build.reshape(covered, cut);
  }
  std::vector<std::int64_t> places;
  for (std::int64_t at = 0; at < o; ++at)
    for (std::int64_t tap = 0; tap < k; ++tap) places.push_back(at * windows.strides[i] + tap * windows.dilations[i]);
  Graph& graph = build.graph();
  const ValueId indices = graph.add_constant(Tensor(Shape{o, k}, places), graph.fresh_name("windows"));
  return build.gather(build.pad(x, axis, windows.begins[i], windows.ends[i]), indices, axis);
}

/// [N, GC, n…] -> [N, G, CK, O]
ValueId columns(Lowering& at, const Windows& windows, std::int64_t groups) {
  Builder& build = at.build;
  const std::size_t rank = windows.kernel.size();
  ValueId x = at.input(0);
  for (std::size_t i = 0; i < rank; ++i)
    x = cut_axis(build, x, static_cast<std::int64_t>(2 + 2 * i), windows, i, at.output_dims()[i + 2].size);
  // [N, GC, o1, k1, o2, k2…] -> [N, GC, k…, o…]
  std::vector<std::int64_t> order{0, 1};
  for (std::size_t i = 0; i < rank; ++i) order.push_back(static_cast<std::int64_t>(3 + 2 * i));
  for (std::size_t i = 0; i < rank; ++i) order.push_back(static_cast<std::int64_t>(2 + 2 * i));
  x = build.transpose(x, order);
  const Dims d = build.dims(x);
  Dim inner = product(d, 1, 2 + rank);
  inner.size /= groups;
  return build.reshape(x, {d[0], {groups, false}, inner, product(d, 2 + rank, d.size())});
}

/// The bias [GM] added to [N, GM, o…].
ValueId with_bias(Lowering& at, ValueId y, std::size_t input) {
  if (!at.has(input)) return y;
  Dims column(at.output_dims().size() - 1);
  column[0] = at.output_dims()[1];
  return at.build.add(y, at.build.reshape(at.input(input), column));
}

/// [.., o, k, ..] -> [.., n, ..] with n = `size`: what the windows hold, added up where it lies.
ValueId join_axis(Builder& build, ValueId x, std::size_t axis, const Windows& windows, std::size_t i,
                  std::int64_t size) {
  Dims joined = build.dims(x);
  const std::int64_t o = joined[axis].size, k = joined[axis + 1].size;
  joined[axis].size = o * k;
  joined.erase(joined.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
  x = build.reshape(x, joined);
  const auto signed_axis = static_cast<std::int64_t>(axis);
  if (tiles(windows, i))
    return size > o * k ? build.pad(x, signed_axis, 0, size - o * k) : build.slice(x, signed_axis, 0, size);
  std::vector<double> matrix(static_cast<std::size_t>(size * o * k), 0);
  for (std::int64_t at = 0; at < o * k; ++at) {
    const std::int64_t place = at / k * windows.strides[i] + at % k * windows.dilations[i] - windows.begins[i];
    if (place >= 0 && place < size) matrix[static_cast<std::size_t>(place * o * k + at)] = 1;
  }
  return along_axis(build, x, axis, size, matrix);
}

}  // namespace

ValueId conv(Lowering& at) {
  Builder& build = at.build;
  const Dims weight = at.input_dims(1);  // [GM, C, k…]
  const std::int64_t groups = int_attribute(at.node, "group", 1);
  const Shape kernel = shape_at({weight.begin() + 2, weight.end()}, 1);
  const ValueId x = columns(at, read_windows(build.graph(), at.node, kernel), groups);
  const Dims rows{{groups, false}, {weight[0].size / groups, false}, product(weight, 1, weight.size())};
  const ValueId y = build.matmul(build.reshape(at.input(1), rows), x);  // [G, M, CK] x [N, G, CK, O] -> [N, G, M, O]
  return with_bias(at, build.reshape(y, at.output_dims()), 2);
}

ValueId conv_transpose(Lowering& at) {
  Builder& build = at.build;
  const Dims in = at.input_dims(0), weight = at.input_dims(1), out = at.output_dims();  // weight: [GC, M, k…]
  const std::size_t rank = weight.size() - 2;
  const Dim groups{int_attribute(at.node, "group", 1), false}, channels{weight[0].size / groups.size, false};
  const Windows windows = read_transposed_windows(build.graph(), at.node);
  const ValueId x = build.reshape(at.input(0), {in[0], groups, channels, product(in, 2, in.size())});
  const ValueId w = build.reshape(at.input(1), {groups, channels, product(weight, 1, weight.size())});
  ValueId y = build.matmul(build.transpose_last(w), x);  // [G, MK, C] x [N, G, C, O] -> [N, G, MK, O]
  // -> [N, GM, k…, o…] -> [N, GM, o1, k1, o2, k2…] -> [N, GM, n…]
  Dims apart{in[0], out[1]};
  apart.insert(apart.end(), weight.begin() + 2, weight.end());
  apart.insert(apart.end(), in.begin() + 2, in.end());
  std::vector<std::int64_t> order{0, 1};
  for (std::size_t i = 0; i < rank; ++i)
    for (const std::size_t axis : {2 + rank + i, 2 + i}) order.push_back(static_cast<std::int64_t>(axis));
  y = build.transpose(build.reshape(y, apart), order);
  for (std::size_t i = rank; i-- > 0;) y = join_axis(build, y, 2 + 2 * i, windows, i, out[i + 2].size);
  return with_bias(at, y, 2);
}

}  // namespace pellucid::graph::lowerings
