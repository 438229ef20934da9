#include "render/terminal.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "render/text.hpp"
#include "render/words.hpp"
#include "sample.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(RenderTerminal, SaysWhatWasFound) {
  Explanation e = sample_explanation(1, 1, 4);
  std::vector<float> scores(16, 0.0F);
  scores[4 * 1 + 0] = 0.5F;
  scores[4 * 3 + 3] = -0.75F;
  e.scores = Tensor({1, 1, 4, 4}, scores);
  const std::string text = render_terminal(e);
  EXPECT_TRUE(contains(text, "attcat · libra"));
  EXPECT_TRUE(contains(text, "bull mastiff   93.1 % · value 7.21 · logit:243"));
  EXPECT_LT(text.find("−0.75   row 3, column 3 (bottom right)"), text.find("+0.5   row 1, column 0 (centre left)"));
  EXPECT_TRUE(contains(text, "−0.0125   class token"));
  EXPECT_TRUE(contains(text, "scale −0.75 … +0.75"));
  EXPECT_TRUE(contains(text, "completeness gap 2.1e−6 (relative 3.4e−7)"));
  EXPECT_TRUE(contains(text, "note: the model's input is normalised"));
  EXPECT_TRUE(contains(text, "\n  ▓+· · · \n")) << text;
  EXPECT_TRUE(contains(text, "\n  · · · █−\n")) << text;
}

TEST(RenderTerminal, KeepsToItsWidth) {
  Explanation e = sample_explanation(2, 2, 14);
  e.targets[0].samples[0].label = std::string(300, 'x');
  for (const int width : {40, 80}) {
    std::istringstream lines(render_terminal(e, {false, width}));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(text_length(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST(RenderTerminal, ColourOnlyWhereAskedFor) {
  const Explanation e = sample_explanation(1, 1, 14);
  EXPECT_FALSE(contains(render_terminal(e, {false, 80}), "\x1b"));
  const std::string coloured = render_terminal(e, {true, 80});
  EXPECT_TRUE(contains(coloured, "▀"));
  EXPECT_TRUE(contains(coloured, "\x1b[38;2;"));
  EXPECT_EQ(coloured.rfind("\x1b[0m") > coloured.rfind("\x1b[38;2;"), true);
}

TEST(RenderTerminal, LabelsCannotSteerTheTerminal) {
  Explanation e = sample_explanation(1, 1, 4);
  const std::string hostile = "a\x1b[2Jb\r\nc";
  e.method = e.rules = e.model_path = e.input_names[0] = e.targets[0].samples[0].label = hostile;
  e.certificate.notes[0] = e.certificate.gaps[0].name = e.layout.special_names[0] = hostile;
  const std::string text = render_terminal(e);
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_FALSE(contains(text, "\r"));
}

TEST(RenderTerminal, ShowsConstantsListsAndPixelMaps) {
  Explanation e = sample_explanation(1, 1, 4);
  e.scores = Tensor(ElementType::kFloat32, {1, 1, 4, 4});
  EXPECT_TRUE(contains(render_terminal(e), "every score is 0"));
  e.scores = e.token_scores;
  EXPECT_TRUE(contains(render_terminal(e), "token 6"));
  e.scores = e.token_scores = Tensor(ElementType::kFloat32, {1, 1, 224, 224});
  EXPECT_LT(render_terminal(e).size(), 10000U);
}

TEST(Words, Numbers) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(-0.012345), "−0.0123");
  EXPECT_EQ(number(1.5e-7), "1.5e−7");
  EXPECT_EQ(number(1e-10), "1e−10");
  EXPECT_EQ(number(-2e20), "−2e20");
  EXPECT_EQ(signed_number(2), "+2");
  EXPECT_EQ(percent(1), "100.0 %");
  EXPECT_EQ(percent(0.99999), "> 99.9 %");
  EXPECT_EQ(percent(1e-9), "< 0.1 %");
}

TEST(Words, PlacesAndModels) {
  const ScoreMap map{3, 3, std::vector<double>(9, 0.0)};
  EXPECT_EQ(place_in_words(map, 0, 0), "top left");
  EXPECT_EQ(place_in_words(map, 1, 1), "centre");
  EXPECT_EQ(place_in_words(map, 2, 1), "bottom");
  EXPECT_TRUE(strongest_places(map, 5).empty());
  EXPECT_EQ(model_title("a/vit/model.onnx"), "vit");
  EXPECT_EQ(model_title("a/vit/onnx/model.onnx"), "vit");
  EXPECT_EQ(model_title("model.onnx"), "model.onnx");
  EXPECT_EQ(model_title("a/net.onnx"), "net.onnx");
}

}  // namespace
}  // namespace pellucid::tests
