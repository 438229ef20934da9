#include "apps/pellucid/outputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include <fmt/ranges.h>

#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/parameters.hpp"
#include "base/atomic_file.hpp"
#include "base/check.hpp"
#include "render/png_overlay.hpp"
#include "render/score_map.hpp"

namespace pellucid::cli {
namespace {

std::string kind_of(const std::filesystem::path& path) {
  std::string kind = path.extension().string();
  if (!kind.empty()) kind.erase(0, 1);
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
  return kind;
}

/// Whether two paths lead to one file, which need not be there yet.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  namespace fs = std::filesystem;
  std::error_code unknown;
  const fs::path first = fs::weakly_canonical(fs::absolute(a), unknown);
  return !unknown && first == fs::weakly_canonical(fs::absolute(b), unknown) && !unknown;
}

}  // namespace

void OutputOptions::declare(Parameters& parameters, const std::string& kinds) {
  parameters.repeated_text(files, {.name = "-o,--output",
                                   .value = "FILE",
                                   .help = "File to write, repeatable; its extension decides: " + kinds,
                                   .offer = Offer::kFiles});
  if (kinds.find(".png") == std::string::npos) return;
  constexpr const char* kGroup = "How scores are drawn";
  parameters.text(overlay.colormap,
                  {.name = "--colormap",
                   .value = "NAME",
                   .help = fmt::format("{} (default: by the scores' signs)", fmt::join(colormap_names(), ", ")),
                   .group = kGroup,
                   .words = colormap_names()});
  parameters.number(overlay.alpha,
                    {.name = "--alpha",
                     .value = "A",
                     .help = fmt::format("Opacity of the strongest score, 0 to 1 (default: {})", overlay.alpha),
                     .group = kGroup});
  parameters.choice(colors,
                    {.name = "--colors",
                     .value = "PAIR",
                     .help = "Of words for and against: red-blue, or captum's green and red (default: red-blue)",
                     .group = kGroup,
                     .words = {"red-blue", "captum"}});
  parameters.flag(overlay.raw_grid,
                  {.name = "--raw-grid", .help = "One block per score instead of a smooth surface", .group = kGroup});
  parameters.flag(overlay.shared_scale,
                  {.name = "--shared-scale",
                   .help = "One scale for all targets of a picture, to compare their sizes (default: each its own)",
                   .group = kGroup});
}

OverlayOptions OutputOptions::look() const {
  OverlayOptions chosen = overlay;
  if (colors == "captum") chosen.text_colours = TextColours::kGreenRed;
  return chosen;
}

std::vector<Output> OutputOptions::outputs(const std::vector<std::string>& kinds, const InputOptions& inputs) const {
  std::vector<Output> wanted = outputs(kinds);
  std::vector<std::string> read = inputs.images;
  read.insert(read.end(), {inputs.tensors, inputs.model, inputs.text.file});
  for (const Output& output : wanted)
    for (const std::string& input : read) {
      std::error_code absent;
      const bool same = !input.empty() && std::filesystem::equivalent(output.path, input, absent) && !absent;
      PELLUCID_CHECK(!same, kUsage, "-o '{}' is an input, and would be overwritten", output.path.string());
    }
  return wanted;
}

std::vector<Output> OutputOptions::outputs(const std::vector<std::string>& kinds) const {
  PELLUCID_CHECK(overlay.alpha >= 0 && overlay.alpha <= 1, kUsage, "--alpha {} is not between 0 and 1", overlay.alpha);
  if (!overlay.colormap.empty()) static_cast<void>(Colormap(overlay.colormap));
  std::vector<Output> outputs;
  for (const std::string& file : files) {
    Output output{file, kind_of(file)};
    PELLUCID_CHECK(std::find(kinds.begin(), kinds.end(), output.kind) != kinds.end(), kUsage,
                   "-o '{}': the extension must be one of .{}", file, fmt::join(kinds, ", ."));
    for (const Output& other : outputs)
      PELLUCID_CHECK(!is_same_file(other.path, output.path), kUsage, "-o '{}' is given twice{}", file,
                     other.path == file ? "" : fmt::format(": '{}' is the same file", other.path.string()));
    outputs.push_back(std::move(output));
  }
  for (const Output& output : outputs) require_writable(output.path);
  return outputs;
}

void require_writable(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool replaced = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status) ||
                        std::filesystem::is_directory(status);
  if (replaced) {
    const AtomicFile trial(path);
    return;
  }
  PELLUCID_CHECK(::access(path.c_str(), W_OK) == 0, kBadInput, "cannot write '{}': {}", path.string(),
                 std::strerror(errno));
}

void require_pictures(const std::vector<Output>& outputs, const std::vector<Picture>& pictures) {
  for (const Output& output : outputs) {
    PELLUCID_CHECK(output.kind != "png" || !pictures.empty(), kUsage,
                   "-o '{}': the model's input is no picture, so nothing can be drawn over it; write .html or .json",
                   output.path.string());
  }
}

void require_showable(const std::vector<Output>& outputs, const Explanation& outline,
                      const std::vector<Picture>& pictures, const OverlayOptions& overlay, std::size_t methods) {
  if (outputs.empty()) static_cast<void>(render::ScoreMaps(outline));
  for (const Output& output : outputs) {
    if (output.kind == "html") static_cast<void>(render::ScoreMaps(outline));
    if (output.kind != "png") continue;
    if (methods == 0)
      require_png(outline, pictures, overlay);
    else
      require_comparison_png(outline, methods, pictures, overlay);
  }
}

RenderedFile text_file(const std::filesystem::path& path, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {path, {bytes.begin(), bytes.end()}};
}

void write_files(const std::vector<RenderedFile>& files, const Console& console) {
  stop_if_interrupted();
  for (const RenderedFile& file : files) {
    write_file_atomically(file.path, std::span(file.bytes));
    console.message("wrote " + file.path.string());
  }
}

}  // namespace pellucid::cli
