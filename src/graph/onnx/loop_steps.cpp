#include "graph/onnx/loop_steps.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/fold.hpp"

namespace pellucid::graph {
namespace {

using Names = std::set<std::string>;
constexpr int kFirstState = 2;  // inputs of a Loop and of its body before the values that it carries

/// Operators that a condition may be computed with: they end soon, and don't grow what they are given.
bool is_plain(const onnx::NodeProto& node) {
  static const Names kOps = {"Abs",      "Add",  "And",         "Cast", "Div",   "Equal", "Greater", "GreaterOrEqual",
                             "Identity", "Less", "LessOrEqual", "Max",  "Min",   "Mod",   "Mul",     "Neg",
                             "Not",      "Or",   "Squeeze",     "Sub",  "Where", "Xor"};
  return (node.domain().empty() || node.domain() == "ai.onnx") && kOps.count(node.op_type()) != 0;
}

/// What the next condition of a Loop is computed from.
class ConditionPart {
 public:
  ConditionPart(const onnx::NodeProto& loop, const onnx::GraphProto& body) : loop_(loop), body_(body) {
    needed_.insert(body.output(0).name());
    for (std::size_t before = 0; before != needed_.size();) {
      before = needed_.size();
      follow_nodes();
      follow_states();
    }
  }

  /// The outer constants that are read; std::nullopt where something else is.
  [[nodiscard]] std::optional<std::vector<onnx::TensorProto>> constants(const onnx::GraphProto& graph) const {
    Names outer;
    for (int i = 0; i < kFirstState && i < loop_.input_size(); ++i)
      if (!loop_.input(i).empty()) outer.insert(loop_.input(i));
    for (int i = kFirstState; i < loop_.input_size(); ++i)
      if (carries(i)) outer.insert(loop_.input(i));
    Names inside;
    for (const auto& input : body_.input()) inside.insert(input.name());
    for (const auto& tensor : body_.initializer()) inside.insert(tensor.name());
    for (const onnx::NodeProto& node : body_.node()) {
      if (!computes(node)) continue;
      if (!is_plain(node)) return std::nullopt;
      inside.insert(node.output().begin(), node.output().end());
    }
    std::set_difference(needed_.begin(), needed_.end(), inside.begin(), inside.end(),
                        std::inserter(outer, outer.end()));
    std::vector<onnx::TensorProto> found;
    for (const onnx::TensorProto& tensor : graph.initializer())
      if (outer.count(tensor.name()) != 0) found.push_back(tensor);
    if (found.size() != outer.size()) return std::nullopt;
    return found;
  }

  /// The Loop without what its condition doesn't need, which gives every step's condition as `steps`.
  [[nodiscard]] onnx::NodeProto alone(const std::string& most, const std::string& steps) const {
    onnx::NodeProto node;
    node.set_op_type("Loop");
    node.add_input(most);
    node.add_input(loop_.input_size() > 1 ? loop_.input(1) : "");
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name("body");
    attribute.set_type(onnx::AttributeProto::GRAPH);
    onnx::GraphProto& part = *attribute.mutable_g();
    part.set_name("condition");
    for (const onnx::NodeProto& one : body_.node())
      if (computes(one)) *part.add_node() = one;
    for (const onnx::TensorProto& tensor : body_.initializer())
      if (needed_.count(tensor.name()) != 0) *part.add_initializer() = tensor;
    for (int i = 0; i < body_.input_size(); ++i) {
      if (i >= kFirstState && !carries(i)) continue;
      *part.add_input() = body_.input(i);
      if (i >= kFirstState) node.add_input(loop_.input(i));
    }
    add_outputs(node, part);
    node.add_output(steps);
    return node;
  }

 private:
  void add_outputs(onnx::NodeProto& node, onnx::GraphProto& part) const {
    const auto give = [this, &part](int output, const std::string& suffix) {
      onnx::NodeProto& same = *part.add_node();
      same.set_op_type("Identity");
      same.add_input(body_.output(output).name());
      same.add_output(body_.output(output).name() + suffix);
      onnx::ValueInfoProto& info = *part.add_output();
      info = body_.output(output);
      info.set_name(same.output(0));
    };
    give(0, "/next");
    for (int i = kFirstState; i < body_.input_size(); ++i) {
      if (!carries(i)) continue;
      give(i - 1, "/" + std::to_string(i));
      node.add_output(body_.input(i).name() + "/last");
    }
    give(0, "/each");
  }

  [[nodiscard]] bool computes(const onnx::NodeProto& node) const {
    return std::any_of(node.output().begin(), node.output().end(),
                       [this](const std::string& output) { return needed_.count(output) != 0; });
  }
  [[nodiscard]] bool carries(int input) const { return needed_.count(body_.input(input).name()) != 0; }

  void follow_nodes() {
    for (auto node = body_.node().rbegin(); node != body_.node().rend(); ++node)
      if (computes(*node))
        for (const std::string& input : node->input())
          if (!input.empty()) needed_.insert(input);
  }
  void follow_states() {
    for (int i = kFirstState; i < body_.input_size(); ++i)
      if (carries(i)) needed_.insert(body_.output(i - 1).name());
  }

  const onnx::NodeProto& loop_;
  const onnx::GraphProto& body_;
  Names needed_;
};

/// A whole number in a tensor of one element.
std::int64_t number(const onnx::TensorProto& proto) {
  const Tensor tensor = tensor_from_onnx(proto, nullptr, {});
  PELLUCID_CHECK(tensor.type() == ElementType::kInt64 && tensor.size() == 1, kBadInput,
                 "'{}' counts the steps of a Loop, and is not one int64", proto.name());
  return tensor.values<std::int64_t>()[0];
}

std::int64_t run_alone(const onnx::ModelProto& model, const onnx::NodeProto& loop,
                       const std::vector<onnx::TensorProto>& constants, std::int64_t most) {
  onnx::ModelProto alone;
  alone.set_ir_version(model.ir_version());
  *alone.mutable_opset_import() = model.opset_import();
  onnx::GraphProto& graph = *alone.mutable_graph();
  graph.set_name("condition");
  *graph.add_node() = loop;
  for (const onnx::TensorProto& tensor : constants)
    if (tensor.name() != loop.input(0)) *graph.add_initializer() = tensor;
  const Tensor limit(Shape{}, std::vector<std::int64_t>{most});
  *graph.add_initializer() = tensor_to_onnx(limit, loop.input(0));
  const std::string& steps = loop.output(loop.output_size() - 1);
  graph.add_output()->set_name(steps);
  const run::Session session = plain_session(alone, "the condition of a Loop");
  return session.run({}, {steps}).at(steps).shape().at(0);
}

}  // namespace

std::optional<std::int64_t> loop_steps(const onnx::ModelProto& model, const onnx::NodeProto& loop,
                                       const onnx::GraphProto& body, std::int64_t most) {
  const ConditionPart condition(loop, body);
  const auto constants = condition.constants(model.graph());
  if (!constants) return std::nullopt;
  const std::string count = loop.input_size() > 0 ? loop.input(0) : "";
  for (const onnx::TensorProto& tensor : *constants)
    if (tensor.name() == count) most = std::clamp<std::int64_t>(number(tensor), 0, most);
  return run_alone(model, condition.alone("pellucid/most", "pellucid/steps"), *constants, most);
}

}  // namespace pellucid::graph
