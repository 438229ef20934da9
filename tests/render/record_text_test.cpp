#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "render/record.hpp"
#include "sample.hpp"
#include "schema_checker.hpp"
#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

SchemaChecker checker() {
  return SchemaChecker(json::parse(std::ifstream(std::string(PELLUCID_SOURCE_DIR) + "/docs/schema/explanation.json")));
}

Explanation pair_and_text() {
  TextCase two{tokenized("é|té ici", "猫"), {{0, 1, 2, 4, 0, 8, 0}, {0, 0, 0, 0, 0, -1, 0}}};
  TextCase one = funny();
  one.text.cut = 5;
  one.scores.push_back(std::vector<double>(7, 0));
  return text_explanation({two, one});
}

TEST(RecordOfTexts, FollowsItsSchema) {
  EXPECT_EQ(checker().complaints(json::parse(record(pair_and_text()).dump())), std::vector<std::string>{});
}

TEST(RecordOfTexts, SchemaRefusesWhatIsMissingOrUnknown) {
  json wrong = record(pair_and_text());
  wrong["tokens"]["texts"][0]["tokens"][1].erase("bytes");
  wrong["tokens"]["texts"][0]["words"][0]["extra"] = 1;
  wrong["tokens"]["texts"][1]["cut"] = -1;
  wrong["tokens"]["word_scores"][0][0] = "none";
  wrong["tokens"]["texts"][1]["words"][0]["bytes"][0] = "0";
  EXPECT_EQ(checker().complaints(wrong).size(), 5U);
}

TEST(RecordOfTexts, HoldsTokensWordsAndSums) {
  const json tokens = record(pair_and_text())["tokens"], text = tokens["texts"][0];
  EXPECT_EQ(text["text"], "été ici");
  EXPECT_EQ(text["pair"], "猫");
  EXPECT_EQ(tokens["texts"][1]["cut"], 5);
  EXPECT_TRUE(tokens["texts"][1]["pair"].is_null());
  EXPECT_EQ(text["tokens"][0], json({{"piece", "[CLS]"},
                                     {"id", 101},
                                     {"special", true},
                                     {"sequence", nullptr},
                                     {"word", nullptr},
                                     {"type", 0},
                                     {"bytes", {0, 0}},
                                     {"characters", {0, 0}}}));
  EXPECT_EQ(text["tokens"][2]["bytes"], json({2, 5}));
  EXPECT_EQ(text["tokens"][2]["characters"], json({1, 3}));
  EXPECT_EQ(text["words"][0]["tokens"], json({1, 2}));
  EXPECT_EQ(text["words"][2]["sequence"], 1);
  EXPECT_EQ(tokens["word_scores"][0][0], json({3.0, 4.0, 8.0}));
  EXPECT_EQ(tokens["word_scores"][1][0], json({0.0, 0.0, -1.0}));
  EXPECT_EQ(tokens["word_scores"][0][1], json({0.0, 0.25, 1.0, -0.5}));
}

TEST(RecordOfTexts, KeepsControlCharactersBecauseOffsetsCountThem) {
  const std::string text = "a\x1b\u202E b";
  const json written = json::parse(record(text_explanation({{tokenized(text), {{0, 1, 1, 0}}}})).dump());
  EXPECT_EQ(written["tokens"]["texts"][0]["text"], text);
  EXPECT_EQ(written["tokens"]["texts"][0]["words"][1]["bytes"], json({6, 7}));
}

TEST(RecordOfTexts, WithoutOneScorePerTokenThereAreNoWordScores) {
  Explanation e = text_explanation({{tokenized("a"), {{0, 1, 0}}}});
  e.scores = e.token_scores = Tensor(ElementType::kFloat32, {1, 1, 3, 3});
  const json written = record(e);
  EXPECT_TRUE(written["tokens"]["word_scores"].is_null());
  EXPECT_EQ(checker().complaints(written), std::vector<std::string>{});
}

TEST(RecordOfTexts, PicturesHaveNone) {
  const json tokens = record(sample_explanation(1, 1, 2))["tokens"];
  EXPECT_EQ(tokens.size(), 3U);
}

}  // namespace
}  // namespace pellucid::tests
