#include "graph/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "graph/builder.hpp"

namespace pellucid::tests {
namespace {

using graph::NodeId;
using graph::ValueId;

/// A chain of products and, beside each step, the size of its weight: y_{i+1} = (y_i W_i) + (x |W_i|).
struct Chain {
  graph::Graph graph;
  std::vector<NodeId> sizes, steps;

  Chain() {
    graph::Builder build(graph);
    const ValueId x = graph.add_input("x", ElementType::kFloat32, {{1, true}, {4, false}});
    std::vector<ValueId> beside;
    for (int i = 0; i < 3; ++i) {
      const ValueId weight = graph.add_constant(Tensor(Shape{4, 4}, std::vector<float>(16, 1.0F + float(i))));
      const ValueId size = build.unary("Abs", weight);
      sizes.push_back(graph.value(size).producer);
      beside.push_back(build.matmul(x, size));
    }
    ValueId y = x;
    for (const ValueId one : beside) {
      y = build.add(build.unary("Relu", y), one);
      steps.push_back(graph.value(y).producer);
    }
    graph.outputs = {y};
  }
};

std::ptrdiff_t position(const std::vector<NodeId>& order, NodeId id) {
  return std::find(order.begin(), order.end(), id) - order.begin();
}

TEST(Schedule, EveryOperandStandsBeforeItsReader) {
  const Chain chain;
  for (const auto& order : {graph::file_order(chain.graph), graph::run_order(chain.graph)}) {
    ASSERT_EQ(order.size(), chain.graph.node_count());
    for (const NodeId id : order) {
      for (const ValueId input : chain.graph.node(id).inputs) {
        const NodeId from = chain.graph.value(input).producer;
        EXPECT_TRUE(from == graph::kNone || position(order, from) < position(order, id));
      }
    }
  }
}

TEST(Schedule, WhatHangsBesideTheChainIsMadeWhenItIsNeeded) {
  const Chain chain;
  const auto order = graph::run_order(chain.graph);
  for (std::size_t i = 1; i < chain.sizes.size(); ++i)
    EXPECT_GT(position(order, chain.sizes[i]), position(order, chain.steps[i - 1]));
}

}  // namespace
}  // namespace pellucid::tests
