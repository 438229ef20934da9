#include "graph/onnx/inferred_shape.hpp"

#include <span>

#include "run/session.hpp"

namespace pellucid::graph {

Shape inferred_shape(onnx::ModelProto model, const std::string& value) {
  auto& graph = *model.mutable_graph();
  for (const auto* list : {&graph.input(), &graph.output()})
    for (const auto& info : *list)
      if (info.name() == value && info.type().tensor_type().has_shape()) {
        Shape shape;
        for (const auto& axis : info.type().tensor_type().shape().dim())
          shape.push_back(axis.has_dim_value() ? axis.dim_value() : -1);
        return shape;
      }
  graph.clear_output();
  graph.add_output()->set_name(value);
  const std::string text = model.SerializeAsString();
  run::SessionOptions options;
  options.threads = 1;
  options.optimisation = run::Optimisation::kNone;
  return run::Session(std::as_bytes(std::span(text)), {}, options, "the folded graph").outputs().at(0).shape;
}

}  // namespace pellucid::graph
