#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inputs/image.hpp"

/// Image files made in memory, for tests.
namespace pellucid::tests {

using ByteVector = std::vector<std::byte>;

/// A picture whose pixels all differ, reproducible.
[[nodiscard]] Image patterned(std::int64_t width, std::int64_t height);

struct PngOptions {
  int colour_type = 2;  ///< as PNG has them: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
  int depth = 8;
  bool interlaced = false;
  std::vector<std::uint8_t> palette{};  ///< RGB triples
  std::vector<std::uint8_t> alpha{};    ///< of the palette
  ByteVector exif{};
};

/// `rows` holds the packed rows as PNG stores them (16 bits big-endian).
[[nodiscard]] ByteVector encode_png(std::uint32_t width, std::uint32_t height, const std::vector<std::uint8_t>& rows,
                                    const PngOptions& options = {});
[[nodiscard]] ByteVector encode_png(const Image& image);

struct JpegOptions {
  int quality = 95;
  bool progressive = false;
  ByteVector app1{};
};

/// `channels` 1 grey, 3 RGB (stored as YCbCr), 4 CMYK.
[[nodiscard]] ByteVector encode_jpeg(std::uint32_t width, std::uint32_t height, int channels,
                                     const std::vector<std::uint8_t>& pixels, const JpegOptions& options = {});

/// A lossless WebP file; with an EXIF chunk unless `exif` is empty.
[[nodiscard]] ByteVector encode_webp(const Image& image, const ByteVector& exif = {});

/// A TIFF block that tells an orientation.
[[nodiscard]] ByteVector exif_block(int orientation, bool big_endian);

[[nodiscard]] ByteVector to_bytes(const std::string& text);
[[nodiscard]] ByteVector concatenated(const ByteVector& a, const ByteVector& b);
/// `value` in `size` bytes.
[[nodiscard]] ByteVector little_endian(std::uint32_t value, int size);
[[nodiscard]] ByteVector big_endian(std::uint32_t value, int size);

}  // namespace pellucid::tests
