#include "methods/perturbation/subsets.hpp"

#include <algorithm>
#include <numeric>

namespace pellucid::methods {

Presence Draws::subset(std::size_t count, std::size_t size) const {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Presence members(count, 0.0F);
  for (std::size_t i = 0; i < size; ++i) {
    const auto left = static_cast<double>(count - i);
    const std::size_t step = std::min(static_cast<std::size_t>(random_.uniform(i + 1) * left), count - i - 1);
    std::swap(order[i], order[i + step]);
    members[order[i]] = 1;
  }
  return members;
}

Presence Draws::each(std::size_t count, double p) const {
  Presence members(count);
  for (std::size_t i = 0; i < count; ++i) members[i] = random_.uniform(i + 1) < p ? 1.0F : 0.0F;
  return members;
}

Presence subset_of_bits(std::uint64_t set, std::size_t count) {
  Presence members(count);
  for (std::size_t i = 0; i < count; ++i) members[i] = (set >> i & 1U) != 0 ? 1.0F : 0.0F;
  return members;
}

}  // namespace pellucid::methods
