// Writes specimens of every renderer into a folder, to be looked at: pellucid_render_gallery OUT PICTURE…
#include <cmath>
#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "inputs/resize.hpp"
#include "render/html.hpp"
#include "render/png_overlay.hpp"
#include "render/record.hpp"
#include "render/sample.hpp"
#include "render/terminal.hpp"
#include "render/text_sample.hpp"

using namespace pellucid;
using namespace pellucid::tests;

namespace {

Explanation pixel_explanation() {
  Explanation e = sample_explanation(1, 1, 224);
  e.method = "input-x-gradient";
  e.layout.rows = e.layout.columns = 14;
  e.layout.tokens = 197;
  e.token_scores = e.scores;
  return e;
}

/// Scores of some size for every token, the same for the same text.
TextCase scored(const TokenizedText& text, std::size_t targets, double size, bool signed_scores) {
  TextCase one{text, {}};
  for (std::size_t t = 0; t < targets; ++t) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < text.tokens.size(); ++i) {
      const double wave = std::sin(2.7 * static_cast<double>(i * i) + 1.9 * static_cast<double>(t) + size);
      scores.push_back(size * (signed_scores ? wave * wave * wave : wave * wave));
    }
    one.scores.push_back(scores);
  }
  return one;
}

std::vector<TokenizedText> texts() {
  TokenizedText cut = tokenized("This one is longer than the mod|el reads , so that");
  cut.text += " the rest of it has no score at all, which is not the same as a score of zero.";
  cut.cut = 21;
  TokenizedText typed = tokenized("a literal [SEP] counts as special");
  typed.tokens[3].special = true;
  return {tokenized("The acting was super|b and the plot , though thin , never bor|ed me : a tru|ly fun|ny film ."),
          tokenized("Who wrote the first program ?",
                    "Ada Love|lace publi|shed the first program for the Analyt|ical Eng|ine in 1843 ."),
          tokenized("كان الفيلم رائع|ا جدا وممتع|ا للغاية"),
          tokenized("猫 と 犬 が 好き です 。 👩\u200D🚀 e\u0301te\u0301"),
          tokenized("<script>alert(1)</script> </script> ]]> \u2028 \u202Eevil \x1b[2J & <b>bold</b>\nnew line"),
          cut,
          typed,
          tokenized("")};
}

Explanation texts_explained(double size, bool signed_scores) {
  std::vector<TextCase> cases;
  for (const TokenizedText& text : texts()) cases.push_back(scored(text, 2, size, signed_scores));
  return text_explanation(cases, signed_scores);
}

void write_texts(const std::filesystem::path& out, const HtmlEntry& picture) {
  const Explanation all = texts_explained(0.42, true), plain = texts_explained(0.08, false);
  Explanation other = texts_explained(0.003, true);
  other.method = "input-x-gradient";
  write_file_atomically(out / "texts.html", render_html({{all, {}, ""}, {plain, {}, ""}, {other, {}, ""}}, "Why so?"));
  write_file_atomically(out / "mixed.html", render_html({picture, {all, {}, ""}, {plain, {}, ""}}, "Both"));
  write_file_atomically(out / "captum.html", render_html({{all, {}, ""}}, "Green and red", {}, TextColours::kGreenRed));
  write_file_atomically(out / "text-colour.txt", render_terminal(all, {.colour = true, .width = 72}));
  write_file_atomically(out / "text-256.txt",
                        render_terminal(all, {.colour = true, .width = 72, .depth = ColourDepth::k256, .dark = false}));
  write_file_atomically(out / "text-plain.txt", render_terminal(all, {.width = 72}));
  write_file_atomically(out / "text-record.json", record(all).dump(1));
}

void write_all(const std::filesystem::path& out, const std::vector<Picture>& pictures,
               const std::vector<std::string>& names) {
  const auto named = [&](Explanation e) {
    for (std::size_t i = 0; i < e.input_names.size(); ++i) e.input_names[i] = names[i % names.size()];
    return e;
  };
  const auto batch = static_cast<std::int64_t>(pictures.size());
  const std::vector<Picture> first = {pictures.front()}, small = {resize(pictures.back(), 64, 64, Filter::kBicubic)};
  write_file_atomically(out / "batch.png", render_png(named(sample_explanation(3, batch, 14)), pictures));
  write_file_atomically(out / "small.png", render_png(named(sample_explanation(2, 1, 8)), small));
  write_file_atomically(out / "blocks.png", render_png(named(sample_explanation(2, 1, 14)), first, {.raw_grid = true}));
  write_file_atomically(out / "unsigned.png", render_png(named(sample_explanation(2, 1, 14, false)), first));
  write_file_atomically(out / "pixels.png", render_png(named(pixel_explanation()), first));
  const std::vector<Explanation> methods = {named(sample_explanation(2, 1, 14)),
                                            named(sample_explanation(2, 1, 14, false)),
                                            named(sample_explanation(2, 1, 7))};
  write_file_atomically(out / "comparison.png", render_comparison_png(methods, first));
  std::vector<HtmlEntry> entries = {{named(sample_explanation(3, batch, 14)), pictures, ""},
                                    {named(sample_explanation(3, batch, 14, false)), pictures, ""},
                                    {named(sample_explanation(3, batch, 7)), pictures, "chefer"}};
  write_file_atomically(out / "page.html", render_html(entries, "Why a bull mastiff?"));
  write_texts(out, entries.front());
  write_file_atomically(out / "single.html", render_html({{named(sample_explanation(1, 1, 8)), small, ""}}, "One"));
  write_file_atomically(out / "list.html", [&] {
    Explanation e = sample_explanation(2, 1, 4);
    e.scores = e.token_scores;
    e.layout.rows = e.layout.columns = 0;
    return render_html({{e, {}, ""}}, "A list of tokens");
  }());
  write_file_atomically(out / "record.json", record(sample_explanation(2, 1, 4)).dump(1));
  write_file_atomically(out / "colour.txt", render_terminal(methods[0], {true, 100}));
  write_file_atomically(out / "plain.txt", render_terminal(methods[0], {false, 80}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: pellucid_render_gallery OUT PICTURE…\n", stderr), 2;
  std::vector<Picture> pictures;
  std::vector<std::string> names;
  for (int i = 2; i < argc; ++i) {
    pictures.push_back(resize(read_image(argv[i]), 224, 224, Filter::kBicubic));
    names.emplace_back(argv[i]);
  }
  write_all(argv[1], pictures, names);
}
