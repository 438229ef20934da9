#include <numeric>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators {

using graph::Dims;
using graph::ValueId;

namespace {

/// The same by one LayerNormalization node without gain, which has the inverse deviation as its third output.
/// Its statistics are float32, so this is for float32 only.
Normalized normalize_fused(graph::Builder& build, ValueId x, std::int64_t axis, double epsilon) {
  const Dims dims = build.dims(x);
  Shape normalized;
  Dims statistics = dims;
  for (auto i = static_cast<std::size_t>(axis); i < dims.size(); ++i) {
    normalized.push_back(dims[i].size);
    statistics[i] = {};
  }
  const std::vector<float> ones(static_cast<std::size_t>(element_count(normalized)), 1.0F);
  const ValueId gain = build.graph().add_constant(Tensor(normalized, ones), build.graph().fresh_name("ones"));
  const std::vector<ValueId> out = build.ops("LayerNormalization", {x, gain}, {dims, statistics, statistics},
                                             build.type(x), {{"axis", axis}, {"epsilon", static_cast<float>(epsilon)}});
  return {out[0], out[2]};
}

/// The node's normalized axes and x̂ and r at them.
struct LayerNorm {
  std::vector<std::int64_t> axes;
  Normalized at;
};

/// Gives scale and bias their shares; without `at.value` where x needs nothing.
LayerNorm take_apart(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0), g = step.cotangent();
  const Dims dims = build.dims(x);
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", -1), build.rank(x));
  for (auto i = static_cast<std::size_t>(axis); i < dims.size(); ++i)
    (void)fixed_size(step, dims[i], "a normalized axis");
  LayerNorm norm;
  norm.axes.resize(dims.size() - static_cast<std::size_t>(axis));
  std::iota(norm.axes.begin(), norm.axes.end(), axis);
  PELLUCID_CHECK(g != graph::kNone, kUnsupported, "{}: its mean or deviation output is read; no gradient rule for that",
                 graph::describe(step.node));
  if (step.wants(2)) step.give_summed(2, g);
  if (!step.wants(0) && !step.wants(1)) return norm;
  const double epsilon = graph::float_attribute(step.node, "epsilon", 1e-5F);
  norm.at = build.type(x) == ElementType::kFloat32 ? normalize_fused(build, x, axis, epsilon)
                                                   : normalize(build, x, norm.axes, epsilon);
  if (step.wants(1)) step.give_summed(1, build.mul(g, norm.at.value));
  return norm;
}

/// r g' = g r scale
ValueId scaled_cotangent(Step& step, const LayerNorm& norm) {
  return step.build.mul(step.cotangent(), step.build.mul(norm.at.inverse_deviation, step.input(1)));
}

}  // namespace

namespace gradient {

void layer_normalization(Step& step) {
  const LayerNorm norm = take_apart(step);
  if (step.wants(0))
    step.give(0, normalization_share(step.build, scaled_cotangent(step, norm), norm.at.value, norm.axes));
}

}  // namespace gradient

void layer_normalization_held(Step& step) {
  const LayerNorm norm = take_apart(step);
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const ValueId scaled = scaled_cotangent(step, norm);
  const std::vector<std::int64_t> axes = behind_targets(norm.axes, step.input_rank(0));
  step.give(0, build.sub(scaled, build.reduce_mean(scaled, axes, true)));
}

}  // namespace pellucid::propagate::operators
