#include "inputs/orientation.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace pellucid::inputs {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;

/// Integers of a TIFF block in its byte order; nothing past its end.
class TiffReader {
 public:
  TiffReader(std::span<const std::byte> bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] std::optional<std::uint32_t> integer(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = big_endian_ ? offset + i : offset + size - 1 - i;
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at]);
    }
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool big_endian_;
};

std::optional<std::uint32_t> entry_value(const TiffReader& tiff, std::size_t entry) {
  constexpr std::uint32_t kByte = 1;
  constexpr std::uint32_t kShort = 3;
  constexpr std::uint32_t kLong = 4;
  const auto type = tiff.integer(entry + 2, 2);
  const auto count = tiff.integer(entry + 4, 4);
  if (!type || count != 1U) return std::nullopt;
  switch (*type) {
    case kByte: return tiff.integer(entry + 8, 1);
    case kShort: return tiff.integer(entry + 8, 2);
    case kLong: return tiff.integer(entry + 8, 4);
    default: return std::nullopt;
  }
}

std::optional<std::uint32_t> exif_orientation(std::span<const std::byte> exif) {
  static constexpr std::string_view kPrefix("Exif\0\0", 6);
  if (exif.size() >= 6 && std::memcmp(exif.data(), kPrefix.data(), 6) == 0) exif = exif.subspan(6);
  if (exif.size() < 8) return std::nullopt;
  const bool big_endian = std::memcmp(exif.data(), "MM\0*", 4) == 0;
  if (!big_endian && std::memcmp(exif.data(), "II*\0", 4) != 0) return std::nullopt;
  const TiffReader tiff(exif, big_endian);
  const std::size_t directory = tiff.integer(4, 4).value_or(0);
  const std::size_t entries = tiff.integer(directory, 2).value_or(0);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    const auto tag = tiff.integer(entry, 2);
    if (!tag) return std::nullopt;
    if (*tag == kOrientationTag) return entry_value(tiff, entry);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> xmp_orientation(std::string_view xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  for (std::size_t at = xmp.find(kName); at != std::string_view::npos; at = xmp.find(kName, at + 1)) {
    std::string_view rest = xmp.substr(at + kName.size());
    if (rest.starts_with("=\"")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with(">")) {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') return static_cast<std::uint32_t>(rest[0] - '0');
  }
  return std::nullopt;
}

/// Where the pixel (x, y) of the upright picture lies in the stored picture of size width × height.
std::pair<std::int64_t, std::int64_t> source_of(int orientation, std::int64_t x, std::int64_t y, const Image& stored) {
  const std::int64_t right = stored.width - 1;
  const std::int64_t bottom = stored.height - 1;
  switch (orientation) {
    case 2: return {right - x, y};
    case 3: return {right - x, bottom - y};
    case 4: return {x, bottom - y};
    case 5: return {y, x};
    case 6: return {y, bottom - x};
    case 7: return {right - y, bottom - x};
    case 8: return {right - y, x};
    default: return {x, y};
  }
}

}  // namespace

int find_orientation(std::span<const std::byte> exif, const std::string& xmp) {
  auto orientation = exif_orientation(exif);
  if (!orientation) orientation = xmp_orientation(xmp);
  return orientation && *orientation >= 1 && *orientation <= 8 ? static_cast<int>(*orientation) : 1;
}

Image oriented(Image image, int orientation) {
  PELLUCID_ASSERT(orientation >= 1 && orientation <= 8);
  if (orientation == 1) return image;
  const bool turned = orientation >= 5;
  Image upright{turned ? image.height : image.width, turned ? image.width : image.height, {}};
  upright.rgb.resize(image.rgb.size());
  std::uint8_t* out = upright.rgb.data();
  for (std::int64_t y = 0; y < upright.height; ++y) {
    for (std::int64_t x = 0; x < upright.width; ++x, out += 3) {
      const auto [from_x, from_y] = source_of(orientation, x, y, image);
      std::copy_n(image.rgb.data() + 3 * (from_y * image.width + from_x), 3, out);
    }
  }
  return upright;
}

}  // namespace pellucid::inputs
