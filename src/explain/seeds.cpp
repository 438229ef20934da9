#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "explain/resolve.hpp"
#include "explain/spaces.hpp"

namespace pellucid::explain {
namespace {

/// Element `index` (without the batch axis) of the samples [first, last) gains `factor`. `entry`: one target's part of
/// the seed.
void add_element(double* entry, const Shape& shape, std::size_t samples, const std::vector<std::int64_t>& index,
                 double factor, const std::string& spec, std::int64_t first, std::int64_t last) {
  PELLUCID_CHECK(index.size() + 1 == shape.size(), kUsage,
                 "target '{}': {} indices are due for a tensor {} (batch left out)", spec, shape.size() - 1,
                 to_string(shape));
  std::vector<std::int64_t> at(shape.size(), 0);
  for (std::size_t i = 0, j = 0; i < shape.size(); ++i) {
    if (i == samples) continue;
    PELLUCID_CHECK(index[j] < shape[i], kUsage, "target '{}': index {} is out of range, the model gives {} there", spec,
                   index[j], shape[i]);
    at[i] = index[j++];
  }
  for (at[samples] = first; at[samples] < last; ++at[samples]) {
    std::size_t flat = 0;
    for (std::size_t i = 0; i < shape.size(); ++i)
      flat = flat * static_cast<std::size_t>(shape[i]) + static_cast<std::size_t>(at[i]);
    entry[flat] += factor;
  }
}

/// A concept vector on every sample's feature.
void add_vector(double* entry, const Shape& shape, const Term& term, const std::string& spec) {
  const std::vector<double> vector = term.vector.to_doubles();
  PELLUCID_CHECK(static_cast<std::int64_t>(vector.size()) == shape.back(), kUsage,
                 "target '{}': the vector has {} numbers, the model's feature {}", spec, vector.size(), shape.back());
  double length = 1;
  if (term.space == Space::kCosineFeature) {
    length = 0;
    for (const double value : vector) length += value * value;
    length = std::sqrt(length);
    PELLUCID_CHECK(length > 0, kUsage, "target '{}': the vector is 0, its cosine is undefined", spec);
  }
  const auto count = static_cast<std::size_t>(element_count(shape));
  for (std::size_t i = 0; i < count; ++i) entry[i] += term.factor * vector[i % vector.size()] / length;
}

/// A term's elements in one target's part of the seed.
void add_elements(double* entry, const Shape& shape, std::size_t axis, const Term& term, const std::string& spec,
                  const SampleRange& samples) {
  if (term.index_of_sample.empty())
    return add_element(entry, shape, axis, term.index, term.factor, spec, 0, shape[axis]);
  PELLUCID_ASSERT(shape[axis] == samples.count);
  for (std::int64_t b = 0; b < samples.count; ++b)
    add_element(entry, shape, axis, term.index_of_sample.at(static_cast<std::size_t>(samples.first + b)), term.factor,
                spec, b, b + 1);
}

}  // namespace

Tensor make_seed(const std::vector<Target>& targets, const std::string& space, const graph::Dims& dims,
                 const SampleRange& samples) {
  const Shape shape = graph::shape_at(dims, samples.count);
  const auto axis = static_cast<std::size_t>(batch_axis(dims));
  const auto count = static_cast<std::size_t>(element_count(shape));
  std::vector<double> seed(count * targets.size(), 0.0);
  for (std::size_t k = 0; k < targets.size(); ++k) {
    for (const Term& term : targets[k].terms) {
      if (term.key() != space) continue;
      double* entry = seed.data() + k * count;
      if (term.space == Space::kFeature || term.space == Space::kCosineFeature)
        add_vector(entry, shape, term, targets[k].spec);
      else
        add_elements(entry, shape, axis, term, targets[k].spec, samples);
    }
  }
  Shape whole{static_cast<std::int64_t>(targets.size())};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return Tensor(whole, seed);
}

}  // namespace pellucid::explain
