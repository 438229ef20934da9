#include "graph/passes/lowerings/lowerings.hpp"

namespace pellucid::graph::lowerings {

/// In whole numbers, which select between the two values.
ValueId one_hot(Lowering& at) {
  Builder& build = at.build;
  const ValueId indices = build.cast(at.input(0), ElementType::kInt64),
                depth = build.cast(at.input(1), ElementType::kInt64);
  const ValueId hot = build.op("OneHot", {indices, depth, build.ints({0, 1})}, at.output_dims(), ElementType::kInt64,
                               at.node.attributes);
  const auto value = [&](std::int64_t i) { return build.squeeze(build.slice(at.input(2), 0, i, 1), 0); };
  return build.where(build.cast(hot, ElementType::kBool), value(1), value(0));
}

/// The first largest element of every vector.
ValueId hardmax(Lowering& at) {
  Builder& build = at.build;
  const Dims dims = at.output_dims();
  const std::int64_t axis = positive_axis(int_attribute(at.node, "axis", -1), static_cast<std::int64_t>(dims.size()));
  Dims dropped = dims;
  dropped.erase(dropped.begin() + axis);
  const ValueId largest =
      build.op("ArgMax", {at.input(0)}, dropped, ElementType::kInt64, {{"axis", axis}, {"keepdims", std::int64_t{0}}});
  const ValueId depth =
      build.scalar(static_cast<double>(dims[static_cast<std::size_t>(axis)].size), ElementType::kInt64);
  const ValueId hot =
      build.op("OneHot", {largest, depth, build.ints({0, 1})}, dims, ElementType::kInt64, {{"axis", axis}});
  return build.cast(hot, build.type(at.input(0)));
}

ValueId non_zero(Lowering& at) {
  Builder& build = at.build;
  const ValueId zero = build.compare("Equal", at.input(0), build.scalar_like(0, at.input(0)));
  return build.op("NonZero", {build.unary("Not", zero)}, at.output_dims(), ElementType::kInt64);
}

}  // namespace pellucid::graph::lowerings
