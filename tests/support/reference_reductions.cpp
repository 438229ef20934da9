#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using Values = std::vector<double>;

/// The elements that differ only along `axes`, in one list per place of the other axes; `write` gets the list and
/// may change it, and the changed lists are put back.
template <class Visit>
TensorD over_axes(const TensorD& x, const std::vector<std::size_t>& axes, Visit visit) {
  Shape outer = x.shape, inner(x.rank(), 1);
  for (const std::size_t axis : axes) {
    outer[axis] = 1;
    inner[axis] = x.shape[axis];
  }
  TensorD out = x;
  for_each_index(outer, [&](const Shape& base) {
    std::vector<std::size_t> places;
    Values values;
    for_each_index(inner, [&](const Shape& step) {
      Shape at = base;
      for (std::size_t i = 0; i < at.size(); ++i) at[i] += step[i];
      places.push_back(offset(x.shape, at));
      values.push_back(x.data[places.back()]);
    });
    visit(base, values);
    for (std::size_t i = 0; i < places.size(); ++i) out.data[places[i]] = values[i];
  });
  return out;
}

double sum(const Values& v) { return std::accumulate(v.begin(), v.end(), 0.0); }
double mean(const Values& v) { return sum(v) / static_cast<double>(v.size()); }
double largest(const Values& v) { return *std::max_element(v.begin(), v.end()); }
double smallest(const Values& v) { return *std::min_element(v.begin(), v.end()); }
double squares(const Values& v) { return std::inner_product(v.begin(), v.end(), v.begin(), 0.0); }
double length(const Values& v) { return std::sqrt(squares(v)); }
double magnitude(const Values& v) {
  return std::accumulate(v.begin(), v.end(), 0.0, [](double s, double x) { return s + std::fabs(x); });
}
double log_sum(const Values& v) { return std::log(sum(v)); }
double product(const Values& v) { return std::accumulate(v.begin(), v.end(), 1.0, std::multiplies<>()); }
double log_sum_exp(const Values& v) {
  return std::log(std::accumulate(v.begin(), v.end(), 0.0, [](double s, double x) { return s + std::exp(x); }));
}

template <double (*reduce)(const Values&)>
Outputs reduction(const Call& call) {
  const TensorD& x = call.in(0);
  std::vector<std::int64_t> given = call.has(1) ? whole_numbers(call.in(1)) : std::vector<std::int64_t>{};
  if (given.empty() && call.attribute("noop_with_empty_axes", 0) != 0) return {x};
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : given)
    axes.push_back(static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.rank()) : axis));
  if (axes.empty())
    for (std::size_t i = 0; i < x.rank(); ++i) axes.push_back(i);
  Shape kept = x.shape, dropped;
  for (const std::size_t axis : axes) kept[axis] = 1;
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) dropped.push_back(x.shape[i]);
  TensorD out = filled(kept, 0);
  (void)over_axes(x, axes, [&](const Shape& base, const Values& values) { element(out, base) = reduce(values); });
  if (call.attribute("keepdims", 1) == 0) out.shape = dropped;
  return {out};
}

Outputs arg_max(const Call& call) {
  const TensorD& x = call.in(0);
  const std::size_t axis = call.axis(0);
  Shape kept = x.shape;
  kept[axis] = 1;
  TensorD out = filled(kept, 0);
  (void)over_axes(x, {axis}, [&](const Shape& base, const Values& values) {
    element(out, base) = static_cast<double>(std::max_element(values.begin(), values.end()) - values.begin());
  });
  if (call.attribute("keepdims", 1) == 0) out.shape.erase(out.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  return {out};
}

Outputs softmax(const Call& call) {
  return {over_axes(call.in(0), {call.axis(-1)}, [](const Shape&, Values& values) {
    const double top = largest(values);
    for (double& value : values) value = std::exp(value - top);
    const double total = sum(values);
    for (double& value : values) value /= total;
  })};
}

Outputs log_softmax(const Call& call) {
  return {over_axes(call.in(0), {call.axis(-1)}, [](const Shape&, Values& values) {
    const double total = log_sum_exp(values);
    for (double& value : values) value -= total;
  })};
}

Outputs cum_sum(const Call& call) {
  const std::int64_t axis = whole_numbers(call.in(1)).at(0);
  const auto at = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(call.in(0).rank()) : axis);
  const bool reverse = call.attribute("reverse", 0) != 0, exclusive = call.attribute("exclusive", 0) != 0;
  return {over_axes(call.in(0), {at}, [&](const Shape&, Values& values) {
    if (reverse) std::reverse(values.begin(), values.end());
    double total = 0;
    for (double& value : values) {
      const double before = total;
      total += value;
      value = exclusive ? before : total;
    }
    if (reverse) std::reverse(values.begin(), values.end());
  })};
}

/// mean and 1 / sqrt(variance + epsilon)
std::pair<double, double> statistics(const Values& values, double epsilon) {
  const double centre = mean(values);
  double variance = 0;
  for (const double value : values) variance += (value - centre) * (value - centre);
  return {centre, 1 / std::sqrt(variance / static_cast<double>(values.size()) + epsilon)};
}

