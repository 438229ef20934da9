#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dim;
using graph::Dims;

namespace {

/// A node that sorts the elements of [batch, channels, height, width] anew: the input seen as `apart`, transposed by
/// `permutation` and seen as the output. The cotangent goes the other way round.
void give_resorted(Step& step, const Dims& apart, const std::vector<std::int64_t>& permutation) {
  Dims transposed{{step.targets, false}};
  std::vector<std::int64_t> back(permutation.size() + 1, 0);
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    transposed.push_back(apart[static_cast<std::size_t>(permutation[i])]);
    back[static_cast<std::size_t>(permutation[i]) + 1] = static_cast<std::int64_t>(i) + 1;
  }
  const graph::ValueId resorted = step.build.transpose(step.build.reshape(step.cotangent(), transposed), back);
  step.give(0, step.build.reshape(resorted, step.lifted(step.input_dims(0))));
}

}  // namespace

void depth_to_space(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t block = graph::int_attribute(step.node, "blocksize", 1);
  const Dims& dims = step.input_dims(0);
  const Dim channels{dims[1].size / (block * block), false}, side{block, false};
  if (graph::string_attribute(step.node, "mode", "DCR") == "CRD")
    give_resorted(step, {dims[0], channels, side, side, dims[2], dims[3]}, {0, 1, 4, 2, 5, 3});
  else
    give_resorted(step, {dims[0], side, side, channels, dims[2], dims[3]}, {0, 3, 4, 1, 5, 2});
}

void space_to_depth(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t block = graph::int_attribute(step.node, "blocksize", 1);
  const Dims& dims = step.input_dims(0);
  const Dim height{dims[2].size / block, false}, width{dims[3].size / block, false}, side{block, false};
  give_resorted(step, {dims[0], dims[1], height, side, width, side}, {0, 3, 5, 1, 2, 4});
}

}  // namespace pellucid::propagate::operators::gradient
