#include <sstream>

#include <gtest/gtest.h>

#include "render/display_width.hpp"
#include "render/terminal.hpp"
#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = text.find('m', at);
    } else {
      plain += text[at];
    }
  }
  return plain;
}

TEST(TerminalText, WithoutColourMarksAndNumbersSayIt) {
  const std::string text = render_terminal(text_explanation({funny()}));
  EXPECT_TRUE(contains(text,
                       "— a truly funny bore\n\npositive   93.1 % · value 3.25 · label:positive\n"
                       "  a [+1 truly] [+3 funny] [−2 bore]\n"
                       "  [+n word] supports positive · [−n word] opposes it · n: 1 to 3, where 3 is ±1\n"
                       "          +1   funny   word 2\n"
                       "        −0.5   bore    word 3\n"
                       "       +0.25   truly   word 1\n"
                       "  special tokens: [CLS] +0.5 · [SEP] −0.125\n"
                       "  completeness gap 2.1e−6"))
      << text;
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_FALSE(contains(text, "99"));
}

TEST(TerminalText, Pieces) {
  const std::string text = render_terminal(text_explanation({funny()}), {.pieces = true});
  EXPECT_TRUE(contains(text, "  a [+1 truly] [+3 fun][+1 ny] [−2 bore]\n")) << text;
  EXPECT_TRUE(contains(text, "+0.75   fun     piece 2"));
}

TEST(TerminalText, TrueColour) {
  const std::string text = render_terminal(text_explanation({funny()}), {.colour = true, .dark = false});
  EXPECT_TRUE(contains(text, "\x1b[48;2;179;32;44m\x1b[38;2;255;255;255mfunny\x1b[0m")) << text;
  EXPECT_TRUE(contains(text, "\x1b[48;2;255;255;255m\x1b[38;2;0;0;0ma"));
  EXPECT_TRUE(contains(text, "m red \x1b[0m supports positive"));
  EXPECT_TRUE(contains(text, "m blue \x1b[0m opposes it · full colour at ±1"));
  EXPECT_TRUE(contains(without_escapes(text), "  a truly funny bore"));
}

TEST(TerminalText, Of256Colours) {
  const std::string text =
      render_terminal(text_explanation({funny()}), {.colour = true, .depth = ColourDepth::k256, .dark = false});
  EXPECT_TRUE(contains(text, "\x1b[48;5;124m\x1b[38;5;231mfunny\x1b[0m")) << text;
  EXPECT_TRUE(contains(text, "\x1b[48;5;111m\x1b[38;5;16mbore\x1b[0m")) << text;
  EXPECT_FALSE(contains(text, ";2;"));
}

TEST(TerminalText, OtherColours) {
  const TerminalOptions options{.colour = true, .text_colours = TextColours::kGreenRed};
  const std::string text = render_terminal(text_explanation({funny()}), options);
  EXPECT_TRUE(contains(text, "m green \x1b[0m supports positive"));
  EXPECT_TRUE(contains(text, "m red \x1b[0m opposes it"));
}

TEST(TerminalText, WithoutSigns) {
  const TextCase one{tokenized("a b"), {{0, 0.25, 0.75, 0}}};
  const std::string plain = render_terminal(text_explanation({one}, false));
  EXPECT_TRUE(contains(plain, "  [1 a] [3 b]\n  [n word] matters for positive · n: 1 to 3, where 3 is 0.75\n"))
      << plain;
  const std::string coloured = render_terminal(text_explanation({one}, false), {.colour = true});
  EXPECT_TRUE(contains(coloured, "m violet \x1b[0m matters for positive · full colour at 0.75"));
}

