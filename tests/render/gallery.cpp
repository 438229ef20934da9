// Writes specimens of every renderer into a folder, to be looked at: pellucid_render_gallery OUT PICTURE…
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
