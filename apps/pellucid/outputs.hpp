#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <pellucid/explanation.hpp>

#include "apps/pellucid/console.hpp"
#include "apps/pellucid/model_inputs.hpp"
#include "render/overlay.hpp"
#include "render/picture.hpp"

namespace pellucid::cli {

class Parameters;

/// A file to write; `kind` is its extension, "png".
struct Output {
  std::filesystem::path path;
  std::string kind;
};

/// `-o` and the look of pictures.
struct OutputOptions {
  std::vector<std::string> files;
  OverlayOptions overlay;
  std::string colors = "red-blue";

  /// `kinds` as in the help: ".png, .html".
  void declare(Parameters& parameters, const std::string& kinds);

  /// How explanations are shown, the colours of words among it.
  [[nodiscard]] OverlayOptions look() const;
  /// The files to write. Before any work is done it throws Error{kUsage} on an extension that isn't among `kinds`, the
  /// same file twice, an unknown colour map or a wrong opacity, and Error{kBadInput} where a file can't be written.
  [[nodiscard]] std::vector<Output> outputs(const std::vector<std::string>& kinds) const;
  /// The same for a command that reads `inputs`: throws Error{kUsage} where an output is one of its files, too.
  [[nodiscard]] std::vector<Output> outputs(const std::vector<std::string>& kinds, const InputOptions& inputs) const;
};

/// Throws Error{kBadInput} where the file can't be created or replaced; leaves everything as it was.
void require_writable(const std::filesystem::path& path);

/// Throws Error{kUsage} where a PNG is asked for and the input is no picture.
void require_pictures(const std::vector<Output>& outputs, const std::vector<Picture>& pictures);

/// Before the run: throws Error{kUnsupported} where scores of this form can't be shown in one of the outputs (on the
/// terminal, where there are none), and Error{kUsage} where a PNG would become too large. `outline`: as
/// Request::before_run gets it; `methods`: how many are compared in one picture, 0 for a picture of one explanation.
void require_showable(const std::vector<Output>& outputs, const Explanation& outline,
                      const std::vector<Picture>& pictures, const OverlayOptions& overlay, std::size_t methods = 0);

/// A file's content, ready to be written.
struct RenderedFile {
  std::filesystem::path path;
  std::vector<std::byte> bytes;
};
[[nodiscard]] RenderedFile text_file(const std::filesystem::path& path, std::string_view text);
/// Writes all and says so.
void write_files(const std::vector<RenderedFile>& files, const Console& console);

/// Writes one explanation in every form asked for. Pictures and pages are drawn before the first file is written.
void write_explanation(const std::vector<Output>& outputs, const Explanation& explanation,
                       const std::vector<Picture>& pictures, const OverlayOptions& overlay, const Console& console);

}  // namespace pellucid::cli
