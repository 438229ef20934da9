#include "base/size_text.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "support/expect_error.hpp"

namespace pellucid {
namespace {

TEST(ParseSize, TakesBytesAndUnits) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("1073741824"), 1073741824u);
  EXPECT_EQ(parse_size("9007199254740993"), 9007199254740993u);
  EXPECT_EQ(parse_size("17B"), 17u);
  EXPECT_EQ(parse_size("512MB"), 512000000u);
  EXPECT_EQ(parse_size("2GiB"), 2147483648u);
  EXPECT_EQ(parse_size("1.5 gib"), 1610612736u);
  EXPECT_EQ(parse_size("3kB"), 3000u);
  EXPECT_EQ(parse_size("3KiB"), 3072u);
  EXPECT_EQ(parse_size("1TB"), 1000000000000u);
  EXPECT_EQ(parse_size("1TiB"), 1099511627776u);
}

TEST(ParseSize, RefusesEverythingElse) {
  for (const char* text : {"", " ", "GiB", "-1", "-1GiB", "1e9", "2G", "2 GiB x", "inf", "nan", "0x10", "2  GiB"}) {
    tests::expect_error(ErrorCode::kUsage, "is not a size", [&] { (void)parse_size(text); });
  }
  tests::expect_error(ErrorCode::kUsage, "too large", [] { (void)parse_size("99999999TiB"); });
  tests::expect_error(ErrorCode::kUsage, "too large", [] { (void)parse_size("99999999999999999999"); });
}

TEST(FormatSize, KeepsThreeDigits) {
  EXPECT_EQ(format_size(0), "0 B");
  EXPECT_EQ(format_size(1023), "1023 B");
  EXPECT_EQ(format_size(1024), "1.00 KiB");
  EXPECT_EQ(format_size(1610612736), "1.50 GiB");
  EXPECT_EQ(format_size(1048575), "1.00 MiB");
  EXPECT_EQ(format_size(std::numeric_limits<std::uint64_t>::max()), "16.00 EiB");
}

TEST(FormatSeconds, ChoosesTheUnit) {
  EXPECT_EQ(format_seconds(0), "0 µs");
  EXPECT_EQ(format_seconds(850e-6), "850 µs");
  EXPECT_EQ(format_seconds(999.6e-6), "1.0 ms");
  EXPECT_EQ(format_seconds(0.01234), "12.3 ms");
  EXPECT_EQ(format_seconds(0.99996), "1.00 s");
  EXPECT_EQ(format_seconds(1.239), "1.24 s");
  EXPECT_EQ(format_seconds(59.996), "1 min 00 s");
  EXPECT_EQ(format_seconds(125), "2 min 05 s");
  EXPECT_EQ(format_seconds(3720), "1 h 02 min");
  EXPECT_EQ(format_seconds(3599.9), "1 h 00 min");
}

}  // namespace
}  // namespace pellucid
