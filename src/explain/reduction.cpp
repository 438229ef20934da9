#include "explain/reduction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pellucid::explain {

Reduction::Reduction(const methods::SamplingPlan& plan, const Shape& x)
    : shape(x.begin() + 1, x.end()), kind(plan.reduce) {
  if (kind == "none") {
    inner = static_cast<std::size_t>(element_count(shape));
    return;
  }
  const std::size_t axis = plan.reduce_channels ? 0 : shape.size() - 1;
  for (std::size_t i = 0; i < shape.size(); ++i)
    (i < axis ? outer : i == axis ? folded : inner) *= static_cast<std::size_t>(shape[i]);
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
}

void Reduction::operator()(const std::vector<double>& values, std::vector<double>& result) const {
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      double total = kind == "max" ? -std::numeric_limits<double>::infinity() : 0;
      for (std::size_t f = 0; f < folded; ++f) {
        const double value = values[(o * folded + f) * inner + i];
        total = kind == "max" ? std::max(total, value) : total + (kind == "l2" ? value * value : value);
      }
      result[o * inner + i] = kind == "l2" ? std::sqrt(total) : total;
    }
  }
}

}  // namespace pellucid::explain
