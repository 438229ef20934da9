#pragma once

#include <map>
#include <tuple>

#include "graph/builder.hpp"
#include "graph/passes/quantised/dequantise_tensor.hpp"

namespace pellucid::graph {

/// How the whole numbers of a value stand for real ones: real = scale · (q − zero_point).
struct Scaling {
  ValueId scale = kNone;
  ValueId zero_point = kNone;  ///< kNone: 0
  Granularity granularity = {};
};

/// The floating-point values that quantised ones stand for, while a graph is rewritten. What rounds and saturates is
/// dropped, but for a saturation at 0, which quantisers put in the place of a Relu.
class Reals {
 public:
  explicit Reals(Graph& graph) : graph_(graph), build_(graph) {}

  [[nodiscard]] Graph& graph() { return graph_; }
  /// A builder whose nodes stem from `node`.
  Builder& build_for(const Node& node);

  /// `quantised` stands for `real`; where it saturates at 0, for what is left of it.
  void stand(ValueId quantised, ValueId real, const Scaling& scaling);
  /// How `quantised` was said to stand for another value; nullptr where it wasn't.
  [[nodiscard]] const Scaling* scaling_of(ValueId quantised) const;
  /// The real value of `reader`'s input `quantised`: made before, a dequantised constant, or one of them moved about.
  /// Throws Error{kUnsupported} where it is none of that.
  ValueId of(ValueId quantised, const Scaling& scaling, const Node& reader);
  /// The constant that `id` is; throws Error{kUnsupported} naming `reader` where it isn't one.
  [[nodiscard]] const Tensor& constant(ValueId id, const Node& reader) const;
  /// All that read `from` read `to`.
  void replace(ValueId from, ValueId to);

 private:
  struct Stand {
    ValueId real = kNone;
    Scaling scaling;
  };

  [[nodiscard]] bool same(ValueId a, ValueId b, bool zero) const;
  ValueId above_zero(ValueId quantised, ValueId real, const Scaling& scaling);
  ValueId dequantised(ValueId quantised, const Scaling& scaling, const Node& reader);
  ValueId moved(ValueId quantised, const Scaling& scaling, const Node& reader);
  [[nodiscard]] Scaling before(const Node& mover, const Scaling& scaling, const Node& reader) const;

  Graph& graph_;
  Builder build_;
  std::map<ValueId, Stand> stands_;
  std::map<ValueId, ValueId> above_;
  std::map<std::tuple<ValueId, ValueId, ValueId, std::int64_t, std::int64_t>, ValueId> constants_;
};

/// The input `at` of a node; kNone where it is absent.
[[nodiscard]] inline ValueId input_at(const Node& node, std::size_t at) {
  return at < node.inputs.size() ? node.inputs[at] : kNone;
}

}  // namespace pellucid::graph
