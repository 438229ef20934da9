#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

struct Geometry {
  std::vector<std::int64_t> kernel, strides, dilations, begins, ends;
  Shape out;  ///< spatial
};

Geometry geometry(const Call& call, std::vector<std::int64_t> kernel) {
  const std::size_t rank = kernel.size();
  Geometry g;
  g.kernel = std::move(kernel);
  g.strides = call.list("strides");
  g.dilations = call.list("dilations");
  std::vector<std::int64_t> pads = call.list("pads");
  if (g.strides.empty()) g.strides.assign(rank, 1);
  if (g.dilations.empty()) g.dilations.assign(rank, 1);
  if (pads.empty()) pads.assign(2 * rank, 0);
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const bool ceil = call.attribute("ceil_mode", 0) != 0;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t in = call.in(0).shape[i + 2], reach = (g.kernel[i] - 1) * g.dilations[i] + 1;
    std::int64_t begin = pads[i], end = pads[i + rank];
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      const std::int64_t wanted = (in + g.strides[i] - 1) / g.strides[i];
      const std::int64_t total = std::max<std::int64_t>(0, (wanted - 1) * g.strides[i] + reach - in);
      begin = automatic == "SAME_UPPER" ? total / 2 : (total + 1) / 2;
      end = total - begin;
    }
    const std::int64_t room = in + begin + end - reach;
    std::int64_t out = room / g.strides[i] + 1;
    if (ceil && room % g.strides[i] != 0 && out * g.strides[i] < in + begin) ++out;
    g.begins.push_back(begin);
    g.ends.push_back(end);
    g.out.push_back(out);
  }
  return g;
}

/// Where tap `k` of the window at `o` lies in the input; false where that is padding.
bool input_place(const Geometry& g, const Shape& in, const Shape& o, const Shape& k, Shape& place) {
  bool inside = true;
  for (std::size_t i = 0; i < k.size(); ++i) {
    place[i + 2] = o[i + 2] * g.strides[i] + k[i] * g.dilations[i] - g.begins[i];
    inside = inside && place[i + 2] >= 0 && place[i + 2] < in[i + 2];
  }
  return inside;
}

Outputs conv(const Call& call) {
  const TensorD &x = call.in(0), &w = call.in(1);
  const std::int64_t groups = call.attribute("group", 1), per_group = w.shape[1], out_channels = w.shape[0];
  const Geometry g = geometry(call, {w.shape.begin() + 2, w.shape.end()});
  Shape shape{x.shape[0], out_channels};
  shape.insert(shape.end(), g.out.begin(), g.out.end());
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& at) {
    double sum = call.has(2) ? call.in(2).data[static_cast<std::size_t>(at[1])] : 0;
    Shape place(x.rank());
    place[0] = at[0];
    for (std::int64_t c = 0; c < per_group; ++c) {
      place[1] = at[1] / (out_channels / groups) * per_group + c;
      for_each_index(g.kernel, [&](const Shape& k) {
        if (!input_place(g, x.shape, at, k, place)) return;
        Shape tap{at[1], c};
        tap.insert(tap.end(), k.begin(), k.end());
        sum += element(x, place) * element(w, tap);
      });
    }
    element(out, at) = sum;
  });
  return {out};
}

Outputs conv_transpose(const Call& call) {
  const TensorD &x = call.in(0), &w = call.in(1);  // w: [channels in, channels out / group, kernel…]
  const std::int64_t groups = call.attribute("group", 1), per_group = w.shape[1];
  Geometry g = geometry(call, {w.shape.begin() + 2, w.shape.end()});
  std::vector<std::int64_t> extra = call.list("output_padding");
  if (extra.empty()) extra.assign(g.kernel.size(), 0);
  const std::string automatic = call.text("auto_pad", "NOTSET");
  const std::vector<std::int64_t> given = call.list("output_shape");
  Shape shape{x.shape[0], per_group * groups};
  for (std::size_t i = 0; i < g.kernel.size(); ++i) {
    const std::int64_t covered =
        g.strides[i] * (x.shape[i + 2] - 1) + extra[i] + (g.kernel[i] - 1) * g.dilations[i] + 1;
    const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
    if (same || !given.empty()) {
      const std::int64_t size =
          given.empty() ? x.shape[i + 2] * g.strides[i] : given[given.size() - g.kernel.size() + i];
      const std::int64_t total = covered - size;
      g.begins[i] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      g.ends[i] = total - g.begins[i];
    }
    shape.push_back(covered - g.begins[i] - g.ends[i]);
  }
  TensorD out = filled(shape, 0);
  if (call.has(2))
    for_each_index(shape,
                   [&](const Shape& at) { element(out, at) = call.in(2).data[static_cast<std::size_t>(at[1])]; });
  for_each_index(x.shape, [&](const Shape& at) {
    Shape place(x.rank());
    place[0] = at[0];
    for (std::int64_t c = 0; c < per_group; ++c) {
      place[1] = at[1] / (x.shape[1] / groups) * per_group + c;
      for_each_index(g.kernel, [&](const Shape& k) {
        if (!input_place(g, shape, at, k, place)) return;
        Shape tap{at[1], c};
        tap.insert(tap.end(), k.begin(), k.end());
        element(out, place) += element(x, at) * element(w, tap);
      });
    }
  });
  return {out};
}

