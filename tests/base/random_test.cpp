#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace pellucid {
namespace {

using Words4 = std::array<std::uint32_t, 4>;
using Words2 = std::array<std::uint32_t, 2>;

// Random123's known-answer vectors for philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32(Words4{0, 0, 0, 0}, Words2{0, 0}), (Words4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox4x32(Words4{kOnes, kOnes, kOnes, kOnes}, Words2{kOnes, kOnes}),
            (Words4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32(Words4{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, Words2{0xa4093822, 0x299f31d0}),
            (Words4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, IsPhiloxOfIndexStreamAndSeed) {
  EXPECT_EQ(CounterRandom(0, 0).bits(0), 0xe169c58d6627e8d5u);
  EXPECT_EQ(CounterRandom(0, 0).bits(1), 0x9b00dbd8bc57ac4cu);
  const CounterRandom random(0x299f31d0a4093822, 0x0370734413198a2e);
  const std::uint64_t number = 0x05a308d3243f6a88;  // bit 63 of an index can't be reached: two draws share a block
  const Words4 block = philox4x32({0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
  EXPECT_EQ(random.bits(2 * number), block[0] | std::uint64_t{block[1]} << 32);
  EXPECT_EQ(random.bits(2 * number + 1), block[2] | std::uint64_t{block[3]} << 32);
}

TEST(CounterRandom, SeedsStreamsAndIndicesDiffer) {
  std::vector<std::uint64_t> drawn;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t stream = 0; stream < 10; ++stream) {
      for (std::uint64_t index = 0; index < 10; ++index) drawn.push_back(CounterRandom(seed, stream).bits(index));
    }
  }
  std::sort(drawn.begin(), drawn.end());
  EXPECT_EQ(std::adjacent_find(drawn.begin(), drawn.end()), drawn.end());
}

TEST(CounterRandom, UniformsFillTheOpenInterval) {
  const CounterRandom random(1, 2);
  constexpr int kDraws = 200000, kBins = 20;
  std::array<int, kBins> bins = {};
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform(static_cast<std::uint64_t>(i));
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++bins[static_cast<std::size_t>(u * kBins)];
  }
  double chi_squared = 0;
  for (const int count : bins) {
    const double expected = double{kDraws} / kBins;
    chi_squared += (count - expected) * (count - expected) / expected;
  }
  EXPECT_LT(chi_squared, 43.8);  // 99.9 % of 19 degrees of freedom
}

TEST(CounterRandom, NormalsHaveTheirMomentsAndTails) {
  const CounterRandom random(3, 4);
  constexpr int kDraws = 200000;
  double sum = 0, squares = 0, fourth = 0, lagged = 0, previous = 0;
  int within_one = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = random.normal(static_cast<std::uint64_t>(i));
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
    lagged += z * previous;
    previous = z;
    within_one += std::abs(z) < 1 ? 1 : 0;
  }
  const double error = 1 / std::sqrt(kDraws);
  EXPECT_NEAR(sum / kDraws, 0, 4 * error);
  EXPECT_NEAR(squares / kDraws, 1, 4 * std::sqrt(2) * error);
  EXPECT_NEAR(fourth / kDraws, 3, 4 * std::sqrt(96) * error);
  EXPECT_NEAR(lagged / kDraws, 0, 4 * error);
  EXPECT_NEAR(static_cast<double>(within_one) / kDraws, std::erf(std::sqrt(0.5)), 4 * 0.47 * error);
}

TEST(CounterRandom, FillingInChunksIsTheSameAsOneByOne) {
  const CounterRandom random(5, 6);
  std::vector<double> whole(101), parts(101);
  random.fill_normal(std::span<double>(whole), 1000);
  for (std::size_t begin = 0; begin < parts.size(); begin += 7) {
    random.fill_normal(std::span(parts).subspan(begin, std::min<std::size_t>(7, parts.size() - begin)), 1000 + begin);
  }
  EXPECT_EQ(whole, parts);
  std::vector<float> narrow(101);
  random.fill_normal(std::span<float>(narrow), 1000);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i], random.normal(1000 + i));
    EXPECT_EQ(narrow[i], static_cast<float>(whole[i]));
  }
}

}  // namespace
}  // namespace pellucid
