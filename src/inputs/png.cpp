#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <png.h>

#include "base/check.hpp"
#include "inputs/image_decoders.hpp"

namespace pellucid::inputs {
namespace {

/// libpng's decoder over bytes in memory. Every call into the library that may fail goes through `guarded`.
class PngReader {
 public:
  PngReader(Bytes bytes, const std::string& name) : name_(name), bytes_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, &info_, nullptr);
      fail(ErrorCode::kInternal, "cannot start the PNG decoder");
    }
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  /// Calls `body`, whose frames libpng's errors jump over: it must own nothing that needs a destructor.
  template <class Body>
  void guarded(const Body& body) {
    static_assert(std::is_trivially_destructible_v<Body>);
    if (setjmp(jump_) != 0) fail(ErrorCode::kBadInput, "cannot decode PNG image '{}': {}", name_, message_);
    body();
  }

  png_structp png() { return png_; }
  png_infop info() { return info_; }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(self->message_, sizeof self->message_, "%s", message);
    std::longjmp(self->jump_, 1);
  }

  static void on_warning(png_structp, png_const_charp) {}

  static void on_read(png_structp png, png_bytep out, std::size_t count) {
    auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > self->bytes_.size()) png_error(png, "it is truncated");
    std::memcpy(out, self->bytes_.data(), count);
    self->bytes_ = self->bytes_.subspan(count);
  }

  const std::string& name_;
  Bytes bytes_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_{};
  char message_[256] = {};
};

/// Asks libpng for RGB of 8 bits, but leaves 16-bit grey as it is.
void request_rgb(PngReader& reader, bool wide_grey) {
  auto* png = reader.png();
  reader.guarded([&] {
    if (wide_grey) {
      png_set_interlace_handling(png);
    } else {
      png_set_palette_to_rgb(png);
      png_set_expand_gray_1_2_4_to_8(png);
      png_set_strip_16(png);
      png_set_strip_alpha(png);
      png_set_gray_to_rgb(png);
      png_set_interlace_handling(png);
    }
    png_read_update_info(png, reader.info());
  });
}

void read_rows(PngReader& reader, std::uint8_t* first, std::size_t stride, std::int64_t height) {
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = first + y * stride;
  PELLUCID_ASSERT(png_get_rowbytes(reader.png(), reader.info()) == stride);
  reader.guarded([&] {
    png_read_image(reader.png(), rows.data());
    png_read_end(reader.png(), reader.info());
  });
}

/// 16-bit grey is clipped, not scaled: what Pillow's conversion to RGB does.
void read_wide_grey(PngReader& reader, Image& image) {
  const auto pixels = static_cast<std::size_t>(image.width * image.height);
  std::vector<std::uint8_t> wide(pixels * 2);
  read_rows(reader, wide.data(), static_cast<std::size_t>(image.width) * 2, image.height);
  for (std::size_t i = 0; i < pixels; ++i) {
    std::fill_n(image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, wide[2 * i] > 0 ? 255 : wide[2 * i + 1]);
  }
}

void collect_metadata(PngReader& reader, Decoded& decoded) {
  png_uint_32 length = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(reader.png(), reader.info(), &length, &exif) != 0 && exif != nullptr) {
    const auto* bytes = reinterpret_cast<const std::byte*>(exif);
    decoded.exif.assign(bytes, bytes + length);
  }
  png_textp texts = nullptr;
  int count = 0;
  png_get_text(reader.png(), reader.info(), &texts, &count);
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(texts[i].key, "XML:com.adobe.xmp") == 0 && texts[i].text != nullptr) decoded.xmp = texts[i].text;
  }
}

}  // namespace

Decoded decode_png(Bytes bytes, const std::string& name) {
  PngReader reader(bytes, name);
  reader.guarded([&] { png_read_info(reader.png(), reader.info()); });
  Decoded decoded;
  decoded.image = blank_image(png_get_image_width(reader.png(), reader.info()),
                              png_get_image_height(reader.png(), reader.info()), name);
  const bool wide_grey = png_get_color_type(reader.png(), reader.info()) == PNG_COLOR_TYPE_GRAY &&
                         png_get_bit_depth(reader.png(), reader.info()) == 16;
  request_rgb(reader, wide_grey);
  if (wide_grey) {
    read_wide_grey(reader, decoded.image);
  } else {
    read_rows(reader, decoded.image.rgb.data(), static_cast<std::size_t>(decoded.image.width) * 3,
              decoded.image.height);
  }
  collect_metadata(reader, decoded);
  return decoded;
}

}  // namespace pellucid::inputs