Outputs max_pool(const Call& call) {
  const TensorD& x = call.in(0);
  const Geometry g = geometry(call, call.list("kernel_shape"));
  Shape shape{x.shape[0], x.shape[1]};
  shape.insert(shape.end(), g.out.begin(), g.out.end());
  TensorD out = filled(shape, -HUGE_VAL), indices = filled(shape, -1);
  for_each_index(shape, [&](const Shape& at) {
    Shape place = at;
    for_each_index(g.kernel, [&](const Shape& k) {
      if (!input_place(g, x.shape, at, k, place) || element(x, place) <= element(out, at)) return;
      element(out, at) = element(x, place);
      element(indices, at) = static_cast<double>(offset(x.shape, place));
    });
  });
  return {out, indices};
}

Outputs average_pool(const Call& call) {
  const TensorD& x = call.in(0);
  const Geometry g = geometry(call, call.list("kernel_shape"));
  const bool count_padding = call.attribute("count_include_pad", 0) != 0;
  Shape shape{x.shape[0], x.shape[1]};
  shape.insert(shape.end(), g.out.begin(), g.out.end());
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& at) {
    Shape place = at;
    double sum = 0, count = 0;
    for_each_index(g.kernel, [&](const Shape& k) {
      const bool inside = input_place(g, x.shape, at, k, place);
      if (inside) sum += element(x, place);
      if (inside || count_padding) count += 1;
    });
    element(out, at) = sum / count;
  });
  return {out};
}

double norm(const std::vector<double>& values, double p) {
  double sum = 0;
  for (const double value : values) sum += std::pow(std::fabs(value), p);
  return std::pow(sum, 1 / p);
}

Outputs lp_pool(const Call& call) {
  const TensorD& x = call.in(0);
  const Geometry g = geometry(call, call.list("kernel_shape"));
  Shape shape{x.shape[0], x.shape[1]};
  shape.insert(shape.end(), g.out.begin(), g.out.end());
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& at) {
    Shape place = at;
    std::vector<double> seen;
    for_each_index(g.kernel, [&](const Shape& k) {
      if (input_place(g, x.shape, at, k, place)) seen.push_back(element(x, place));
    });
    element(out, at) = norm(seen, static_cast<double>(call.attribute("p", 2)));
  });
  return {out};
}

/// The spatial axes made one, reduced by `reduce(values)`.
template <class Reduce>
Outputs global_pool(const Call& call, Reduce reduce) {
  const TensorD& x = call.in(0);
  Shape shape{x.shape[0], x.shape[1]};
  const std::int64_t area = x.size() / (shape[0] * shape[1]);
  shape.resize(x.rank(), 1);
  TensorD out = filled(shape, 0);
  for (std::size_t n = 0; n < out.data.size(); ++n) {
    const auto begin = x.data.begin() + static_cast<std::ptrdiff_t>(n) * area;
    out.data[n] = reduce(std::vector<double>(begin, begin + area));
  }
  return {out};
}

double average(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

const OperatorTable& window_operators() {
  static const OperatorTable kTable = {
      {"AveragePool", average_pool},
      {"Conv", conv},
      {"ConvTranspose", conv_transpose},
      {"GlobalAveragePool", [](const Call& c) { return global_pool(c, average); }},
      {"GlobalLpPool",
       [](const Call& c) {
         const auto p = static_cast<double>(c.attribute("p", 2));
         return global_pool(c, [p](const std::vector<double>& v) { return norm(v, p); });
       }},
      {"GlobalMaxPool",
       [](const Call& c) {
         return global_pool(c, [](const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); });
       }},
      {"LpPool", lp_pool},
      {"MaxPool", max_pool},
  };
  return kTable;
}

}  // namespace pellucid::tests
