#include "explain/probabilities.hpp"

#include <algorithm>
#include <cmath>

namespace pellucid::explain {

std::vector<double> probabilities_of(std::span<const double> logits, bool exclusive) {
  std::vector<double> row(logits.begin(), logits.end());
  if (!exclusive) {
    for (double& value : row) value = 1 / (1 + std::exp(-value));
    return row;
  }
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - largest);
  for (double& value : row) value /= sum;
  return row;
}

}  // namespace pellucid::explain