Outputs layer_normalization(const Call& call) {
  const TensorD& x = call.in(0);
  std::vector<std::size_t> axes;
  for (std::size_t i = call.axis(-1); i < x.rank(); ++i) axes.push_back(i);
  Shape kept = x.shape;
  for (const std::size_t axis : axes) kept[axis] = 1;
  TensorD centres = filled(kept, 0), inverses = filled(kept, 0);
  TensorD out = over_axes(x, axes, [&](const Shape& base, Values& values) {
    const auto [centre, inverse] = statistics(values, call.real("epsilon", 1e-5F));
    element(centres, base) = centre;
    element(inverses, base) = inverse;
    for (double& value : values) value = (value - centre) * inverse;
  });
  for_each_index(out.shape, [&](const Shape& at) {
    element(out, at) *= call.in(1).data[broadcast_offset(call.in(1).shape, at)];
    if (call.has(2)) element(out, at) += call.in(2).data[broadcast_offset(call.in(2).shape, at)];
  });
  return {out, centres, inverses};
}

/// Normalizes groups of channels; scale and bias are per channel or per group.
Outputs grouped_normalization(const Call& call, std::int64_t groups) {
  TensorD x = call.in(0);
  const Shape shape = x.shape;
  const std::int64_t channels = shape[1], area = x.size() / (shape[0] * channels);
  x.shape = {shape[0], groups, channels / groups * area};
  TensorD out = over_axes(x, {2}, [&](const Shape&, Values& values) {
    const auto [centre, inverse] = statistics(values, call.real("epsilon", 1e-5F));
    for (double& value : values) value = (value - centre) * inverse;
  });
  out.shape = shape;
  for_each_index(shape, [&](const Shape& at) {
    const bool per_channel = call.in(1).size() == channels;
    const auto i = static_cast<std::size_t>(per_channel ? at[1] : at[1] / (channels / groups));
    element(out, at) = element(out, at) * call.in(1).data[i] + call.in(2).data[i];
  });
  return {out};
}

Outputs lp_normalization(const Call& call) {
  const bool sums = call.attribute("p", 2) == 1;
  return {over_axes(call.in(0), {call.axis(-1)}, [&](const Shape&, Values& values) {
    const double norm = sums ? magnitude(values) : length(values);
    for (double& value : values) value /= norm;
  })};
}

Outputs mean_variance_normalization(const Call& call) {
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : call.list("axes")) axes.push_back(static_cast<std::size_t>(axis));
  if (axes.empty()) axes = {0, 2, 3};
  return {over_axes(call.in(0), axes, [](const Shape&, Values& values) {
    const double centre = mean(values),
                 variance = squares(values) / static_cast<double>(values.size()) - centre * centre;
    for (double& value : values) value = (value - centre) / (std::sqrt(variance) + 1e-9);
  })};
}

/// Each element over a power of the squares of its neighbours along axis 1.
Outputs lrn(const Call& call) {
  TensorD out = call.in(0);
  const std::int64_t size = call.attribute("size", 1);
  for_each_index(out.shape, [&](const Shape& at) {
    double total = 0;
    for (std::int64_t c = std::max<std::int64_t>(0, at[1] - (size - 1) / 2);
         c <= std::min(out.shape[1] - 1, at[1] + size / 2); ++c) {
      Shape neighbour = at;
      neighbour[1] = c;
      total += element(call.in(0), neighbour) * element(call.in(0), neighbour);
    }
    const double base = call.real("bias", 1) + call.real("alpha", 1e-4) / static_cast<double>(size) * total;
    element(out, at) /= std::pow(base, call.real("beta", 0.75));
  });
  return {out};
}

Outputs batch_normalization(const Call& call) {
  TensorD out = call.in(0);
  for_each_index(out.shape, [&](const Shape& at) {
    const auto c = static_cast<std::size_t>(at[1]);
    const double deviation = std::sqrt(call.in(4).data[c] + call.real("epsilon", 1e-5F));
    element(out, at) = (element(out, at) - call.in(3).data[c]) / deviation * call.in(1).data[c] + call.in(2).data[c];
  });
  return {out};
}

}  // namespace

const OperatorTable& reduction_operators() {
  static const OperatorTable kTable = {
      {"ArgMax", arg_max},
      {"BatchNormalization", batch_normalization},
      {"CumSum", cum_sum},
      {"GroupNormalization", [](const Call& c) { return grouped_normalization(c, c.attribute("num_groups", 1)); }},
      {"InstanceNormalization", [](const Call& c) { return grouped_normalization(c, c.in(0).shape[1]); }},
      {"LayerNormalization", layer_normalization},
      {"LRN", lrn},
      {"LogSoftmax", log_softmax},
      {"LpNormalization", lp_normalization},
      {"MeanVarianceNormalization", mean_variance_normalization},
      {"ReduceL1", reduction<magnitude>},
      {"ReduceL2", reduction<length>},
      {"ReduceLogSum", reduction<log_sum>},
      {"ReduceLogSumExp", reduction<log_sum_exp>},
      {"ReduceMax", reduction<largest>},
      {"ReduceMean", reduction<mean>},
      {"ReduceMin", reduction<smallest>},
      {"ReduceProd", reduction<product>},
      {"ReduceSum", reduction<sum>},
      {"ReduceSumSquare", reduction<squares>},
      {"Softmax", softmax},
  };
  return kTable;
}

}  // namespace pellucid::tests
