#include "graph/passes/narrow.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/check.hpp"
#include "graph/builder.hpp"
#include "graph/passes/retype.hpp"

namespace pellucid::graph {
namespace {

constexpr auto kSingle = ElementType::kFloat32, kDouble = ElementType::kFloat64;

/// The nearest float32 number; finite for a finite one, and not zero for one that isn't.
float rounded(double value) {
  using Limits = std::numeric_limits<float>;
  if (!std::isfinite(value)) return static_cast<float>(value);
  const double magnitude = std::clamp<double>(std::fabs(value), value == 0 ? 0 : Limits::min(), Limits::max());
  return static_cast<float>(std::copysign(magnitude, value));
}

Tensor rounded(const Tensor& constant) {
  Tensor out(kSingle, constant.shape());
  const auto from = constant.values<double>();
  std::transform(from.begin(), from.end(), out.mutable_values<float>().begin(),
                 [](double value) { return rounded(value); });
  return out;
}

class Narrowing {
 public:
  Narrowing(Graph& graph, NodeId first, NodeId end) : graph_(graph), build_(graph), first_(first), end_(end) {}

  void run() {
    check_others();
    for (NodeId id = first_; id < end_; ++id)
      if (!graph_.node(id).removed) narrow_node(graph_.node(id));
  }

 private:
  void check_others() const {
    const auto count = static_cast<NodeId>(graph_.node_count());
    for (NodeId id = 0; id < count; ++id)
      for (const ValueId input : graph_.node(id).inputs)
        PELLUCID_ASSERT(input == kNone || (id >= first_ && id < end_) || graph_.node(id).removed || !is_late(input));
  }

  [[nodiscard]] bool is_late(ValueId id) const {
    const NodeId producer = graph_.value(id).producer;
    return producer >= first_ && producer < end_;
  }

  void narrow_node(Node& node) {
    build_.set_source(node.source);
    for (ValueId& input : node.inputs)
      if (input != kNone && graph_.value(input).type == kDouble && !is_late(input)) input = single(input);
    bool typed = false;
    for (const ValueId output : node.outputs) {
      if (output == kNone || graph_.value(output).type != kDouble) continue;
      graph_.value(output).type = kSingle;
      typed = true;
    }
    if (typed) retype_attributes(node, kSingle);
  }

  /// A float64 value from before, in float32.
  ValueId single(ValueId id) {
    const auto [at, fresh] = singles_.try_emplace(id, kNone);
    if (fresh) at->second = make_single(id);
    return at->second;
  }

  ValueId make_single(ValueId id) {
    if (graph_.is_constant(id))
      return graph_.add_constant(rounded(graph_.value(id).constant), graph_.fresh_name("single"));
    const Node* node = graph_.producer(id);
    const bool widened = node != nullptr && node->op == "Cast" && graph_.value(node->inputs[0]).type == kSingle;
    return widened ? node->inputs[0] : build_.cast(id, kSingle);
  }

  Graph& graph_;
  Builder build_;
  NodeId first_, end_;
  std::map<ValueId, ValueId> singles_;
};

}  // namespace

void narrow(Graph& graph, NodeId first, NodeId end) { Narrowing(graph, first, end).run(); }

}  // namespace pellucid::graph
