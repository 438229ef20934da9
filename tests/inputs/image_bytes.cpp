#include "inputs/image_bytes.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

namespace pellucid::tests {
namespace {

void append_png(png_structp png, png_bytep data, std::size_t size) {
  auto& out = *static_cast<ByteVector*>(png_get_io_ptr(png));
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
}

std::size_t packed_row(std::uint32_t width, int colour_type, int depth) {
  const std::size_t channels = colour_type == 2 ? 3 : colour_type == 6 ? 4 : colour_type == 4 ? 2 : 1;
  return (width * channels * static_cast<std::size_t>(depth) + 7) / 8;
}

ByteVector webp_chunk(const std::string& kind, const ByteVector& data) {
  ByteVector chunk =
      concatenated(concatenated(to_bytes(kind), little_endian(static_cast<std::uint32_t>(data.size()), 4)), data);
  if (data.size() % 2 == 1) chunk.push_back(std::byte{0});
  return chunk;
}

ByteVector riff(const ByteVector& chunks) {
  const auto size = static_cast<std::uint32_t>(chunks.size() + 4);
  return concatenated(concatenated(to_bytes("RIFF"), little_endian(size, 4)), concatenated(to_bytes("WEBP"), chunks));
}

}  // namespace

Image patterned(std::int64_t width, std::int64_t height) {
  Image image{width, height, {}};
  std::uint32_t state = 12345;
  for (std::int64_t i = 0; i < width * height * 3; ++i) {
    state = state * 1664525U + 1013904223U;
    image.rgb.push_back(static_cast<std::uint8_t>(state >> 24));
  }
  return image;
}

ByteVector to_bytes(const std::string& text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

ByteVector concatenated(const ByteVector& a, const ByteVector& b) {
  ByteVector out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

ByteVector little_endian(std::uint32_t value, int size) {
  ByteVector out;
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 255U));
  return out;
}

ByteVector big_endian(std::uint32_t value, int size) {
  const ByteVector little = little_endian(value, size);
  return {little.rbegin(), little.rend()};
}

ByteVector encode_png(std::uint32_t width, std::uint32_t height, const std::vector<std::uint8_t>& rows,
                      const PngOptions& options) {
  ByteVector out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &out, append_png, nullptr);
  png_set_IHDR(png, info, width, height, options.depth, options.colour_type,
               options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette(options.palette.size() / 3);
  for (std::size_t i = 0; i < palette.size(); ++i) {
    palette[i] = {options.palette[3 * i], options.palette[3 * i + 1], options.palette[3 * i + 2]};
  }
  if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  if (!options.alpha.empty()) {
    png_set_tRNS(png, info, options.alpha.data(), static_cast<int>(options.alpha.size()), nullptr);
  }
  std::vector<png_byte> exif(options.exif.size());
  if (!exif.empty()) {
    std::memcpy(exif.data(), options.exif.data(), exif.size());
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()), exif.data());
  }
  png_write_info(png, info);
  const int passes = png_set_interlace_handling(png);
  const std::size_t stride = packed_row(width, options.colour_type, options.depth);
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t y = 0; y < height; ++y) png_write_row(png, rows.data() + y * stride);
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return out;
}

ByteVector encode_png(const Image& image) {
  return encode_png(static_cast<std::uint32_t>(image.width), static_cast<std::uint32_t>(image.height), image.rgb);
}

ByteVector encode_jpeg(std::uint32_t width, std::uint32_t height, int channels, const std::vector<std::uint8_t>& pixels,
                       const JpegOptions& options) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = width;
  info.image_height = height;
  info.input_components = channels;
  info.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, options.quality, TRUE);
  if (options.progressive) jpeg_simple_progression(&info);
  for (int i = 0; i < info.num_components; ++i) info.comp_info[i].h_samp_factor = info.comp_info[i].v_samp_factor = 1;
  jpeg_start_compress(&info, TRUE);
  if (!options.app1.empty()) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(options.app1.data()),
                      static_cast<unsigned>(options.app1.size()));
  }
  std::vector<std::uint8_t> row(static_cast<std::size_t>(width) * static_cast<std::size_t>(channels));
  for (std::size_t y = 0; y < height; ++y) {
    std::memcpy(row.data(), pixels.data() + y * row.size(), row.size());
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  ByteVector out(bytes, bytes + size);
  std::free(data);
  return out;
}

ByteVector encode_webp(const Image& image, const ByteVector& exif) {
  std::uint8_t* data = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.rgb.data(), static_cast<int>(image.width), static_cast<int>(image.height),
                            static_cast<int>(image.width) * 3, &data);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const ByteVector plain(bytes, bytes + size);
  WebPFree(data);
  if (exif.empty()) return plain;
  constexpr std::uint32_t kHasExif = 8;
  ByteVector header = little_endian(kHasExif, 4);
  header = concatenated(header, little_endian(static_cast<std::uint32_t>(image.width - 1), 3));
  header = concatenated(header, little_endian(static_cast<std::uint32_t>(image.height - 1), 3));
  const ByteVector picture(plain.begin() + 12, plain.end());
  return riff(concatenated(concatenated(webp_chunk("VP8X", header), picture), webp_chunk("EXIF", exif)));
}

ByteVector exif_block(int orientation, bool big) {
  const auto integer = [&](std::uint32_t value, int size) {
    return big ? big_endian(value, size) : little_endian(value, size);
  };
  ByteVector out = to_bytes(big ? "MM" : "II");
  for (const auto& part :
       {integer(42, 2), integer(8, 4), integer(2, 2), integer(0x010F, 2), integer(2, 2), integer(4, 4),
        to_bytes(std::string("cam\0", 4)), integer(0x0112, 2), integer(3, 2), integer(1, 4),
        integer(static_cast<std::uint32_t>(orientation), 2), integer(0, 2), integer(0, 4)}) {
    out = concatenated(out, part);
  }
  return out;
}

}  // namespace pellucid::tests
