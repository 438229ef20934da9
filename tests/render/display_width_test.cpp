#include "render/display_width.hpp"

#include <gtest/gtest.h>

#include "render/styled_lines.hpp"
#include "render/text.hpp"
#include "render/width_ranges.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

TEST(DisplayWidth, CountsCellsNotCodePoints) {
  const std::vector<std::pair<std::string, std::size_t>> cases = {
      {"", 0},
      {"abc", 3},
      {"naïve", 5},
      {"nai\u0308ve", 5},         // a mark on its letter
      {"猫と犬", 6},              // CJK
      {"ｱ", 1},                   // half-width
      {"Ａ", 2},                  // full-width
      {"한국", 4},                // syllables
      {"\u1112\u1161\u11AB", 2},  // one syllable of three letters
      {"🐈", 2},                   //
      {"👩\u200D🚀", 2},            // joined
      {"👍🏽", 2},            // skin tone
      {"🇩🇪🇫🇷", 4},                // flags
      {"❤\uFE0F", 2},             // shown as a picture
      {"مرحبا", 5},               // right to left
      {"שָׁלוֹם", 4},                // points on letters
      {"नमस्ते", 4},                // two conjuncts, a vowel sign of no cell
  };
  for (const auto& [text, width] : cases) EXPECT_EQ(display_width(text), width) << text;
}

template <class Ranges>
void expect_ordered(const Ranges& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    EXPECT_LE(ranges[i].first, ranges[i].last);
    if (i == 0) continue;
    EXPECT_LT(ranges[i - 1].last, ranges[i].first);
  }
}

TEST(DisplayWidth, TablesAreInOrderAndApart) {
  expect_ordered(kWithoutWidth);
  expect_ordered(kWide);
  for (const PointRange& range : kWide) {
    EXPECT_EQ(point_width(range.first), 2);
    EXPECT_EQ(point_width(range.last), 2);
  }
}

TEST(DisplayWidth, FitsWithoutCuttingClusters) {
  EXPECT_EQ(fit_width("abcdef", 4), "abc…");
  EXPECT_EQ(fit_width("abcd", 4), "abcd");
  EXPECT_EQ(fit_width("猫と犬", 4), "猫…");
  EXPECT_EQ(fit_width("e\u0301e\u0301e\u0301", 2), "e\u0301…");
}

TEST(StyledLines, BreaksAtSpacesAndBesideWideCharacters) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(broken_into_lines({{"one two three", "", false}}, 8), (Lines{"one two", "three"}));
  EXPECT_EQ(broken_into_lines({{"abcdefghij", "", false}}, 4), (Lines{"abcd", "efgh", "ij"}));
  EXPECT_EQ(broken_into_lines({{"猫と犬", "", false}}, 5), (Lines{"猫と", "犬"}));
  EXPECT_EQ(broken_into_lines({{"a ", "", false}, {"[+1 b c]", "", true}}, 8), (Lines{"a", "[+1 b c]"}));
  EXPECT_EQ(broken_into_lines({{"a\n\nb", "", false}}, 8), (Lines{"a", "", "b"}));
  EXPECT_EQ(broken_into_lines({}, 8), Lines{""});
}

TEST(StyledLines, EveryLineSwitchesItsStyleOff) {
  const auto lines = broken_into_lines({{"one two", "\x1b[1m", false}, {" three", "", false}}, 5);
  EXPECT_EQ(lines, (std::vector<std::string>{"\x1b[1mone\x1b[0m", "\x1b[1mtwo\x1b[0m", "three"}));
}

TEST(StyledLines, PaperFillsTheLine) {
  const auto lines = broken_into_lines({{"a", "\x1b[1m", false}, {" 猫", "", false}}, 6, "\x1b[7m");
  EXPECT_EQ(lines, std::vector<std::string>{"\x1b[1ma\x1b[0m\x1b[7m 猫  \x1b[0m"});
}

TEST(VisibleText, ShowsWhatHasNoPicture) {
  EXPECT_EQ(visible_text(std::string("a\0b\x1b[2J\x7F", 8)), "a␀b␛[2J␡");
  EXPECT_EQ(visible_text("a\tb\nc"), "a␉b␊c");
  EXPECT_EQ(visible_text("a\tb\nc", true), "a␉b\nc");
  EXPECT_EQ(visible_text("\u202Eabc\u2028\u2066\uFEFF\u200B\u0085"),
            "‹U+202E›abc‹U+2028›‹U+2066›‹U+FEFF›‹U+200B›‹U+0085›");
  EXPECT_EQ(visible_text("\U000E0041"), "‹U+E0041›");
  EXPECT_EQ(visible_text("👩\u200D🚀 مرحبا"), "👩\u200D🚀 مرحبا");
  EXPECT_EQ(valid_text("a\x1b\u202E\xFF"), "a\x1b\u202E\uFFFD");
}

}  // namespace
}  // namespace pellucid::tests
