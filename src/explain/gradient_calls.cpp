#include "explain/gradient_calls.hpp"

#include "base/check.hpp"
#include "explain/rows.hpp"

namespace pellucid::explain {

std::vector<double> full_baseline(const SamplingInput& input) {
  const auto all = static_cast<std::size_t>(input.x.size());
  const std::size_t elements = all / static_cast<std::size_t>(input.x.shape().at(0));
  std::vector<double> baseline(all, 0.0);
  if (input.baseline.size() == 0) return baseline;
  const std::vector<double> given = input.baseline.to_doubles();
  PELLUCID_CHECK(given.size() == all || given.size() == elements, kBadInput,
                 "the baseline has the shape {}, the explained tensor {}", to_string(input.baseline.shape()),
                 to_string(input.x.shape()));
  for (std::size_t i = 0; i < all; ++i) baseline[i] = given[given.size() == all ? i : i % elements];
  return baseline;
}

TensorMap GradientCalls::feeds(const std::vector<double>& points, const std::vector<std::int64_t>& samples) const {
  Shape shape = input_.x.shape();
  shape[0] = static_cast<std::int64_t>(samples.size());
  TensorMap feeds;
  feeds[at_] = Tensor(shape, points).cast(input_.x.type());
  const graph::Graph& graph = program_.graph;
  for (const auto& [name, tensor] : input_.frontier) {
    const graph::ValueId id = graph.find(name);
    if (id != graph::kNone && name != at_) feeds[name] = take_samples(tensor, graph.dims(id), samples);
  }
  return feeds;
}

TensorMap GradientCalls::run(const std::vector<double>& points, const std::vector<std::int64_t>& samples,
                             const std::vector<std::string>& outputs) const {
  TensorMap fed = feeds(points, samples);
  for (const SeedInput& seed : program_.seeds)
    fed[seed.name] = take_samples(input_.seeds.at(seed.space), seed.dims, samples);
  return session_.run(fed, outputs);
}

TensorMap GradientCalls::run(std::int64_t target, const std::vector<double>& points,
                             const std::vector<std::int64_t>& samples, const std::vector<std::string>& outputs) const {
  TensorMap fed = feeds(points, samples);
  for (const SeedInput& seed : program_.seeds)
    fed[seed.name] = take_samples(cut(input_.seeds.at(seed.space), 0, target, 1), seed.dims, samples);
  return session_.run(fed, outputs);
}

}  // namespace pellucid::explain
