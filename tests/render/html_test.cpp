#include "render/html.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pellucid/error.hpp>

#include "render/text.hpp"
#include "sample.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

/// The text of the page's data element: from its start tag to the first end tag, as a browser reads it.
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

std::vector<HtmlEntry> entries() {
  const std::vector<Picture> pictures = {plain_picture(8, 8, 90), plain_picture(8, 8, 160)};
  return {{sample_explanation(3, 2, 4), pictures, ""}, {sample_explanation(3, 2, 4, false), pictures, "plain rollout"}};
}

TEST(RenderHtml, HoldsEveryViewWithItsScores) {
  const json data = json::parse(data_text(render_html(entries(), "A title")));
  EXPECT_EQ(data["title"], "A title");
  ASSERT_EQ(data["views"].size(), 4U);
  EXPECT_EQ(data["pictures"].size(), 2U);
  EXPECT_EQ(data["colormaps"].size(), 2U);
  EXPECT_EQ(data["views"][0]["name"], "attcat · libra");
  EXPECT_EQ(data["views"][3]["name"], "plain rollout");
  EXPECT_EQ(data["views"][1]["input"], "picture-1.png");
  EXPECT_EQ(data["views"][1]["picture"], 1);
  const Explanation e = sample_explanation(3, 2, 4);
  const auto scores = e.scores.values<float>();
  for (std::size_t i = 0; i < 16; ++i) {  // target 2, sample 1
    EXPECT_NEAR(data["views"][1]["targets"][2]["scores"][i].get<double>(), scores[(2 * 2 + 1) * 16 + i], 1e-8);
  }
  EXPECT_EQ(data["views"][0]["targets"][0]["special"][0]["name"], "class");
}

// A model of pictures and texts that has more texts than pictures, explained by its texts' tokens.
TEST(RenderHtml, ListsHaveNoPictures) {
  Explanation e = sample_explanation(1, 3, 2);
  e.scores = e.token_scores = Tensor({1, 3, 5}, std::vector<float>(15, 0.5F));
  const json data = json::parse(data_text(render_html({{e, {plain_picture(4, 4, 9)}, ""}}, "")));
  ASSERT_EQ(data["views"].size(), 3U);
  EXPECT_EQ(data["views"][0]["picture"], nullptr);
  EXPECT_EQ(data["views"][0]["planar"], false);
}

TEST(RenderHtml, LegendHasTheRangeOfTheScores) {
  Explanation e = sample_explanation(1, 1, 1);
  e.scores = Tensor({1, 1, 1, 1}, std::vector<float>{-0.125F});
  const json data = json::parse(data_text(render_html({{e, {plain_picture(4, 4, 9)}, ""}}, "")));
  EXPECT_EQ(data["views"][0]["targets"][0]["range"], json({"−0.125", "+0.125"}));
}

TEST(RenderHtml, HostileTextStaysText) {
  const std::string hostile = "</script><script>alert(1)</script><!--\xE2\x80\xA8&'\"{{DATA}}";
  auto page_entries = entries();
  for (auto& entry : page_entries) {
    Explanation& e = entry.explanation;
    e.method = e.model_path = e.certificate.notes[0] = e.certificate.gaps[0].note = hostile;
    e.input_names[0] = e.layout.special_names[0] = e.targets[0].spec = e.targets[0].samples[0].label = hostile;
    e.input_sha256[0] = e.model_sha256 = hostile;
    entry.name = hostile;
  }
  const std::string plain = render_html(entries(), "x"), page = render_html(page_entries, hostile);
  EXPECT_EQ(occurrences(page, "<script"), occurrences(plain, "<script"));
  EXPECT_EQ(occurrences(page, "</script"), occurrences(plain, "</script"));
  EXPECT_EQ(occurrences(page, "<!--"), 0U);
  const std::string text = data_text(page);
  EXPECT_EQ(text.find_first_of("<>&"), std::string::npos);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; }));
  EXPECT_EQ(json::parse(text)["views"][0]["targets"][0]["label"],
            "</script><script>alert(1)</script><!--\uFFFD&'\"{{DATA}}");
}

TEST(RenderHtml, NeedsNoNetwork) {
  const std::string page = render_html(entries(), "x");
  EXPECT_EQ(occurrences(page, "http"), occurrences(page, "http-equiv"));
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("innerHTML"), std::string::npos);
}

TEST(RenderHtml, SameInputSameBytesAndWrongInputRefused) {
  EXPECT_EQ(render_html(entries(), "x"), render_html(entries(), "x"));
  EXPECT_THROW((void)render_html({}, "x"), Error);
  EXPECT_THROW((void)render_html(entries(), "x", {.colormap = "jet"}), Error);
  EXPECT_THROW((void)render_html(entries(), "x", {.alpha = -1}), Error);
}

TEST(Text, Base64AsInRfc4648) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xFF\xFE", "//4="}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(render::base64(bytes), text);
}

TEST(Text, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(render::clean_text("−é猫🐈"), "−é猫🐈");
  EXPECT_EQ(render::clean_text("\xC0\xAF"), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(render::clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // surrogate
  EXPECT_EQ(render::clean_text("\xE2\x88"), "\uFFFD\uFFFD");            // cut off
  EXPECT_EQ(render::clean_text("a\x1B]b\x7F"), "a\uFFFD]b\uFFFD");
  EXPECT_EQ(render::clean_text("\u202Eabc"), "\uFFFDabc");  // right-to-left override
  EXPECT_EQ(render::shortened("abcdef", 4), "abc…");
}

}  // namespace
}  // namespace pellucid::tests
