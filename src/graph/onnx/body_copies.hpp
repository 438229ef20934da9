#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Every name of a value in a graph and in the graphs that its nodes hold, and new ones.
class ValueNames {
 public:
  explicit ValueNames(const onnx::GraphProto& graph) { add(graph); }
  /// A name that nothing has yet, made from `stem`.
  [[nodiscard]] std::string fresh(const std::string& stem);

 private:
  void add(const onnx::GraphProto& graph);

  std::set<std::string> taken_;
  std::map<std::string, std::int64_t> last_;
};

/// By a name in the body: the name that stands for it outside.
using Renaming = std::map<std::string, std::string>;

/// Writes a body out where its node stands. What the body defines gets fresh names, what it reads of the graph around
/// it keeps its own. Constants of the body are written once for all copies.
class BodyCopies {
 public:
  BodyCopies(const onnx::NodeProto& owner, const onnx::GraphProto& body, onnx::GraphProto& to, ValueNames& names);

  /// Appends a copy whose inputs are as `inputs` says; returns the names of the body's outputs, in their order.
  [[nodiscard]] std::vector<std::string> add(const Renaming& inputs);

 private:
  const onnx::NodeProto& owner_;
  const onnx::GraphProto& body_;
  onnx::GraphProto& to_;
  ValueNames& names_;
  Renaming constants_;
  std::int64_t copies_ = 0;
};

/// The graph that an attribute of this name holds; nullptr where there is none.
[[nodiscard]] const onnx::GraphProto* subgraph(const onnx::NodeProto& node, const std::string& attribute);

/// Nodes of a graph and of the graphs that they hold.
[[nodiscard]] std::int64_t count_nodes(const onnx::GraphProto& graph);

}  // namespace pellucid::graph
