#include "anatomy/hints.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "anatomy/scores.hpp"
#include "base/check.hpp"

namespace pellucid::anatomy {

using graph::Graph;
using graph::kNone;
using graph::ValueId;

namespace {

/// Names of nodes that hold the last part of a name: what the user may have meant.
std::vector<std::string> names_like(const Graph& graph, const std::string& name) {
  constexpr std::size_t kMost = 4;
  const std::string part = name.substr(name.find_last_of("/.") + 1);
  std::vector<std::string> names;
  for (const graph::NodeId id : graph.order()) {
    const std::string& source = graph.node(id).source;
    const bool like = !part.empty() && source.find(part) != std::string::npos;
    if (like && names.size() < kMost && std::find(names.begin(), names.end(), source) == names.end())
      names.push_back(source);
  }
  return names;
}

/// Each of the blocks' ends comes after the one before.
void check_order(const Graph& graph, const std::vector<ValueId>& blocks) {
  const std::vector<graph::NodeId> order = graph.order();
  const auto place = [&](ValueId value) {
    return std::find(order.begin(), order.end(), graph.value(value).producer) - order.begin();
  };
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i)
    PELLUCID_CHECK(graph.producer(blocks[i]) == nullptr || place(blocks[i]) < place(blocks[i + 1]), kUsage,
                   "block: '{}' is not made after '{}': name them in the order of the data",
                   graph.value(blocks[i + 1]).name, graph.value(blocks[i]).name);
}

/// Where a value [batch, rows, columns, width] is named: the same as a list of tokens, which the passes made of it.
ValueId listed_tokens(const Graph& graph, ValueId value) {
  if (graph.rank(value) < 4) return value;
  for (const graph::NodeId id : graph.consumers(value)) {
    const graph::Node& node = graph.node(id);
    const bool list = node.op == "Reshape" && graph.rank(node.outputs[0]) == 3 &&
                      graph.dims(node.outputs[0]).front() == graph.dims(value).front() &&
                      graph.dims(node.outputs[0]).back() == graph.dims(value).back();
    if (list) return node.outputs[0];
  }
  return value;
}

/// A float tensor [batch, tokens, width].
void check_stream(const Graph& graph, ValueId value, const std::string& what) {
  PELLUCID_CHECK(graph.is_float(value) && !graph.is_constant(value) && graph.rank(value) == 3, kUsage,
                 "{}: '{}' {} is no stream of tokens: that is a float tensor [batch, tokens, width]", what,
                 graph.value(value).name, graph::to_string(graph.dims(value)));
}

}  // namespace

ValueId named_value(const Graph& graph, const std::string& name, const std::string& what) {
  const ValueId value = graph.find(name);
  if (value != kNone) return value;
  ValueId last = kNone;
  for (const graph::NodeId id : graph.order())
    if (graph.node(id).source == name && !graph.node(id).outputs.empty()) last = graph.node(id).outputs.front();
  if (last != kNone) return last;
  const std::vector<std::string> like = names_like(graph, name);
  fail(ErrorCode::kUsage, "{}: the graph has no value or node '{}'{}; 'inspect --rules gradient' lists the nodes", what,
       name, like.empty() ? "" : fmt::format(" (like it: {})", fmt::join(like, ", ")));
}

NamedParts named_parts(const Graph& graph, const AnatomyHints& hints) {
  NamedParts parts;
  if (!hints.tokens.empty()) {
    parts.tokens = listed_tokens(graph, named_value(graph, hints.tokens, "tokens"));
    check_stream(graph, parts.tokens, "tokens");
  }
  for (const std::string& name : hints.attention) parts.attention.push_back(named_value(graph, name, "attention"));
  for (const std::string& name : hints.blocks) {
    parts.blocks.push_back(listed_tokens(graph, named_value(graph, name, "block")));
    check_stream(graph, parts.blocks.back(), "block");
  }
  PELLUCID_CHECK(parts.blocks.size() != 1, kUsage,
                 "block: '{}' alone tells no block: name what enters each block, then what leaves the last",
                 hints.blocks.front());
  check_order(graph, parts.blocks);
  return parts;
}

std::string choose_head(Graph& graph, const std::string& head) {
  const auto lead = [&graph](ValueId value) {
    const auto at = std::find(graph.outputs.begin(), graph.outputs.end(), value);
    std::rotate(graph.outputs.begin(), at, at + 1);
  };
  if (head.empty()) {
    const ScoresVote vote = vote_on_scores(graph);
    if (vote.outputs.size() < 2) return {};
    lead(vote.outputs[vote.ballot.winner()]);
    return "which output holds the scores: " + vote.ballot.text();
  }
  const ValueId value = named_value(graph, head, "head");
  std::vector<std::string> names;
  for (const ValueId output : graph.outputs) names.push_back(graph.value(output).name);
  PELLUCID_CHECK(std::find(graph.outputs.begin(), graph.outputs.end(), value) != graph.outputs.end(), kUsage,
                 "head: '{}' is no output of the model; its outputs: {}", head, fmt::join(names, ", "));
  PELLUCID_CHECK(graph.is_float(value) && graph.rank(value) > 1, kUsage,
                 "head: '{}' {} holds no scores [batch, classes]", head, graph::to_string(graph.dims(value)));
  lead(value);
  return {};
}

}  // namespace pellucid::anatomy
