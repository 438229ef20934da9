#include "explain/image_baseline.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.hpp"
#include "explain/perturb/array_shape.hpp"

namespace pellucid::explain {
namespace {

/// σ of the blur as a share of the shorter side.
constexpr double kBlur = 10.0 / 224;

using Plane = std::vector<double>;  ///< [height·width]

/// Weights at distances 0, 1, … up to 4 σ; both sides add up to 1.
std::vector<double> gaussian(double sigma) {
  std::vector<double> weights(static_cast<std::size_t>(std::ceil(4 * sigma)) + 1);
  for (std::size_t d = 0; d < weights.size(); ++d) weights[d] = std::exp(-0.5 * std::pow(double(d) / sigma, 2));
  const double sum = 2 * std::accumulate(weights.begin(), weights.end(), 0.0) - weights[0];
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// A place beyond the border is the one as far inside: …, 1, 0, 0, 1, ….
std::size_t mirrored(std::int64_t at, std::int64_t size) {
  const std::int64_t period = 2 * size;
  at = ((at % period) + period) % period;
  return static_cast<std::size_t>(at < size ? at : period - 1 - at);
}

/// Along `size` places that lie `stride` apart, for every line that begins in `begins`.
Plane blurred(const Plane& plane, const std::vector<double>& weights, std::int64_t size, std::size_t stride,
              const std::vector<std::size_t>& begins) {
  Plane result(plane.size());
  const auto reach = std::ssize(weights) - 1;
  for (const std::size_t begin : begins)
    for (std::int64_t at = 0; at < size; ++at) {
      double sum = 0;
      for (std::int64_t d = -reach; d <= reach; ++d)
        sum += weights[static_cast<std::size_t>(std::abs(d))] * plane[begin + mirrored(at + d, size) * stride];
      result[begin + static_cast<std::size_t>(at) * stride] = sum;
    }
  return result;
}

Plane blurred(const Plane& plane, std::int64_t height, std::int64_t width) {
  const std::vector<double> weights = gaussian(kBlur * static_cast<double>(std::min(height, width)));
  std::vector<std::size_t> rows, columns;
  for (std::int64_t y = 0; y < height; ++y) rows.push_back(static_cast<std::size_t>(y * width));
  for (std::int64_t x = 0; x < width; ++x) columns.push_back(static_cast<std::size_t>(x));
  return blurred(blurred(plane, weights, width, 1, rows), weights, height, static_cast<std::size_t>(width), columns);
}

}  // namespace

bool is_image_baseline(const std::string& name) { return name == "mean" || name == "blur"; }

Tensor image_baseline(const std::string& name, const Tensor& x) {
  PELLUCID_ASSERT(is_image_baseline(name));
  PELLUCID_CHECK(x.shape().size() == 4, kUsage,
                 "option baselines={}: it is made of a picture, and the input has the shape {}; use 0 or a file", name,
                 to_string(x.shape()));
  const ArrayShape shape(Shape(x.shape().begin() + 1, x.shape().end()));
  std::vector<double> values = x.to_doubles();
  Plane plane(shape.area);
  for (auto sample = values.begin(); sample != values.end();
       sample += static_cast<std::ptrdiff_t>(shape.channels * shape.area))
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const auto element = [&](std::size_t p) { return sample + static_cast<std::ptrdiff_t>(shape.element(c, p)); };
      for (std::size_t p = 0; p < shape.area; ++p) plane[p] = *element(p);
      if (name == "mean")
        plane.assign(plane.size(), std::accumulate(plane.begin(), plane.end(), 0.0) / double(plane.size()));
      else
        plane = blurred(plane, shape.places[0], shape.places[1]);
      for (std::size_t p = 0; p < shape.area; ++p) *element(p) = plane[p];
    }
  return Tensor(x.shape(), values).cast(x.type());
}

}  // namespace pellucid::explain
