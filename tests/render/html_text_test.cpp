#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pellucid/error.hpp>

#include "render/html.hpp"
#include "sample.hpp"
#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using nlohmann::json;

/// The text of the page's data element: from its start tag to the first end tag, as a browser reads it.
std::string data_text(const std::string& page) {
  const std::string start = R"(<script type="application/json" id="data">)";
  const auto from = page.find(start) + start.size();
  return page.substr(from, page.find("</script", from) - from);
}

json data_of(const std::vector<HtmlEntry>& entries) { return json::parse(data_text(render_html(entries, "x"))); }

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string joined(const json& parts) {
  std::string text;
  for (const json& part : parts) text += part[1].get<std::string>();
  return text;
}

TEST(HtmlText, HoldsTheTextWithItsScores) {
  TextCase one = funny();
  one.scores.push_back({0, 0, 0, 0, 0, 2, 0});
  const json view = data_of({{text_explanation({one}), {}, ""}})["views"][0];
  EXPECT_EQ(view["kind"], "text");
  EXPECT_EQ(view["name"], "attcat · libra");
  EXPECT_EQ(view["excerpt"], "a truly funny bore");
  const json words = view["units"]["words"], pieces = view["units"]["pieces"];
  EXPECT_EQ(joined(words["sequences"][0]), "a truly funny bore");
  EXPECT_EQ(joined(pieces["sequences"][0]), "a truly funny bore");
  EXPECT_EQ(words["sequences"][0][4], json::parse(R"(["unit", "funny", 2])"));
  EXPECT_EQ(words["pieces"][2], json::parse(R"(["fun", "##ny"])"));
  EXPECT_EQ(words["own"], 2);
  const json target = view["targets"][0];
  EXPECT_EQ(target["label"], "positive");
  EXPECT_EQ(target["words"], json({0.0, 0.25, 1.0, -0.5}));
  EXPECT_EQ(target["pieces"], json({0.0, 0.25, 0.75, 0.25, -0.5}));
  EXPECT_EQ(target["special"][0], json({{"name", "[CLS]"}, {"special", true}, {"score", 0.5}}));
  EXPECT_EQ(view["targets"][1]["words"], json({0.0, 0.0, 0.0, 2.0}));
}

TEST(HtmlText, KnowsTheScaleOfOneTextAndOfAll) {
  const TextCase weak{tokenized("a"), {{0, 0.25, 0}}}, strong{tokenized("b"), {{0, -1, 9}}};
  const json views = data_of({{text_explanation({weak, strong}), {}, ""}})["views"];
  EXPECT_EQ(views[0]["units"]["words"]["own"], 0.25);
  EXPECT_EQ(views[0]["units"]["words"]["all"], 1);
}

TEST(HtmlText, PairsCutsAndEmptyTexts) {
  TextCase pair{tokenized("who", "Ada"), {{0, 1, 0, 2, 0}}}, cut = funny(), empty{tokenized(""), {{1, 1}}};
  cut.text.text += " and so on";
  cut.text.cut = 2;
  const json views = data_of({{text_explanation({pair, cut, empty}), {}, ""}})["views"];
  EXPECT_EQ(views[0]["units"]["words"]["sequences"].size(), 2U);
  EXPECT_EQ(views[0]["units"]["words"]["sequences"][1][0], json::parse(R"(["unit", "Ada", 1])"));
  EXPECT_EQ(views[0]["cut"], "");
  EXPECT_EQ(views[1]["cut"], "2 tokens were cut: the text behind ✂ has no score");
  EXPECT_EQ(views[1]["units"]["words"]["sequences"][0].back(), json::parse(R"(["cut", " and so on"])"));
  EXPECT_EQ(views[2]["excerpt"], "(empty text)");
  EXPECT_TRUE(views[2]["units"]["words"]["pieces"].empty());
}

TEST(HtmlText, PicturesAndTextsShareAPage) {
  const json data = data_of({{sample_explanation(1, 1, 4), {plain_picture(4, 4, 90)}, ""},
                             {text_explanation({funny()}), {}, ""},
                             {text_explanation({funny()}, false), {}, ""}});
  EXPECT_EQ(data["views"][0]["kind"], "picture");
  EXPECT_EQ(data["views"][0]["picture"], 0);
  EXPECT_EQ(data["views"][1]["palette"], "signed");
  EXPECT_EQ(data["views"][2]["palette"], "unsigned");
  EXPECT_TRUE(data["views"][1]["picture"].is_null());
  for (const char* name : {"signed", "unsigned"}) {
    const json& palette = data["palettes"][name];
    EXPECT_EQ(palette["light"].get<std::string>().size(), 6 * palette["lightInk"].get<std::string>().size());
    EXPECT_EQ(palette["dark"].get<std::string>().size(), 6 * palette["darkInk"].get<std::string>().size());
  }
  EXPECT_EQ(data["palettes"]["signed"]["words"], json({{"positive", "red"}, {"negative", "blue"}}));
}

TEST(HtmlText, OtherColours) {
  const std::string page = render_html({{text_explanation({funny()}), {}, ""}}, "x", {}, TextColours::kGreenRed);
  EXPECT_EQ(json::parse(data_text(page))["palettes"]["signed"]["words"]["positive"], "green");
}

TEST(HtmlText, HostileTextStaysText) {
  const std::string hostile = "<script>alert(1)</script> ]]> \u2028 \u202E \x1b[2J <!-- {{DATA}} {{SCRIPT}} &'\"";
  TextCase one{tokenized(hostile, hostile), {}};
  one.scores.emplace_back(one.text.tokens.size(), 0.5);
  for (TextToken& token : one.text.tokens) token.piece = hostile;
  Explanation e = text_explanation({one});
  e.input_names[0] = e.targets[0].spec = e.targets[0].samples[0].label = hostile;
  const std::string plain = render_html({{text_explanation({funny()}), {}, ""}}, "x");
  const std::string page = render_html({{e, {}, hostile}}, hostile);
  for (const char* markup : {"<script", "</script", "alert(1)<", "<!--", "]]>", "\u2028", "\u202E", "\x1b"}) {
    EXPECT_EQ(occurrences(page, markup), occurrences(plain, markup)) << markup;
  }
  const std::string text = data_text(page);
  EXPECT_EQ(text.find_first_of("<>&"), std::string::npos);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; }));
  EXPECT_EQ(joined(json::parse(text)["views"][0]["units"]["words"]["sequences"][1]),
            "<script>alert(1)</script> ]]> ‹U+2028› ‹U+202E› ␛[2J <!-- {{DATA}} {{SCRIPT}} &'\"");
}

TEST(HtmlText, NeedsNoNetworkAndWritesTextNodesOnly) {
  const std::string page = render_html({{text_explanation({funny()}), {}, ""}}, "x");
  EXPECT_EQ(occurrences(page, "http"), occurrences(page, "http-equiv"));
  for (const char* wrong : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "{{"}) {
    EXPECT_EQ(occurrences(page, wrong), 0U) << wrong;
  }
  EXPECT_NE(page.find("dir: \"auto\""), std::string::npos);
}

TEST(HtmlText, AttentionMapsAreRefused) {
  Explanation e = text_explanation({{tokenized("a"), {{0, 1, 0}}}});
  e.scores = Tensor(ElementType::kFloat32, {1, 1, 4, 4});
  EXPECT_THROW((void)render_html({{e, {}, ""}}, "x"), Error);
}

}  // namespace
}  // namespace pellucid::tests
