#include "anatomy/token_axis.hpp"

#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "anatomy/listed.hpp"
#include "anatomy/plumbing.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

constexpr std::array<std::string_view, 4> kNormsOfFeatures{"LayerNormalization", "RMSNormalization",
                                                           "SimplifiedLayerNormalization", "LpNormalization"};

/// The axis of a value [batch, a, b] that counts tokens, as one node that reads or makes it says: it works along the
/// features, which the other axis is.
std::optional<std::size_t> axis_by(const Dataflow& flow, const Node& node) {
  if (node.op == "Conv") return 2;
  const bool layer = node.op == "MatMul" && projected(flow, node) == node.inputs[0];
  if (layer) return 1;
  if (!listed(kNormsOfFeatures, node.op)) return std::nullopt;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(node, "axis", -1), 3);
  return axis == 2 ? std::optional<std::size_t>(1) : std::nullopt;
}

class AxisVote {
 public:
  explicit AxisVote(const Dataflow& flow) : flow_(flow), graph_(flow.graph()), ballot_({"axis 1", "axis 2"}) {}

  Ballot run(ValueId value) {
    ask(value, false);
    for (const ValueId turned : transposed(value)) ask(turned, true);
    return std::move(ballot_);
  }

 private:
  /// Asks the node that makes a value and those that read it.
  void ask(ValueId value, bool turned) {
    if (const Node* maker = graph_.producer(value); maker != nullptr) note(*maker, "makes it", turned);
    for (const NodeId reader : flow_.readers(value))
      if (const Node& node = graph_.node(reader); node.inputs[0] == value) note(node, "reads it", turned);
  }

  void note(const Node& node, std::string_view how, bool turned) {
    const auto axis = axis_by(flow_, node);
    if (!axis) return;
    ballot_.vote(turned ? 2 - *axis : *axis - 1,
                 fmt::format("{} {}{}", describe(node), how, turned ? ", transposed" : ""));
  }

  [[nodiscard]] bool swaps(const Node& node) const {
    return node.op == "Transpose" && graph::ints_attribute(node, "perm") == std::vector<std::int64_t>{0, 2, 1};
  }

  /// The same with axes 1 and 2 exchanged, before and after.
  [[nodiscard]] std::vector<ValueId> transposed(ValueId value) const {
    std::vector<ValueId> found;
    if (const Node* maker = graph_.producer(value); maker != nullptr && swaps(*maker))
      found.push_back(maker->inputs[0]);
    for (const NodeId reader : flow_.readers(value))
      if (const Node& node = graph_.node(reader); swaps(node)) found.push_back(node.outputs[0]);
    return found;
  }

  const Dataflow& flow_;
  const graph::Graph& graph_;
  Ballot ballot_;
};

}  // namespace

Ballot vote_on_token_axis(const Dataflow& flow, ValueId value) { return AxisVote(flow).run(value); }

bool lists_tokens(const Dataflow& flow, ValueId value) {
  return flow.has_tokens(value) && vote_on_token_axis(flow, value).winner() == 0;
}

}  // namespace pellucid::anatomy
