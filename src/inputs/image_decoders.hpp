#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inputs/image.hpp"

/// One decoder per file format, for decode_image alone.
namespace pellucid::inputs {

/// A picture as stored, before its orientation is applied, with the raw metadata that may tell the orientation.
struct Decoded {
  Image image;
  std::vector<std::byte> exif;  ///< TIFF block, with or without a leading "Exif\0\0"; empty if there is none
  std::string xmp;              ///< XMP packet; empty if there is none
};

using Bytes = std::span<const std::byte>;

[[nodiscard]] Decoded decode_bmp(Bytes bytes, const std::string& name);
[[nodiscard]] Decoded decode_jpeg(Bytes bytes, const std::string& name);
[[nodiscard]] Decoded decode_png(Bytes bytes, const std::string& name);
[[nodiscard]] Decoded decode_webp(Bytes bytes, const std::string& name);

/// A black picture of this size. Throws Error{kBadInput} before taking memory where a side is 0 or over kMaxSide or
/// the picture has more than kMaxPixels pixels.
[[nodiscard]] Image blank_image(std::int64_t width, std::int64_t height, const std::string& name);

}  // namespace pellucid::inputs
