#include "explain/no_way.hpp"

#include <gtest/gtest.h>

#include "graph/builder.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::explain {
namespace {

using graph::ValueId;

TEST(NoWay, TheFirstNodeWithoutAGradientIsNamed) {
  graph::Graph graph;
  graph::Builder build(graph);
  const ValueId x = graph.add_input("x", ElementType::kFloat32, {{1, true}, {4, false}});
  build.set_source("/round");
  const ValueId whole = build.unary("Floor", build.unary("Tanh", x));
  build.set_source("/end");
  graph.outputs = {build.unary("Ceil", whole)};
  graph.rename(x, "pixels");
  EXPECT_EQ(why_no_way(graph, propagate::make_rule_set("gradient"), x),
            "no differentiable way leads from 'pixels' to the target: the gradient of Floor node '/round' is zero");
}

TEST(NoWay, NothingIsNamedWhereEveryNodeHasAGradient) {
  graph::Graph graph;
  graph::Builder build(graph);
  const ValueId x = graph.add_input("x", ElementType::kFloat32, {{1, true}, {4, false}});
  graph.outputs = {build.unary("Tanh", x)};
  EXPECT_EQ(why_no_way(graph, propagate::make_rule_set("gradient"), x),
            "no differentiable way leads from 'x' to the target");
}

}  // namespace
}  // namespace pellucid::explain