TEST(TerminalText, KeepsToItsWidthWhateverTheScript) {
  const std::vector<std::string> texts = {
      "猫と犬が好きです。とても|かわいいから、毎日写真を撮っています。",
      "مرحبا بالعالم، هذا الفيلم رائ|ع جدا وممتع للغاية",
      "👩\u200D🚀 👍🏽 🇩🇪🇫🇷 wonder|ful ❤\uFE0F e\u0301te\u0301 " + std::string(60, 'x')};
  for (const std::string& marked : texts) {
    const TokenizedText text = tokenized(marked);
    std::vector<double> scores(text.tokens.size(), 0.5);
    const Explanation e = text_explanation({{text, {scores}}});
    for (const bool colour : {false, true}) {
      std::istringstream lines(render_terminal(e, {.colour = colour, .width = 40}));
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(display_width(without_escapes(line)), 40U) << line;
        const auto on = line.rfind("\x1b[48"), off = line.rfind("\x1b[0m");
        EXPECT_TRUE(on == std::string::npos || (off != std::string::npos && off > on)) << line;
      }
    }
  }
}

TEST(TerminalText, PaperIsAsWideOnEveryLine) {
  const TokenizedText text = tokenized("猫と犬が好きです 👩\u200D🚀 e\u0301te\u0301 مرحبا بالعالم nothing else at all");
  const Explanation e = text_explanation({{text, {std::vector<double>(text.tokens.size(), 0.5)}}});
  std::istringstream lines(render_terminal(e, {.colour = true, .width = 24}));
  int papers = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  \x1b[48") && !contains(line, " red ") && !contains(line, " blue ")) {
      EXPECT_EQ(display_width(without_escapes(line)), 24U) << line;
      ++papers;
    }
  }
  EXPECT_GE(papers, 3);
}

TEST(TerminalText, HostileTextCannotSteerTheTerminal) {
  TextCase one{tokenized("a\x1b[2Jb \u202Eevil\u2028 \r\x7F"), {{0, 1, 1, 1, 0}}};
  one.text.tokens[0].piece = "\x1b]0;x\x07";
  Explanation e = text_explanation({one});
  e.targets[0].samples[0].label = "l\x1b[2J\u202E";
  const std::string text = render_terminal(e);
  EXPECT_TRUE(contains(text, "[+3 a␛[2Jb] [+3 ‹U+202E›evil‹U+2028›] [+3 ␍␡]")) << text;
  EXPECT_FALSE(contains(text, "\x1b"));
  EXPECT_FALSE(contains(text, "\x07"));
  EXPECT_FALSE(contains(text, "\u202E"));
}

TEST(TerminalText, SaysWhatWasCut) {
  TextCase one = funny();
  one.text.text += " and so on";
  one.text.cut = 12;
  const std::string text = render_terminal(text_explanation({one}));
  EXPECT_TRUE(contains(text, "12 tokens were cut: the text behind ✂ has no score\n"));
  EXPECT_TRUE(contains(text, "[−2 bore]✂  and so on\n")) << text;
}

TEST(TerminalText, EmptyTextAndZeroMapAreNoErrors) {
  const std::string empty = render_terminal(text_explanation({{tokenized(""), {{0.5, 0.5}}}}));
  EXPECT_TRUE(contains(empty, "there is no word here"));
  EXPECT_TRUE(contains(empty, "special tokens: [CLS] +0.5"));
  const std::string zero = render_terminal(text_explanation({{tokenized("a b"), {{1, 0, 0, 1}}}}));
  EXPECT_TRUE(contains(zero, "  a b\n  all scores are zero\n")) << zero;
}

TEST(TerminalText, PairsShowBothTexts) {
  const TextCase pair{tokenized("who ran", "Ada ran"), {{0, 0, 1, 0, 2, 0, 0}, {0, 0, 0, 0, 0, -2, 0}}};
  const std::string text = render_terminal(text_explanation({pair}));
  EXPECT_TRUE(contains(text, "  first text\n  who [+2 ran]\n  second text\n  [+3 Ada] ran\n")) << text;
  EXPECT_TRUE(contains(text, "  second text\n  Ada [−3 ran]\n")) << text;
}

TEST(TerminalText, TextsShareAScaleUnlessEachHasItsOwn) {
  const TextCase weak{tokenized("a"), {{0, 0.01, 0}}}, strong{tokenized("b"), {{0, 1, 0}}};
  const Explanation e = text_explanation({weak, strong});
  EXPECT_TRUE(contains(render_terminal(e), "\n  a\n"));
  EXPECT_TRUE(contains(render_terminal(e, {.own_scales = true}), "\n  [+3 a]\n"));
}

}  // namespace
}  // namespace pellucid::tests
