#include "base/random.hpp"

#include <cmath>
#include <numbers>

namespace pellucid {
namespace {

std::uint32_t low(std::uint64_t wide) { return static_cast<std::uint32_t>(wide); }
std::uint32_t high(std::uint64_t wide) { return static_cast<std::uint32_t>(wide >> 32); }

double to_uniform(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high(b) ^ counter[1] ^ key[0], low(b), high(a) ^ counter[3] ^ key[1], low(a)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

std::array<std::uint64_t, 2> CounterRandom::block(std::uint64_t number) const {
  const auto words = philox4x32({low(number), high(number), low(stream_), high(stream_)}, {low(seed_), high(seed_)});
  return {words[0] | std::uint64_t{words[1]} << 32, words[2] | std::uint64_t{words[3]} << 32};
}

std::array<double, 2> CounterRandom::normals(std::uint64_t number) const {
  const auto bits = block(number);
  const double radius = std::sqrt(-2 * std::log(to_uniform(bits[0])));
  const double angle = 2 * std::numbers::pi * to_uniform(bits[1]);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

std::uint64_t CounterRandom::bits(std::uint64_t index) const { return block(index / 2)[index % 2]; }

double CounterRandom::uniform(std::uint64_t index) const { return to_uniform(bits(index)); }

double CounterRandom::normal(std::uint64_t index) const { return normals(index / 2)[index % 2]; }

template <class T>
void CounterRandom::fill(std::span<T> out, std::uint64_t first) const {
  std::array<double, 2> pair = {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t index = first + i;
    if (i == 0 || index % 2 == 0) pair = normals(index / 2);
    out[i] = static_cast<T>(pair[index % 2]);
  }
}

void CounterRandom::fill_normal(std::span<double> out, std::uint64_t first) const { fill(out, first); }
void CounterRandom::fill_normal(std::span<float> out, std::uint64_t first) const { fill(out, first); }

}  // namespace pellucid
