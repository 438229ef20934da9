#include "render/text_table.hpp"

#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pellucid/error.hpp>

#include "sample.hpp"
#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

TEST(TextTable, TsvHasOneRowPerTextAndTarget) {
  TextCase one = funny();
  one.scores.push_back({0, 1, 0, 0, 0, 0, 0});
  const TextTable table(TextTable::Format::kTsv);
  const auto rows = split(table.rows(text_explanation({one, one}), 40), '\n');
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0],
            "40\ta truly funny bore\t\t0\tpositive\t0.880797078\tpositive\tlabel:positive\t3.25\t"
            "a:0 truly:0.25 funny:1 bore:-0.5");
  EXPECT_TRUE(rows[1].starts_with("40\t"));
  EXPECT_TRUE(rows[1].ends_with("\ta:1 truly:0 funny:0 bore:0"));
  EXPECT_TRUE(rows[3].starts_with("41\t"));
  EXPECT_EQ(split(table.header(), '\t').size(), split(rows[0], '\t').size());
}

TEST(TextTable, TsvEscapesWhatWouldBreakIt) {
  TextCase one{tokenized("a\tb\n c\\ d:e"), {{0, 1, 2, 3, 0}}};
  Explanation e = text_explanation({one});
  e.targets[0].samples[0].label = "x\ty";
  const std::string row = TextTable(TextTable::Format::kTsv).rows(e, 0);
  EXPECT_EQ(split(row, '\n').size(), 1U);
  const auto cells = split(row, '\t');
  ASSERT_EQ(cells.size(), 10U);
  EXPECT_EQ(cells[1], "a\\tb\\n c\\\\ d:e");
  EXPECT_EQ(cells[6], "x\\ty");
  EXPECT_EQ(cells[9], "a\\tb\\n:1 c\\\\:2 d:e:3\n");
}

TEST(TextTable, JsonLinesHoldTextsAsTheyAre) {
  TextCase one{tokenized("a\x1b \"b\"", "猫"), {{0, 1, -2, 0, 0.5, 0}}};
  one.text.cut = 3;
  const TextTable table(TextTable::Format::kJsonLines);
  EXPECT_EQ(table.header(), "");
  const std::string rows = table.rows(text_explanation({one}), 7);
  ASSERT_EQ(split(rows, '\n').size(), 1U);
  const json row = json::parse(rows);
  EXPECT_EQ(row["number"], 7);
  EXPECT_EQ(row["text"], "a\x1b \"b\"");
  EXPECT_EQ(row["pair"], "猫");
  EXPECT_EQ(row["cut"], 3);
  EXPECT_EQ(row["predicted"], "positive");
  EXPECT_NEAR(row["probability"].get<double>(), 0.880797, 1e-6);
  EXPECT_EQ(row["words"], json::parse(R"([["a\u001b", 1.0], ["\"b\"", -2.0], ["猫", 0.5]])"));
}

TEST(TextTable, WithoutClassesNothingIsPredicted) {
  Explanation e = text_explanation({funny()});
  e.logits = Tensor(ElementType::kFloat32, {1, 7, 2});
  EXPECT_TRUE(json::parse(TextTable(TextTable::Format::kJsonLines).rows(e, 0))["predicted"].is_null());
  EXPECT_EQ(split(TextTable(TextTable::Format::kTsv).rows(e, 0), '\t')[4], "");
}

TEST(TextTable, EmptyTextsHaveARowAndPicturesNone) {
  const TextTable table(TextTable::Format::kJsonLines);
  EXPECT_EQ(json::parse(table.rows(text_explanation({{tokenized(""), {{1, 1}}}}), 0))["words"], json::array());
  EXPECT_THROW((void)table.rows(sample_explanation(1, 1, 2), 0), Error);
}

}  // namespace
}  // namespace pellucid::tests
