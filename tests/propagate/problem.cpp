#include "propagate/problem.hpp"

#include <stdexcept>

#include "propagate/rule_sets.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {

Problem::Problem(const Case& of, ElementType type) : at(type) {
  of.make(at);
  forward_ = at.graph;
  for (const ValueId output : at.outputs) {
    const Dims dims = graph::with_leading(kTargets, at.build.dims(output));
    const ValueId cotangent =
        at.graph.add_input("cotangent" + std::to_string(seeds_.size()), at.build.type(output), dims);
    at.inputs[cotangent] = at.random(graph::shape_at(dims, kBatch), -1, 1);
    seeds_.push_back({output, cotangent});
  }
}

std::vector<ValueId> Problem::walk_to(const std::vector<ValueId>& wanted) {
  const propagate::RuleSet rules = propagate::make_rule_set("gradient");
  propagate::Walk walk(at.build, rules, kTargets);
  walk.run(seeds_, wanted);
  std::vector<ValueId> out;
  for (const ValueId id : wanted) {
    out.push_back(walk.cotangent(id));
    if (out.back() == graph::kNone) throw std::runtime_error("nothing arrived at an input");
  }
  return out;
}

std::vector<TensorD> Problem::gradients(const std::vector<ValueId>& wanted) {
  const std::vector<ValueId> found = walk_to(wanted);
  const auto values = execute(at.graph, at.inputs, kBatch);
  std::vector<TensorD> out;
  for (const ValueId id : found) out.push_back(values.at(id));
  return out;
}

std::vector<double> Problem::moved(const std::map<ValueId, TensorD>& direction, double step) const {
  std::map<ValueId, TensorD> inputs = at.inputs;
  for (const auto& [id, along] : direction)
    for (std::size_t i = 0; i < along.data.size(); ++i) inputs.at(id).data[i] += step * along.data[i];
  const auto values = execute(forward_, inputs, kBatch);
  std::vector<double> sums(kTargets, 0);
  for (const propagate::Seed& seed : seeds_) {
    const TensorD &y = values.at(seed.value), &cotangent = at.inputs.at(seed.cotangent);
    for (std::size_t i = 0; i < cotangent.data.size(); ++i)
      sums[i / y.data.size()] += cotangent.data[i] * y.data[i % y.data.size()];
  }
  return sums;
}

std::vector<double> Problem::central_difference(const std::map<ValueId, TensorD>& direction) const {
  constexpr double kStep = 1e-5;
  std::vector<double> out = moved(direction, kStep);
  const std::vector<double> below = moved(direction, -kStep);
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = (out[k] - below[k]) / (2 * kStep);
  return out;
}

}  // namespace pellucid::tests
