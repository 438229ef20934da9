#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pellucid/error.hpp>

#include "render/comparison_html.hpp"
#include "render/comparison_record.hpp"
#include "render/terminal_comparison.hpp"
#include "sample.hpp"
#include "schema_checker.hpp"
#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

/// What three explanations, of which the second isn't compared, say of two targets of one sample of ten places.
Comparison sample_comparison() {
  ComparedTarget one;
  one.rank_correlation = {{1, -0.25}, {-0.25, 1}};
  one.overlap = {{1, 0.5}, {0.5, 1}};
  one.probability = true;
  one.curves = {{{0.875, 0.5, 0.125}, 0.5}, {{0.875, 0.75, 0.125}, 0.625}};
  one.random = {{0.875, 0.8125, 0.125}, 0.65625};
  ComparedTarget other = one;
  other.rank_correlation = {{1, std::nullopt}, {std::nullopt, std::nullopt}};
  Comparison made;
  made.compared = {0, 2};
  made.left_out = {"", "its scores of shape [2, 1, 5, 5] are not one for every place", ""};
  made.place = "patch";
  made.samples = {{10, 3, {0, 5, 10}, 9}};
  made.targets = {{one}, {other}};
  made.mean = one;
  made.replacement = "0";
  made.random_orders = 4;
  return made;
}

std::vector<HtmlEntry> entries() {
  const std::vector<Picture> pictures = {plain_picture(8, 8, 90)};
  Explanation whole = sample_explanation(2, 1, 4);
  whole.method = "attention";
  whole.scores = whole.token_scores = Tensor({2, 1, 1, 2, 2, 2}, std::vector<float>(16, 0.5F));
  return {{sample_explanation(2, 1, 4), pictures, ""},
          {whole, pictures, ""},
          {sample_explanation(2, 1, 4, false), pictures, ""}};
}

std::vector<Explanation> explanations() {
  std::vector<Explanation> list;
  for (const HtmlEntry& entry : entries()) list.push_back(entry.explanation);
  return list;
}

std::string data_text(const std::string& page) {
  const std::string start = R"(<script type="application/json" id="data">)";
  const auto from = page.find(start) + start.size();
  return page.substr(from, page.find("</script", from) - from);
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(ComparisonRecord, FollowsItsSchema) {
  SchemaChecker checker(json::parse(std::ifstream(std::string(PELLUCID_SOURCE_DIR) + "/docs/schema/comparison.json")));
  const json written = json::parse(comparison_record(explanations(), sample_comparison()).dump());
  EXPECT_EQ(checker.complaints(written), std::vector<std::string>{});
  Comparison without = sample_comparison();
  without.mean.curves.clear();
  for (auto& of_target : without.targets) of_target[0].curves.clear();
  EXPECT_EQ(checker.complaints(comparison_record(explanations(), without)), std::vector<std::string>{});
  for (const auto& [key, value] : written["comparison"].items()) {
    json lacking = written;
    lacking["comparison"].erase(key);
    EXPECT_EQ(checker.complaints(lacking).size(), 1U) << key;
  }
}

TEST(ComparisonRecord, HoldsTheNumbers) {
  const json made = render::agreement_record(sample_comparison());
  EXPECT_EQ(made["targets"][0][0]["rank_correlation"], json::parse("[[1.0, -0.25], [-0.25, 1.0]]"));
  EXPECT_EQ(made["targets"][1][0]["rank_correlation"], json::parse("[[1.0, null], [null, null]]"));
  EXPECT_EQ(made["targets"][0][0]["curves"][1], json::parse(R"({"values": [0.875, 0.75, 0.125], "area": 0.625})"));
  EXPECT_EQ(made["targets"][0][0]["curves_of"], "probability");
  EXPECT_EQ(made["mean"]["areas"], json({0.5, 0.625}));
  EXPECT_EQ(made["left_out"][0], nullptr);
}

TEST(ComparisonHtml, HoldsEveryMethodWithItsViews) {
  const json data = json::parse(data_text(render_comparison_html(entries(), sample_comparison(), "Three")));
  EXPECT_EQ(data["title"], "Three");
  ASSERT_EQ(data["methods"].size(), 3U);
  EXPECT_EQ(data["methods"][0]["first"], 0);
  EXPECT_EQ(data["methods"][1]["first"], nullptr);
  EXPECT_NE(data["methods"][1]["hidden"].get<std::string>().find("[2, 1, 1, 2, 2, 2]"), std::string::npos);
  EXPECT_EQ(data["methods"][1]["compared"], nullptr);
  EXPECT_EQ(data["methods"][2]["first"], 1);
  EXPECT_EQ(data["methods"][2]["compared"], 1);
  EXPECT_EQ(data["views"][1]["name"], "rollout");
  EXPECT_EQ(data["inputs"], json({"picture-0.png"}));
  EXPECT_EQ(data["comparison"], render::agreement_record(sample_comparison()));
}

TEST(ComparisonHtml, TellsCountedPassesFromMeasuredTime) {
  auto some = entries();
  some[0].explanation.timing = {0, 0, 0.75, 0.25};
  const json data = json::parse(data_text(render_comparison_html(some, sample_comparison(), "")));
  EXPECT_EQ(data["methods"][0]["measured"], 3);
  EXPECT_EQ(data["methods"][0]["forward"], 1);
  EXPECT_EQ(data["methods"][2]["measured"], nullptr);
}

TEST(ComparisonHtml, HostileTextStaysText) {
  const std::string hostile = "</script><script>alert(1)</script><!--\xE2\x80\xA8&'\"{{DATA}}";
  auto some = entries();
  for (auto& entry : some) {
    Explanation& e = entry.explanation;
    e.method = e.model_path = e.certificate.notes[0] = e.certificate.gaps[0].note = hostile;
    e.certificate.gaps[0].name = e.certificate.precision = hostile;
    e.input_names[0] = e.layout.special_names[0] = e.targets[0].spec = e.targets[0].samples[0].label = hostile;
    e.input_sha256[0] = e.model_sha256 = hostile;
    entry.name = hostile;
  }
  Comparison comparison = sample_comparison();
  comparison.left_out[1] = comparison.no_curves = comparison.replacement = hostile;
  const std::string plain = render_comparison_html(entries(), sample_comparison(), "x");
  const std::string page = render_comparison_html(some, comparison, hostile);
  EXPECT_EQ(occurrences(page, "<script"), occurrences(plain, "<script"));
  EXPECT_EQ(occurrences(page, "</script"), occurrences(plain, "</script"));
  EXPECT_EQ(occurrences(page, "<!--"), 0U);
  const std::string text = data_text(page);
  EXPECT_EQ(text.find_first_of("<>&"), std::string::npos);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; }));
  EXPECT_EQ(json::parse(text)["comparison"]["replacement"], "</script><script>alert(1)</script><!--\uFFFD&'\"{{DATA}}");
}

