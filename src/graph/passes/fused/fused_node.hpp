#pragma once

#include <string>
#include <vector>

#include "graph/builder.hpp"
#include "graph/passes/attention_parts.hpp"

namespace pellucid::graph {

/// A fused node while it is taken apart: what it reads, and what stands for its outputs afterwards.
class FusedNode {
 public:
  FusedNode(Builder& builder, AttentionParts& attention, NodeId id);

  Builder& build;
  AttentionParts& parts;
  const Node node;  ///< as it was

  /// An input, or kNone where it is left out.
  [[nodiscard]] ValueId input(std::size_t i) const { return i < node.inputs.size() ? node.inputs[i] : kNone; }
  [[nodiscard]] bool has(std::size_t i) const { return input(i) != kNone; }
  /// An input that the operator can't do without.
  [[nodiscard]] ValueId required(std::size_t i) const;
  [[nodiscard]] const Dims& dims(std::size_t i) const { return build.dims(required(i)); }
  [[nodiscard]] std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  [[nodiscard]] double number(const std::string& name, double otherwise) const;
  /// Nothing where the attribute is absent or 0, which these operators read as "not given".
  [[nodiscard]] std::optional<double> given_number(const std::string& name) const;

  /// Whether an output is read, or is the model's own.
  [[nodiscard]] bool wanted(std::size_t output) const;
  [[nodiscard]] const Dims& output_dims(std::size_t output) const { return build.dims(node.outputs.at(output)); }
  /// All that read an output read `value` instead. Nothing where nobody wants the output.
  void give(std::size_t output, ValueId value);

  /// Throws Error{kUnsupported}, naming the node and `what`, where `unsupported`.
  void refuse(bool unsupported, const std::string& what) const;
  /// Throws it where an output is wanted.
  void refuse_output(std::size_t output, const std::string& what) const;
};

}  // namespace pellucid::graph
