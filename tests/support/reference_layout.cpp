#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

/// Every output element read from a place of the input.
template <class Place>
TensorD read_from(const TensorD& x, const Shape& shape, Place place) {
  TensorD out = filled(shape, 0);
  std::size_t n = 0;
  for_each_index(shape, [&](const Shape& at) { out.data[n++] = element(x, place(at)); });
  return out;
}

Outputs reshape(const Call& call) {
  std::vector<std::int64_t> shape = whole_numbers(call.in(1));
  std::int64_t known = 1, open = -1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && call.attribute("allowzero", 0) == 0) shape[i] = call.in(0).shape[i];
    if (shape[i] == -1)
      open = static_cast<std::int64_t>(i);
    else
      known *= shape[i];
  }
  if (open >= 0) shape[static_cast<std::size_t>(open)] = call.in(0).size() / known;
  if (element_count(shape) != call.in(0).size()) throw std::logic_error("Reshape: another number of elements");
  return {{shape, call.in(0).data}};
}

Outputs flatten(const Call& call) {
  const Shape& shape = call.in(0).shape;
  const std::int64_t axis = graph::positive_axis(call.attribute("axis", 1), static_cast<std::int64_t>(shape.size()));
  const std::int64_t rows = element_count(Shape(shape.begin(), shape.begin() + axis));
  return {{{rows, call.in(0).size() / rows}, call.in(0).data}};
}

