#include "inputs/image.hpp"

#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "base/read_file.hpp"
#include "inputs/image_decoders.hpp"
#include "inputs/orientation.hpp"

namespace pellucid {
namespace {

using inputs::Bytes;
using inputs::Decoded;

/// The largest file taken for a picture, so that an endless device cannot fill the memory.
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30;

bool has_at(Bytes bytes, std::size_t offset, std::string_view text) {
  return bytes.size() >= offset + text.size() && std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

Decoded decode_stored(Bytes bytes, const std::string& name) {
  PELLUCID_CHECK(!bytes.empty(), kBadInput, "'{}' is empty: give a JPEG, PNG, WebP or BMP image", name);
  if (has_at(bytes, 0, "\xFF\xD8\xFF")) return inputs::decode_jpeg(bytes, name);
  if (has_at(bytes, 0, "\x89PNG\r\n\x1A\n")) return inputs::decode_png(bytes, name);
  if (has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "WEBP")) return inputs::decode_webp(bytes, name);
  if (has_at(bytes, 0, "BM")) return inputs::decode_bmp(bytes, name);
  fail(ErrorCode::kBadInput, "'{}' is not a JPEG, PNG, WebP or BMP image: convert it to one of these", name);
}

}  // namespace

Image inputs::blank_image(std::int64_t width, std::int64_t height, const std::string& name) {
  PELLUCID_CHECK(width > 0 && height > 0, kBadInput, "image '{}' is {} x {}: it has no pixels", name, width, height);
  PELLUCID_CHECK(width <= kMaxSide && height <= kMaxSide && width * height <= kMaxPixels, kBadInput,
                 "image '{}' is {} x {}: at most {} pixels, {} to a side, are read; shrink it first", name, width,
                 height, kMaxPixels, kMaxSide);
  return Image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3)};
}

Image decode_image(std::span<const std::byte> bytes, const std::string& name) {
  Decoded decoded = decode_stored(bytes, name);
  const int orientation = inputs::find_orientation(decoded.exif, decoded.xmp);
  return inputs::oriented(std::move(decoded.image), orientation);
}

Image read_image(const std::filesystem::path& path) {
  const std::string bytes = read_text_file(path, kMaxFileBytes);
  return decode_image(std::as_bytes(std::span(bytes)), path.string());
}

}  // namespace pellucid
