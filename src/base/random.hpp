#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace pellucid {

/// Philox4x32-10 of Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key);

/// Random numbers that are a function of (seed, stream, index) and of nothing else: results don't depend on chunks,
/// threads or the order of the calls. Sample i of an explanation draws from stream i.
///
/// `bits`, `uniform` and `normal` of one index come from the same block: use one of them per stream. Thread-safe.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  [[nodiscard]] std::uint64_t bits(std::uint64_t index) const;
  /// Uniform in the open interval (0, 1), a multiple of 2⁻⁵³.
  [[nodiscard]] double uniform(std::uint64_t index) const;
  /// Standard normal, by Box and Muller from the two halves of a block.
  [[nodiscard]] double normal(std::uint64_t index) const;

  /// out[i] = normal(first + i), at half the cost for each.
  void fill_normal(std::span<double> out, std::uint64_t first = 0) const;
  void fill_normal(std::span<float> out, std::uint64_t first = 0) const;

 private:
  [[nodiscard]] std::array<std::uint64_t, 2> block(std::uint64_t number) const;
  [[nodiscard]] std::array<double, 2> normals(std::uint64_t number) const;
  template <class T>
  void fill(std::span<T> out, std::uint64_t first) const;

  std::uint64_t seed_, stream_;
};

}  // namespace pellucid