Outputs squeeze(const Call& call) {
  const Shape& shape = call.in(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  std::vector<std::int64_t> axes = call.has(1) ? whole_numbers(call.in(1)) : std::vector<std::int64_t>{};
  Shape out;
  for (std::int64_t i = 0; i < rank; ++i) {
    const bool named = std::any_of(axes.begin(), axes.end(), [&](auto a) { return (a < 0 ? a + rank : a) == i; });
    const std::int64_t size = shape[static_cast<std::size_t>(i)];
    if (!(named || (axes.empty() && size == 1))) out.push_back(size);
  }
  return {{out, call.in(0).data}};
}

Outputs unsqueeze(const Call& call) {
  std::vector<std::int64_t> axes = whole_numbers(call.in(1));
  Shape out = call.in(0).shape;
  const auto rank = static_cast<std::int64_t>(out.size() + axes.size());
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;
  std::sort(axes.begin(), axes.end());
  for (const std::int64_t axis : axes) out.insert(out.begin() + axis, 1);
  return {{out, call.in(0).data}};
}

Outputs transpose(const Call& call) {
  const TensorD& x = call.in(0);
  std::vector<std::int64_t> permutation = call.list("perm");
  if (permutation.empty())
    for (std::size_t i = x.rank(); i-- > 0;) permutation.push_back(static_cast<std::int64_t>(i));
  Shape shape;
  for (const std::int64_t axis : permutation) shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  return {read_from(x, shape, [&](const Shape& at) {
    Shape from(at.size());
    for (std::size_t i = 0; i < at.size(); ++i) from[static_cast<std::size_t>(permutation[i])] = at[i];
    return from;
  })};
}

Outputs expand(const Call& call) {
  const TensorD& x = call.in(0);
  TensorD out = filled(broadcast_shape(x.shape, whole_numbers(call.in(1))), 0);
  for_each_index(out.shape, [&](const Shape& at) { element(out, at) = x.data[broadcast_offset(x.shape, at)]; });
  return {out};
}

Outputs concat(const Call& call) {
  const std::size_t axis = call.axis(0);
  Shape shape = call.in(0).shape;
  shape[axis] = 0;
  for (const TensorD* part : call.inputs) shape[axis] += part->shape[axis];
  TensorD out = filled(shape, 0);
  std::int64_t start = 0;
  for (const TensorD* part : call.inputs) {
    for_each_index(part->shape, [&](const Shape& at) {
      Shape to = at;
      to[axis] += start;
      element(out, to) = element(*part, at);
    });
    start += part->shape[axis];
  }
  return {out};
}

Outputs split(const Call& call) {
  const TensorD& x = call.in(0);
  const std::size_t axis = call.axis(0), count = call.node.outputs.size();
  std::vector<std::int64_t> sizes;
  if (call.has(1)) {
    sizes = whole_numbers(call.in(1));
  } else {
    const auto parts = static_cast<std::int64_t>(count);
    const std::int64_t each = (x.shape[axis] + parts - 1) / parts;
    sizes.assign(count, each);
    sizes.back() = x.shape[axis] - each * (parts - 1);
  }
  Outputs out;
  std::int64_t start = 0;
  for (const std::int64_t size : sizes) {
    Shape shape = x.shape;
    shape[axis] = size;
    out.push_back(read_from(x, shape, [&](Shape at) {
      at[axis] += start;
      return at;
    }));
    start += size;
  }
  return out;
}

/// The positions a Slice takes from one axis, walked one by one.
std::vector<std::int64_t> positions(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (start < 0) start += size;
  if (end < 0 && end + size > -size - 2) end += size;
  std::vector<std::int64_t> out;
  if (step > 0)
    for (std::int64_t at = std::max<std::int64_t>(start, 0); at < std::min(end, size); at += step) out.push_back(at);
  else
    for (std::int64_t at = std::min(start, size - 1); at > std::max<std::int64_t>(end, -1); at += step)
      out.push_back(at);
  return out;
}

Outputs slice(const Call& call) {
  TensorD x = call.in(0);
  const std::vector<std::int64_t> starts = whole_numbers(call.in(1)), ends = whole_numbers(call.in(2));
  for (std::size_t i = 0; i < starts.size(); ++i) {
    std::int64_t axis = call.has(3) ? whole_numbers(call.in(3))[i] : static_cast<std::int64_t>(i);
    if (axis < 0) axis += static_cast<std::int64_t>(x.rank());
    const auto at_axis = static_cast<std::size_t>(axis);
    const std::int64_t step = call.has(4) ? whole_numbers(call.in(4))[i] : 1;
    const std::vector<std::int64_t> taken = positions(x.shape[at_axis], starts[i], ends[i], step);
    Shape shape = x.shape;
    shape[at_axis] = static_cast<std::int64_t>(taken.size());
    x = read_from(x, shape, [&](Shape at) {
      at[at_axis] = taken[static_cast<std::size_t>(at[at_axis])];
      return at;
    });
  }
  return {x};
}

/// The element that mode edge, reflect or wrap shows at a place outside of an axis.
std::int64_t inside(const std::string& mode, std::int64_t at, std::int64_t size) {
  while (at < 0 || at >= size) {
    if (mode == "edge") return at < 0 ? 0 : size - 1;
    if (mode == "wrap")
      at += at < 0 ? size : -size;
    else
      at = at < 0 ? -at : 2 * (size - 1) - at;
  }
  return at;
}

Outputs pad(const Call& call) {
  const TensorD& x = call.in(0);
  const std::string mode = call.text("mode", "constant");
  const std::vector<std::int64_t> pads = whole_numbers(call.in(1));
  std::vector<std::int64_t> axes = call.has(3) ? whole_numbers(call.in(3)) : std::vector<std::int64_t>{};
  if (axes.empty())
    for (std::size_t i = 0; i < x.rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  Shape before(x.rank(), 0), shape = x.shape;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(graph::positive_axis(axes[i], static_cast<std::int64_t>(x.rank())));
    before[axis] = pads[i];
    shape[axis] += pads[i] + pads[i + axes.size()];
  }
  TensorD out = filled(shape, call.has(2) ? call.in(2).data.at(0) : 0);
  for_each_index(shape, [&](const Shape& at) {
    Shape from = at;
    for (std::size_t i = 0; i < from.size(); ++i) {
      from[i] -= before[i];
      if (mode != "constant") from[i] = inside(mode, from[i], x.shape[i]);
      if (from[i] < 0 || from[i] >= x.shape[i]) return;
    }
    element(out, at) = element(x, from);
  });
  return {out};
}

Outputs tile(const Call& call) {
  const TensorD& x = call.in(0);
  Shape shape = x.shape;
  const std::vector<std::int64_t> repeats = whole_numbers(call.in(1));
  for (std::size_t i = 0; i < shape.size(); ++i) shape[i] *= repeats[i];
  return {read_from(x, shape, [&](Shape at) {
    for (std::size_t i = 0; i < at.size(); ++i) at[i] %= x.shape[i];
    return at;
  })};
}

Outputs trilu(const Call& call) {
  TensorD out = call.in(0);
  const std::int64_t k = call.has(1) ? whole_numbers(call.in(1)).at(0) : 0;
  const bool upper = call.attribute("upper", 1) != 0;
  for_each_index(out.shape, [&](const Shape& at) {
    const std::int64_t above = at[at.size() - 1] - at[at.size() - 2];
    if (upper ? above < k : above > k) element(out, at) = 0;
  });
  return {out};
}

Outputs depth_to_space(const Call& call) {
  const TensorD& x = call.in(0);
  const std::int64_t b = call.attribute("blocksize", 1), channels = x.shape[1] / (b * b);
  const bool crd = call.text("mode", "DCR") == "CRD";
  return {read_from(x, {x.shape[0], channels, x.shape[2] * b, x.shape[3] * b}, [&](const Shape& at) {
    const std::int64_t row = at[2] % b, column = at[3] % b;
    const std::int64_t from = crd ? (at[1] * b + row) * b + column : (row * b + column) * channels + at[1];
    return Shape{at[0], from, at[2] / b, at[3] / b};
  })};
}

Outputs space_to_depth(const Call& call) {
  const TensorD& x = call.in(0);
  const std::int64_t b = call.attribute("blocksize", 1), channels = x.shape[1];
  return {read_from(x, {x.shape[0], channels * b * b, x.shape[2] / b, x.shape[3] / b}, [&](const Shape& at) {
    const std::int64_t place = at[1] / channels;
    return Shape{at[0], at[1] % channels, at[2] * b + place / b, at[3] * b + place % b};
  })};
}

/// The source coordinate of an output element, and interpolation between its neighbours, axis by axis.
TensorD resize_axis(const Call& call, const TensorD& x, std::size_t axis, double scale, std::int64_t size) {
  const std::string mode = call.text("mode", "nearest"),
                    how = call.text("coordinate_transformation_mode", "half_pixel");
  const auto in = static_cast<double>(x.shape[axis]);
  Shape shape = x.shape;
  shape[axis] = size;
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& at) {
    const auto o = static_cast<double>(at[axis]);
    double from = (o + 0.5) / scale - 0.5;
    if (how == "asymmetric") from = o / scale;
    if (how == "align_corners") from = o * (in - 1) / static_cast<double>(size - 1);
    const auto value = [&](double place) {
      Shape source = at;
      source[axis] = static_cast<std::int64_t>(std::min(std::max(place, 0.0), in - 1));
      return element(x, source);
    };
    const double low = std::floor(from), t = from - low;
    if (mode == "nearest") {
      const bool floor = call.text("nearest_mode", "round_prefer_floor") == "floor";
      element(out, at) = value(floor ? low : std::ceil(from - 0.5));
    } else if (mode == "linear") {
      element(out, at) = value(low) * (1 - t) + value(low + 1) * t;
    } else {
      const double a = call.real("cubic_coeff_a", -0.75);
      for (int tap = -1; tap <= 2; ++tap) {
        const double d = std::fabs(t - tap);
        const double weight =
            d <= 1 ? (a + 2) * d * d * d - (a + 3) * d * d + 1 : a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a;
        element(out, at) += weight * value(low + tap);
      }
    }
  });
  return out;
}

Outputs resize(const Call& call) {
  TensorD x = call.in(0);
  const Shape shape = x.shape;
  const bool by_size = call.has(3);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const auto in = static_cast<double>(shape[axis]);
    const double scale = by_size ? static_cast<double>(whole_numbers(call.in(3))[axis]) / in : call.in(2).data[axis];
    const auto size = static_cast<std::int64_t>(by_size ? whole_numbers(call.in(3))[axis]
                                                        : static_cast<std::int64_t>(std::floor(in * scale)));
    if (scale != 1) x = resize_axis(call, x, axis, scale, size);
  }
  return {x};
}

}  // namespace

const OperatorTable& layout_operators() {
  static const OperatorTable kTable = {
      {"Concat", concat},
      {"DepthToSpace", depth_to_space},
      {"Expand", expand},
      {"Flatten", flatten},
      {"Pad", pad},
      {"Reshape", reshape},
      {"Resize", resize},
      {"Slice", slice},
      {"SpaceToDepth", space_to_depth},
      {"Split", split},
      {"Squeeze", squeeze},
      {"Tile", tile},
      {"Transpose", transpose},
      {"Trilu", trilu},
      {"Unsqueeze", unsqueeze},
  };
  return kTable;
}

}  // namespace pellucid::tests
