#include "render/record.hpp"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sample.hpp"
#include "schema_checker.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

SchemaChecker checker() {
  return SchemaChecker(json::parse(std::ifstream(std::string(PELLUCID_SOURCE_DIR) + "/docs/schema/explanation.json")));
}

TEST(Record, FollowsItsSchema) {
  for (const bool signed_scores : {true, false}) {
    const json written = json::parse(record(sample_explanation(3, 2, 4, signed_scores)).dump());
    EXPECT_EQ(checker().complaints(written), std::vector<std::string>{});
  }
}

TEST(Record, SchemaRefusesWhatIsMissingWrongOrUnknown) {
  const json good = record(sample_explanation(1, 1, 2));
  for (const auto& [key, value] : good.items()) {
    json lacking = good;
    lacking.erase(key);
    EXPECT_EQ(checker().complaints(lacking).size(), 1U) << key;
  }
  json wrong = good;
  wrong["scores"]["shape"] = {"1"};
  wrong["targets"][0]["samples"][0]["index"] = -1;
  wrong["model"]["sha256"] = "short";
  wrong["extra"] = 1;
  EXPECT_EQ(checker().complaints(wrong).size(), 4U);
}

TEST(Record, KeepsTheScoresExactly) {
  const Explanation e = sample_explanation(2, 2, 3);
  const json written = json::parse(record(e).dump());
  EXPECT_EQ(written["scores"]["shape"], json({2, 2, 3, 3}));
  const auto scores = e.scores.values<float>();
  std::size_t next = 0;
  for (const auto& target : written["scores"]["values"]) {
    for (const auto& sample : target) {
      for (const auto& row : sample) {
        for (const auto& score : row) EXPECT_EQ(score.get<float>(), scores[next++]);
      }
    }
  }
  EXPECT_EQ(next, scores.size());
}

TEST(Record, KeepsDoublesExactly) {
  Explanation e = sample_explanation(1, 1, 1);
  e.scores = Tensor({1, 1, 1, 1}, std::vector<double>{1.0 / 3});
  EXPECT_EQ(json::parse(record(e).dump())["scores"]["values"][0][0][0][0].get<double>(), 1.0 / 3);
}

TEST(Record, KeepsTheTypesOfOptions) {
  const json options = record(sample_explanation(1, 1, 2))["options"];
  EXPECT_EQ(options.dump(), R"({"hidden":"input","mask_special":false,"residual":0.5,)"
                            R"("scope":["conv","mlp"],"start_layer":1,"strides":[16.0,16.0]})");
}

TEST(Record, SurvivesTextThatIsNotUtf8AndGapsWithoutBound) {
  Explanation e = sample_explanation(1, 1, 2);
  e.model_path =
      "mod\xFF"
      "el.onnx";
  e.targets[0].samples[0].label = "a\x1B[31mb";
  e.certificate.gaps[0].relative[0][0] = std::numeric_limits<double>::infinity();
  const json written = json::parse(record(e).dump());
  EXPECT_EQ(written["model"]["path"], "mod\uFFFDel.onnx");
  EXPECT_EQ(written["targets"][0]["samples"][0]["label"], "a\uFFFD[31mb");
  EXPECT_TRUE(written["certificate"]["gaps"][0]["relative"][0][0].is_null());
}

}  // namespace
}  // namespace pellucid::tests
