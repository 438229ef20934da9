#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "methods/perturbation/perturbation.hpp"

namespace pellucid::methods {

/// What one sample draws: its own stream of uniform numbers. The first is its share, the others its subset.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t sample) : random_(seed, sample) {}

  /// Uniform in (0, 1).
  [[nodiscard]] double share() const { return random_.uniform(0); }
  /// `size` of `count` features, every subset as likely as another.
  [[nodiscard]] Presence subset(std::size_t count, std::size_t size) const;
  /// Every feature with probability p by itself.
  [[nodiscard]] Presence each(std::size_t count, double p) const;

 private:
  CounterRandom random_;
};

/// The subset whose members are the bits of `set`.
[[nodiscard]] Presence subset_of_bits(std::uint64_t set, std::size_t count);

}  // namespace pellucid::methods
