#pragma once

#include <set>
#include <vector>

#include "graph/builder.hpp"

namespace pellucid::propagate {

/// One node on the way back. A rule reads what arrived at the node's outputs and gives every input that is
/// wanted its share. A cotangent (gradient or relevance) has the dims of its value with the targets in front:
/// [targets, …]; forward values broadcast against it.
class Step {
 public:
  Step(graph::Builder& builder, const graph::Node& at, std::int64_t target_count, std::vector<graph::ValueId> arrived,
       std::vector<bool> wanted)
      : build(builder),
        node(at),
        targets(target_count),
        arrived_(std::move(arrived)),
        wanted_(std::move(wanted)),
        given_(at.inputs.size(), graph::kNone) {}

  graph::Builder& build;
  const graph::Node& node;
  const std::int64_t targets;
  /// The values that the seeds depend on: the forward pass, without what walks emitted. nullptr outside a walk.
  const std::set<graph::ValueId>* forward = nullptr;

  [[nodiscard]] std::size_t input_count() const { return node.inputs.size(); }
  [[nodiscard]] bool has_input(std::size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNone; }
  [[nodiscard]] graph::ValueId input(std::size_t i) const { return node.inputs.at(i); }
  [[nodiscard]] graph::ValueId output(std::size_t i = 0) const { return node.outputs.at(i); }
  [[nodiscard]] const graph::Dims& input_dims(std::size_t i) const { return build.dims(input(i)); }
  [[nodiscard]] const graph::Dims& output_dims(std::size_t i = 0) const { return build.dims(output(i)); }
  [[nodiscard]] std::int64_t input_rank(std::size_t i) const { return build.rank(input(i)); }

  /// What arrived at output i: [targets, output dims…]; kNone where nothing did.
  [[nodiscard]] graph::ValueId cotangent(std::size_t i = 0) const { return arrived_.at(i); }
  /// Whether input i lies on a way to a value that is read out. Others need nothing.
  [[nodiscard]] bool wants(std::size_t i) const { return i < wanted_.size() && wanted_[i]; }

  /// Hands `cotangent`, of dims [targets, input dims…], to input i.
  void give(std::size_t i, graph::ValueId cotangent);
  /// The same for a cotangent that still has the dims of a broadcast result: summed to the input's dims first.
  void give_summed(std::size_t i, graph::ValueId cotangent);
  /// Another cotangent of the same dims in place of what input i was given.
  void exchange_given(std::size_t i, graph::ValueId cotangent) { given_.at(i) = cotangent; }
  /// Multiplies what input i was given, if it was given anything.
  void scale_given(std::size_t i, double factor);
  /// Another cotangent of the same dims in place of the one that arrived at output 0.
  void replace_cotangent(graph::ValueId cotangent) { arrived_.at(0) = cotangent; }
  [[nodiscard]] graph::ValueId given(std::size_t i) const { return given_.at(i); }

  /// dims with the target axis in front.
  [[nodiscard]] graph::Dims lifted(const graph::Dims& dims) const { return graph::with_leading(targets, dims); }

 private:
  std::vector<graph::ValueId> arrived_;
  std::vector<bool> wanted_;
  std::vector<graph::ValueId> given_;
};

}  // namespace pellucid::propagate
