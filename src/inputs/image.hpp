#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace pellucid {

/// A picture with 8 bits per channel: `rgb` holds height × width × 3 bytes, rows from the top.
struct Image {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The most pixels a picture may have (the limit of Pillow's decompression bomb error).
inline constexpr std::int64_t kMaxPixels = 178'956'970;
/// The longest side a picture may have.
inline constexpr std::int64_t kMaxSide = 65'535;

/// Decodes JPEG, PNG, WebP or BMP, told apart by content. The result is what Pillow's
/// `ImageOps.exif_transpose(image).convert("RGB")` gives: EXIF (or XMP) orientation applied, alpha dropped and not
/// composited, 16-bit grey clipped to 255, 16-bit colour reduced to its high byte, CMYK taken as inverted (Adobe).
/// `name` stands in messages. Throws Error{kBadInput} for anything that is not a whole picture of these formats:
/// a truncated or damaged file is never decoded in part, and sizes over the limits above are refused from the header.
[[nodiscard]] Image decode_image(std::span<const std::byte> bytes, const std::string& name);

/// Reads and decodes a file; errors as decode_image, or that the file cannot be read.
[[nodiscard]] Image read_image(const std::filesystem::path& path);

}  // namespace pellucid
