#include "anatomy/dataflow.hpp"

#include <gtest/gtest.h>

#include "graph/builder.hpp"

namespace pellucid::anatomy {
namespace {

using graph::Builder;
using graph::Dims;
using graph::Graph;
using graph::kNone;
using graph::ValueId;

constexpr graph::Dim kBatch{1, true};

// x → a → {relu, tanh} → sum → sigmoid, and a dead branch of a.
struct Diamond {
  Graph graph;
  ValueId x, a, left, right, sum, out, dead;

  Diamond() {
    Builder build(graph);
    x = graph.add_input("x", ElementType::kFloat32, {kBatch, {4, false}, {8, false}});
    a = build.unary("Exp", x);
    left = build.unary("Relu", a);
    right = build.unary("Tanh", a);
    sum = build.add(left, right);
    dead = build.unary("Neg", a);
    out = build.unary("Sigmoid", sum);
    graph.outputs = {out};
  }
};

TEST(Dataflow, CutsAndDominatorsOfADiamond) {
  const Diamond d;
  const Dataflow flow(d.graph, d.out);
  EXPECT_EQ(flow.next_cut(d.a), d.sum);
  EXPECT_EQ(flow.next_cut(d.left), d.sum);
  EXPECT_EQ(flow.next_cut(d.out), kNone);
  EXPECT_TRUE(flow.dominates(d.a, d.sum));
  EXPECT_FALSE(flow.dominates(d.left, d.sum));
  EXPECT_TRUE(flow.post_dominates(d.sum, d.x));
  EXPECT_FALSE(flow.post_dominates(d.right, d.a));
  EXPECT_EQ(flow.common_dominator({d.left, d.right}), d.a);
}

TEST(Dataflow, DeadEndsVaryButDoNotFlow) {
  const Diamond d;
  const Dataflow flow(d.graph, d.out);
  EXPECT_TRUE(flow.varies(d.dead));
  EXPECT_FALSE(flow.flows(d.dead));
  EXPECT_TRUE(flow.flows(d.left));
}

TEST(Dataflow, TwoInputsHaveNoCommonDominator) {
  Graph graph;
  Builder build(graph);
  const Dims dims{kBatch, {4, false}};
  const ValueId x = graph.add_input("x", ElementType::kFloat32, dims);
  const ValueId y = graph.add_input("y", ElementType::kFloat32, dims);
  const ValueId sum = build.add(x, y);
  graph.outputs = {sum};
  const Dataflow flow(graph, sum);
  EXPECT_EQ(flow.common_dominator({x, y}), kNone);
  EXPECT_FALSE(flow.dominates(x, sum));
  EXPECT_EQ(flow.origins(sum), (std::vector<ValueId>{x, y}));
}

// A shape read off an input carries no data: what is expanded to it stays constant.
TEST(Dataflow, ShapesCarryNoData) {
  Graph graph;
  Builder build(graph);
  const ValueId x = graph.add_input("x", ElementType::kFloat32, {kBatch, {4, false}, {8, false}});
  const ValueId token = graph.add_constant(Tensor(ElementType::kFloat32, {1, 1, 8}), "token");
  const ValueId wide = build.expand(token, {kBatch, {1, false}, {8, false}});
  const ValueId all = build.concat({wide, x}, 1);
  graph.outputs = {all};
  const Dataflow flow(graph, all);
  EXPECT_FALSE(flow.varies(wide));
  EXPECT_TRUE(flow.varies(all));
  EXPECT_TRUE(flow.has_tokens(all));
  EXPECT_EQ(flow.sources(all), std::vector<ValueId>{x});
}

}  // namespace
}  // namespace pellucid::anatomy
