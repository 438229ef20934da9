#include <cstring>
#include <string_view>

#include <webp/decode.h>

#include "base/check.hpp"
#include "inputs/image_decoders.hpp"

namespace pellucid::inputs {
namespace {

const char* explain(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return "it is truncated";
    case VP8_STATUS_OUT_OF_MEMORY: return "there is not enough memory";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that the decoder does not know";
    default: return "its data is damaged";
  }
}

void check_status(VP8StatusCode status, const std::string& name) {
  PELLUCID_CHECK(status == VP8_STATUS_OK, kBadInput, "cannot decode WebP image '{}': {}", name, explain(status));
}

std::size_t little_endian_32(Bytes bytes, std::size_t offset) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(bytes[offset + i]);
  return value;
}

/// Walks the RIFF chunks for the EXIF and XMP ones.
void collect_metadata(Bytes bytes, Decoded& decoded) {
  std::size_t at = 12;
  while (at + 8 <= bytes.size()) {
    const std::string_view kind(reinterpret_cast<const char*>(bytes.data() + at), 4);
    const std::size_t size = little_endian_32(bytes, at + 4);
    at += 8;
    if (size > bytes.size() - at) return;
    const Bytes data = bytes.subspan(at, size);
    if (kind == "EXIF") decoded.exif.assign(data.begin(), data.end());
    if (kind == "XMP ") decoded.xmp.assign(reinterpret_cast<const char*>(data.data()), data.size());
    at += size + (size & 1);
  }
}

}  // namespace

Decoded decode_webp(Bytes bytes, const std::string& name) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  PELLUCID_CHECK(little_endian_32(bytes, 4) <= bytes.size() - 8, kBadInput,
                 "cannot decode WebP image '{}': it is truncated", name);
  WebPDecoderConfig config;
  PELLUCID_ASSERT(WebPInitDecoderConfig(&config) != 0);
  check_status(WebPGetFeatures(data, bytes.size(), &config.input), name);
  PELLUCID_CHECK(config.input.has_animation == 0, kBadInput,
                 "cannot decode WebP image '{}': it is an animation; give a single picture", name);
  Decoded decoded;
  decoded.image = blank_image(config.input.width, config.input.height, name);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = decoded.image.rgb.data();
  config.output.u.RGBA.stride = static_cast<int>(decoded.image.width * 3);
  config.output.u.RGBA.size = decoded.image.rgb.size();
  check_status(WebPDecode(data, bytes.size(), &config), name);
  collect_metadata(bytes, decoded);
  return decoded;
}

}  // namespace pellucid::inputs
