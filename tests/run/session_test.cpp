#include "run/session.hpp"

#include <gtest/gtest.h>

#include "graph/builder.hpp"
#include "graph/onnx/write.hpp"
#include "support/expect_error.hpp"

namespace pellucid::run {
namespace {

SessionOptions made_by(Origin origin) {
  SessionOptions options;
  options.origin = origin;
  return options;
}

// A graph that ONNX Runtime refuses is the user's fault or ours, depending on who made it.
TEST(Session, BlamesWhoeverMadeARefusedGraph) {
  graph::Graph graph;
  graph::Builder build(graph);
  const graph::Dims dims{{2, false}, {3, false}};
  const graph::ValueId x = graph.add_input("x", ElementType::kFloat32, dims);
  graph.outputs = {
      build.op("Transpose", {x}, dims, ElementType::kFloat32, {{"perm", std::vector<std::int64_t>{2, 0, 1}}})};
  const graph::WrittenGraph written = graph::write_graph(graph);
  const auto load = [&](Origin origin) { const Session session(written.bytes, {}, made_by(origin), "the case"); };
  tests::expect_error(ErrorCode::kBadInput, "the case: ONNX Runtime refuses it", [&] { load(Origin::kUser); });
  tests::expect_error(ErrorCode::kInternal, "internal: the case: ONNX Runtime refuses it",
                      [&] { load(Origin::kCompiled); });
}

TEST(Session, BlamesWhoeverMadeAGraphThatFails) {
  graph::Graph graph;
  graph::Builder build(graph);
  const graph::ValueId x = graph.add_input("x", ElementType::kFloat32, {{4, false}});
  const graph::ValueId index = graph.add_input("index", ElementType::kInt64, {{1, false}});
  graph.outputs = {build.op("Gather", {x, index}, {{1, false}}, ElementType::kFloat32)};
  const std::string name = graph.value(graph.outputs[0]).name;
  const graph::WrittenGraph written = graph::write_graph(graph);
  const TensorMap inputs{{"x", Tensor(ElementType::kFloat32, {4})},
                         {"index", Tensor(Shape{1}, std::vector<std::int64_t>{9})}};
  const auto run = [&](Origin origin) {
    static_cast<void>(Session(written.bytes, {}, made_by(origin), "the case").run(inputs, {name}));
  };
  tests::expect_error(ErrorCode::kBadInput, "the case: ONNX Runtime can't run it", [&] { run(Origin::kUser); });
  tests::expect_error(ErrorCode::kInternal, "internal: the case: ONNX Runtime can't run it",
                      [&] { run(Origin::kCompiled); });
}

}  // namespace
}  // namespace pellucid::run
