#include "anatomy/scores.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "anatomy/listed.hpp"

namespace pellucid::anatomy {

using graph::Graph;
using graph::kNone;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

constexpr std::array<std::string_view, 3> kLayers{"MatMul", "Gemm", "Conv"};
/// What may stand between a linear layer and the scores.
constexpr std::array<std::string_view, 16> kBehindLayers{
    "Softmax", "LogSoftmax", "Sigmoid", "Add",    "Mul",   "Div",     "Cast",      "Identity",
    "Reshape", "Flatten",    "Slice",   "Gather", "Split", "Squeeze", "Unsqueeze", "Transpose"};

/// What is made from the model's inputs, and what other values are made from, each found in one walk.
class Lineage {
 public:
  explicit Lineage(const Graph& graph)
      : graph_(graph), varies_(graph.value_count()), used_(graph.value_count()), behind_layer_(graph.value_count()) {
    const std::vector<NodeId> order = graph.order();
    for (const ValueId input : graph.inputs) varies_[index(input)] = true;
    for (const NodeId id : order) mark_varying(graph.node(id));
    for (const ValueId output : graph.outputs) used_[index(output)] = true;
    for (auto id = order.rbegin(); id != order.rend(); ++id) mark_sources(graph.node(*id));
  }

  [[nodiscard]] bool is_layer(const Node& node) const {
    return listed(kLayers, node.op) && varies(node.inputs[0]) != varies(node.inputs[1]);
  }
  /// Some output is made from the value by a layer with weights.
  [[nodiscard]] bool feeds_a_layer(ValueId id) const { return behind_layer_[index(id)]; }

  /// The layer that makes a value, seen through what may stand behind one; nullptr where there is none.
  [[nodiscard]] const Node* layer_of(ValueId id) const {
    for (const Node* node = graph_.producer(id); node != nullptr; node = graph_.producer(id)) {
      if (is_layer(*node)) return node;
      const auto varying =
          std::count_if(node->inputs.begin(), node->inputs.end(), [this](ValueId at) { return varies(at); });
      if (varying != 1 || !listed(kBehindLayers, node->op)) return nullptr;
      id = *std::find_if(node->inputs.begin(), node->inputs.end(), [this](ValueId at) { return varies(at); });
    }
    return nullptr;
  }

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }
  [[nodiscard]] bool varies(ValueId id) const { return id != kNone && varies_[index(id)]; }

  void mark_varying(const Node& node) {
    if (std::any_of(node.inputs.begin(), node.inputs.end(), [this](ValueId id) { return varies(id); }))
      for (const ValueId output : node.outputs)
        if (output != kNone) varies_[index(output)] = true;
  }

  void mark_sources(const Node& node) {
    bool used = false, behind = false;
    for (const ValueId output : node.outputs) {
      if (output == kNone) continue;
      used = used || used_[index(output)];
      behind = behind || behind_layer_[index(output)];
    }
    behind = behind || (used && is_layer(node));
    for (const ValueId input : node.inputs) {
      if (input == kNone) continue;
      used_[index(input)] = used_[index(input)] || used;
      behind_layer_[index(input)] = behind_layer_[index(input)] || behind;
    }
  }

  const Graph& graph_;
  std::vector<bool> varies_, used_, behind_layer_;  // by value
};

}  // namespace

ScoresVote vote_on_scores(const Graph& graph) {
  std::vector<ValueId> outputs;
  std::vector<std::string> names;
  for (const ValueId output : graph.outputs) {
    if (!graph.is_float(output) || graph.rank(output) < 2) continue;
    outputs.push_back(output);
    names.push_back(fmt::format("'{}' {}", graph.value(output).name, graph::to_string(graph.dims(output))));
  }
  ScoresVote vote{outputs, Ballot(names)};
  if (outputs.size() < 2) return vote;
  const Lineage lineage(graph);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i] == graph.outputs.front()) vote.ballot.vote(i, "it is the first output");
    if (graph.rank(outputs[i]) == 2) vote.ballot.vote(i, "it has one row for each sample");
    if (!lineage.feeds_a_layer(outputs[i])) vote.ballot.vote(i, "no layer makes another output from it");
    if (const Node* layer = lineage.layer_of(outputs[i])) vote.ballot.vote(i, describe(*layer) + " makes it");
  }
  return vote;
}

ValueId find_logits(const Graph& graph) {
  for (const ValueId output : graph.outputs)
    if (graph.is_float(output) && graph.rank(output) > 1) return output;
  return graph.outputs.empty() ? kNone : graph.outputs.front();
}

}  // namespace pellucid::anatomy