TEST(ComparisonHtml, HostileWordsStayText) {
  const std::string hostile = "</script><script>alert(1)</script>";
  const Explanation e = text_explanation({{tokenized(hostile), {{0, 0.5, 0}}}});
  Comparison comparison = sample_comparison();
  comparison.left_out = {""};
  comparison.compared = {0};
  const std::string text = data_text(render_comparison_html({{e, {}, ""}}, comparison, hostile));
  EXPECT_EQ(text.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(json::parse(text)["inputs"][0], hostile);
}

TEST(ComparisonHtml, NeedsNoNetworkAndIsTheSameEveryTime) {
  const std::string page = render_comparison_html(entries(), sample_comparison(), "x");
  EXPECT_EQ(occurrences(page, "http"), occurrences(page, "http-equiv"));
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("innerHTML"), std::string::npos);
  EXPECT_EQ(page, render_comparison_html(entries(), sample_comparison(), "x"));
}

TEST(ComparisonHtml, RefusesWhatHasNothingToShow) {
  Comparison comparison = sample_comparison();
  EXPECT_THROW((void)render_comparison_html({}, comparison, "x"), Error);
  comparison.left_out = {"why"};
  EXPECT_THROW((void)render_comparison_html({entries()[1]}, comparison, "x"), Error);
}

TEST(ComparisonTerminal, HasOneLineForEveryMethod) {
  EXPECT_EQ(render_comparison_terminal(explanations(), sample_comparison(), {.width = 80}),
            "attention · libra is left out of what follows: its scores of shape [2, 1, 5, 5]\n"
            "are not one for every place\n"
            "— Rank correlation (Spearman) over 10 patches, mean of 2 pairs of input and tar…\n"
            "                                A      C\n"
            "  A  attcat · libra          1.00  −0.25\n"
            "  C  rollout                −0.25   1.00\n"
            "— Share of the strongest in common, 3 of 10\n"
            "                                A      C\n"
            "  A  attcat · libra          1.00   0.50\n"
            "  C  rollout                 0.50   1.00\n"
            "— Area under the deletion curve, patches replaced by 0: low is good\n"
            "                                A      C random\n"
            "  bull mastiff · picture-…   0.50   0.62   0.66\n"
            "  tiger cat − bull mastif…   0.50   0.62   0.66\n"
            "  mean                       0.50   0.62   0.66\n");
}

}  // namespace
}  // namespace pellucid::tests
