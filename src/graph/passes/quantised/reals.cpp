#include "graph/passes/quantised/reals.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "graph/passes/quantised/never_negative.hpp"

namespace pellucid::graph {
namespace {

/// Operators that move elements about and leave them as they are, with the inputs that hold elements.
std::vector<std::size_t> moved_inputs(const Node& node) {
  static const std::vector<std::string> kFirst = {"Expand",  "Flatten",   "Gather",   "GatherElements", "Identity",
                                                  "MaxPool", "Reshape",   "Slice",    "Split",          "Squeeze",
                                                  "Tile",    "Transpose", "Unsqueeze"};
  if (!node.domain.empty()) return {};
  if (std::find(kFirst.begin(), kFirst.end(), node.op) != kFirst.end()) return {0};
  if (node.op == "Where") return {1, 2};
  std::vector<std::size_t> all;
  if (node.op == "Concat")
    for (std::size_t i = 0; i < node.inputs.size(); ++i) all.push_back(i);
  return all;
}

double lowest(ElementType type) {
  if (type == ElementType::kInt8) return -128;
  return type == ElementType::kInt16 ? -32768 : 0;
}

}  // namespace

Builder& Reals::build_for(const Node& node) {
  build_.set_source(node.source);
  return build_;
}

void Reals::stand(ValueId quantised, ValueId real, const Scaling& scaling) {
  stands_[quantised] = {above_zero(quantised, real, scaling), scaling};
}

const Scaling* Reals::scaling_of(ValueId quantised) const {
  const auto at = stands_.find(quantised);
  return at == stands_.end() ? nullptr : &at->second.scaling;
}

/// Where 0 is the lowest number that there is, what is negative becomes 0: a quantiser leaves out the Relu then.
ValueId Reals::above_zero(ValueId quantised, ValueId real, const Scaling& scaling) {
  const ElementType type = graph_.value(quantised).type;
  const ValueId zero_point = scaling.zero_point;
  double scale = 0;
  // The range of a mask of -3e38 overflows: the zero point then says nothing.
  if (constant_scalar(graph_, scaling.scale, scale) && !std::isfinite(scale)) return real;
  if (zero_point != kNone) {
    if (!graph_.is_constant(zero_point)) return real;
    for (const double zero : graph_.value(zero_point).constant.to_doubles())
      if (zero != lowest(type)) return real;
  } else if (lowest(type) != 0) {
    return real;
  }
  if (never_negative(graph_, real)) return real;
  const auto [at, fresh] = above_.try_emplace(real, kNone);
  if (fresh) at->second = build_.unary("Relu", real);
  return at->second;
}

const Tensor& Reals::constant(ValueId id, const Node& reader) const {
  PELLUCID_CHECK(graph_.is_constant(id), kUnsupported,
                 "{}: its scale, zero point or weight '{}' is computed from the data, which is not supported; explain "
                 "the float export that the model was made from",
                 describe(reader), id == kNone ? "" : graph_.value(id).name);
  return graph_.value(id).constant;
}

bool Reals::same(ValueId a, ValueId b, bool zero) const {
  if (a == b) return true;
  const auto numbers = [&](ValueId id) {
    if (id == kNone && zero) return std::vector<double>{0};
    return graph_.is_constant(id) ? graph_.value(id).constant.to_doubles() : std::vector<double>{};
  };
  const std::vector<double> x = numbers(a), y = numbers(b);
  if (zero && std::max(x.size(), y.size()) > 1 && std::min(x.size(), y.size()) == 1) {
    const std::vector<double>& many = x.size() > 1 ? x : y;
    return std::all_of(many.begin(), many.end(), [&](double each) { return each == (x.size() > 1 ? y : x)[0]; });
  }
  return !x.empty() && x == y;
}

ValueId Reals::of(ValueId quantised, const Scaling& scaling, const Node& reader) {
  PELLUCID_CHECK(quantised != kNone, kBadInput, "{}: an input is missing", describe(reader));
  if (const auto at = stands_.find(quantised); at != stands_.end()) {
    const Scaling& made = at->second.scaling;
    PELLUCID_CHECK(same(made.scale, scaling.scale, false) && same(made.zero_point, scaling.zero_point, true),
                   kUnsupported,
                   "{}: it reads '{}' with another scale or zero point than it was quantised with, which is not "
                   "supported; explain the float export that the model was made from",
                   describe(reader), graph_.value(quantised).name);
    return at->second.real;
  }
  return graph_.is_constant(quantised) ? dequantised(quantised, scaling, reader) : moved(quantised, scaling, reader);
}

ValueId Reals::dequantised(ValueId quantised, const Scaling& scaling, const Node& reader) {
  const Granularity& how = scaling.granularity;
  const auto [at, fresh] =
      constants_.try_emplace({quantised, scaling.scale, scaling.zero_point, how.axis, how.block}, kNone);
  if (!fresh) return at->second;
  const Tensor& q = constant(quantised, reader);
  std::optional<Tensor> zero;
  if (scaling.zero_point != kNone) zero = constant(scaling.zero_point, reader);
  Tensor real = dequantise_tensor(q, constant(scaling.scale, reader), zero, how, describe(reader));
  std::string name = graph_.value(quantised).name + "/dequantised";
  if (graph_.find(name) != kNone) name = graph_.fresh_name("dequantised");
  at->second = graph_.add_constant(std::move(real), name);
  return at->second;
}

/// The scaling of what a mover moves: an axis that scales differ along moves, too.
Scaling Reals::before(const Node& mover, const Scaling& scaling, const Node& reader) const {
  if (graph_.is_constant(scaling.scale) && graph_.value(scaling.scale).constant.size() == 1) return scaling;
  Scaling inner = scaling;
  const std::int64_t rank = graph_.rank(mover.outputs[0]);
  std::vector<std::int64_t> permutation = ints_attribute(mover, "perm");
  if (mover.op == "Transpose" && !permutation.empty()) {
    inner.granularity.axis = permutation.at(static_cast<std::size_t>(positive_axis(scaling.granularity.axis, rank)));
    return inner;
  }
  PELLUCID_CHECK(mover.op == "Identity" || !graph_.is_constant(scaling.scale), kUnsupported,
                 "{}: its scales differ along an axis that {} moves, which is not supported; explain the float export "
                 "that the model was made from",
                 describe(reader), describe(mover));
  return inner;
}

ValueId Reals::moved(ValueId quantised, const Scaling& scaling, const Node& reader) {
  const Node* mover = graph_.producer(quantised);
  const std::vector<std::size_t> inputs = mover == nullptr ? std::vector<std::size_t>{} : moved_inputs(*mover);
  PELLUCID_CHECK(
      !inputs.empty(), kUnsupported,
      "{}: its quantised input '{}' comes from {}, which is not supported; explain the float export that the "
      "model was made from",
      describe(reader), graph_.value(quantised).name, mover == nullptr ? "an input of the model" : describe(*mover));
  Node copy = *mover;
  const Scaling inner = before(*mover, scaling, reader);
  for (const std::size_t i : inputs) copy.inputs.at(i) = of(copy.inputs.at(i), inner, reader);
  std::vector<Dims> dims;
  for (const ValueId output : mover->outputs) {
    PELLUCID_CHECK(output != kNone && graph_.value(output).type == graph_.value(quantised).type, kUnsupported,
                   "{}: its further outputs are not supported on quantised values", describe(*mover));
    dims.push_back(graph_.dims(output));
  }
  const std::vector<ValueId> moved = mover->outputs;
  const NodeId id =
      graph_.add_node(std::move(copy), std::vector<ElementType>(dims.size(), ElementType::kFloat32), dims);
  for (std::size_t i = 0; i < moved.size(); ++i) stands_[moved[i]] = {graph_.node(id).outputs[i], scaling};
  return stands_.at(quantised).real;
}

void Reals::replace(ValueId from, ValueId to) {
  const bool output = std::find(graph_.outputs.begin(), graph_.outputs.end(), from) != graph_.outputs.end();
  const bool made = graph_.value(to).kind == ValueKind::kNodeOutput;
  const bool other = std::find(graph_.outputs.begin(), graph_.outputs.end(), to) != graph_.outputs.end();
  if (output && (!made || other)) to = build_.unary("Identity", to);
  graph_.replace_uses(from, to);
}

}  // namespace pellucid::graph
