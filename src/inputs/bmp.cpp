#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "inputs/image_decoders.hpp"

namespace pellucid::inputs {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kPlain = 0;
constexpr std::uint32_t kMasked = 3;

/// What the headers say about the pixels.
struct Layout {
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool top_down = false;
  std::uint32_t bits = 0;
  std::size_t pixels = 0;                       ///< offset of the first stored row
  std::size_t stride = 0;                       ///< bytes of a stored row
  std::size_t palette = 0;                      ///< offset of the colour table
  std::size_t colours = 0;                      ///< entries of the colour table
  std::size_t colour_bytes = 4;                 ///< bytes of one of them
  std::array<std::size_t, 3> channel{2, 1, 0};  ///< byte of red, green and blue in a pixel
};

/// Integers in little-endian order; past the end is an error.
class BmpReader {
 public:
  BmpReader(Bytes bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[nodiscard]] std::uint32_t integer(std::size_t offset, std::size_t size) const {
    require(offset, size);
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | byte(offset + i);
    return value;
  }
  [[nodiscard]] std::int64_t signed_integer(std::size_t offset) const {
    return static_cast<std::int32_t>(integer(offset, 4));
  }
  [[nodiscard]] std::uint8_t byte(std::size_t offset) const { return std::to_integer<std::uint8_t>(bytes_[offset]); }
  void require(std::size_t offset, std::size_t size) const {
    PELLUCID_CHECK(offset <= bytes_.size() && size <= bytes_.size() - offset, kBadInput,
                   "cannot decode BMP image '{}': it is truncated", name_);
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Bytes bytes_;
  const std::string& name_;
};

std::array<std::size_t, 3> masked_channels(const BmpReader& reader) {
  std::array<std::size_t, 3> channel{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint32_t mask = reader.integer(kFileHeader + 40 + 4 * c, 4);
    std::size_t at = 0;
    while (at < 4 && mask != 0xFFU << (8 * at)) ++at;
    PELLUCID_CHECK(at < 4, kBadInput, "cannot decode BMP image '{}': colour mask {:#010x} is not a whole byte",
                   reader.name(), mask);
    channel[c] = at;
  }
  return channel;
}

void read_palette_place(const BmpReader& reader, std::size_t header, Layout& layout) {
  const std::size_t most = std::size_t{1} << layout.bits;
  const std::size_t given = header >= 40 ? reader.integer(kFileHeader + 32, 4) : 0;
  layout.colour_bytes = header >= 40 ? 4 : 3;
  layout.palette = kFileHeader + header;
  layout.colours = given == 0 ? most : std::min(given, most);
  reader.require(layout.palette, layout.colours * layout.colour_bytes);
}

Layout read_layout(const BmpReader& reader) {
  const std::size_t header = reader.integer(kFileHeader, 4);
  PELLUCID_CHECK(header == 12 || (header >= 40 && header <= 124), kBadInput,
                 "cannot decode BMP image '{}': its header of {} bytes is unknown", reader.name(), header);
  Layout layout;
  layout.pixels = reader.integer(10, 4);
  const bool small = header == 12;
  layout.width = small ? reader.integer(18, 2) : reader.signed_integer(18);
  layout.height = small ? reader.integer(20, 2) : reader.signed_integer(22);
  layout.top_down = layout.height < 0;
  layout.height = std::abs(layout.height);
  layout.bits = reader.integer(small ? 24 : 28, 2);
  const std::uint32_t packing = small ? kPlain : reader.integer(30, 4);
  const bool indexed = layout.bits == 1 || layout.bits == 4 || layout.bits == 8;
  const bool known =
      packing == kPlain ? indexed || layout.bits == 24 || layout.bits == 32 : packing == kMasked && layout.bits == 32;
  PELLUCID_CHECK(known, kBadInput,
                 "cannot decode BMP image '{}': {} bits with compression {} are not read; save it as PNG",
                 reader.name(), layout.bits, packing);
  if (packing == kMasked) layout.channel = masked_channels(reader);
  if (indexed) read_palette_place(reader, header, layout);
  layout.stride = (static_cast<std::size_t>(std::max<std::int64_t>(layout.width, 0)) * layout.bits + 31) / 32 * 4;
  return layout;
}

/// Indices past the colour table are black.
void read_indexed_row(const BmpReader& reader, const Layout& layout, std::size_t row, std::uint8_t* rgb) {
  const std::uint32_t most = (1U << layout.bits) - 1;
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout.width); ++x, rgb += 3) {
    const std::size_t bit = x * layout.bits;
    const std::size_t index = reader.byte(row + bit / 8) >> (8 - layout.bits - bit % 8) & most;
    if (index >= layout.colours) continue;
    for (std::size_t c = 0; c < 3; ++c) rgb[c] = reader.byte(layout.palette + index * layout.colour_bytes + 2 - c);
  }
}

void read_colour_row(const BmpReader& reader, const Layout& layout, std::size_t row, std::uint8_t* rgb) {
  const std::size_t step = layout.bits / 8;
  for (std::size_t x = 0; x < static_cast<std::size_t>(layout.width); ++x, rgb += 3) {
    for (std::size_t c = 0; c < 3; ++c) rgb[c] = reader.byte(row + x * step + layout.channel[c]);
  }
}

}  // namespace

Decoded decode_bmp(Bytes bytes, const std::string& name) {
  const BmpReader reader(bytes, name);
  const Layout layout = read_layout(reader);
  Decoded decoded;
  decoded.image = blank_image(layout.width, layout.height, name);
  reader.require(layout.pixels, layout.stride * static_cast<std::size_t>(layout.height));
  for (std::int64_t y = 0; y < layout.height; ++y) {
    const auto stored = static_cast<std::size_t>(layout.top_down ? y : layout.height - 1 - y);
    const std::size_t row = layout.pixels + stored * layout.stride;
    std::uint8_t* rgb = decoded.image.rgb.data() + 3 * y * layout.width;
    layout.bits <= 8 ? read_indexed_row(reader, layout, row, rgb) : read_colour_row(reader, layout, row, rgb);
  }
  return decoded;
}

}  // namespace pellucid::inputs
