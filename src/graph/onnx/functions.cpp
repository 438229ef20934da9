#include "graph/onnx/functions.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

constexpr std::int64_t kMostNodes = 1'000'000;
constexpr int kDeepest = 100;

using Name = std::array<std::string, 3>;  // domain, operator, overload

std::string plain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

/// Counts the nodes that remain once every function is written out.
class Counter {
 public:
  explicit Counter(const onnx::ModelProto& model) {
    for (const onnx::FunctionProto& function : model.functions())
      functions_[{plain(function.domain()), function.name(), function.overload()}] = &function;
  }

  /// Up to one more than the most.
  template <class Nodes>
  std::int64_t count(const Nodes& nodes, int depth) {
    std::int64_t total = 0;
    for (const onnx::NodeProto& node : nodes) {
      const auto function = functions_.find({plain(node.domain()), node.op_type(), node.overload()});
      total += function == functions_.end() ? 1 : count(function->first, *function->second, depth);
      for (const onnx::AttributeProto& attribute : node.attribute()) {
        if (attribute.has_g()) total += count(attribute.g().node(), depth + 1);
        for (const onnx::GraphProto& graph : attribute.graphs()) total += count(graph.node(), depth + 1);
      }
      if (total > kMostNodes) return kMostNodes + 1;
    }
    return total;
  }

 private:
  std::int64_t count(const Name& name, const onnx::FunctionProto& function, int depth) {
    PELLUCID_CHECK(depth < kDeepest, kBadInput, "the model's functions call one another {} deep, by '{}' the last",
                   kDeepest, name[1]);
    const auto [at, fresh] = counts_.emplace(name, kUnderWay);
    PELLUCID_CHECK(at->second != kUnderWay || fresh, kBadInput, "the model's function '{}' calls itself", name[1]);
    if (fresh) at->second = count(function.node(), depth + 1);
    return at->second;
  }

  static constexpr std::int64_t kUnderWay = -1;
  std::map<Name, const onnx::FunctionProto*> functions_;
  std::map<Name, std::int64_t> counts_;
};

}  // namespace

void check_functions(const onnx::ModelProto& model) {
  Counter counter(model);
  PELLUCID_CHECK(counter.count(model.graph().node(), 0) <= kMostNodes, kBadInput,
                 "the model's functions stand for more than {} nodes", kMostNodes);
  for (const onnx::FunctionProto& function : model.functions()) static_cast<void>(counter.count(function.node(), 0));
}

}  // namespace pellucid::graph
