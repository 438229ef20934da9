#include "render/png_file.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>
#include <zlib.h>

#include "base/check.hpp"

namespace pellucid::render {
namespace {

// An eighth of the time of libpng's defaults for files of the same size, measured on overlays of photographs.
constexpr int kFilter = PNG_FILTER_PAETH;
constexpr int kStrategy = Z_RLE;

/// libpng's encoder into memory.
class PngWriter {
 public:
  explicit PngWriter(std::size_t most) : file_(most) {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, &info_);
      fail(ErrorCode::kInternal, "cannot start the PNG encoder");
    }
    png_set_write_fn(png_, this, on_write, on_flush);
  }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }

  /// libpng's errors jump over the frames between `setjmp` and its own: nothing there needs a destructor.
  std::vector<std::byte> encode(const Picture& picture) {
    if (setjmp(jump_) != 0)
      fail(ErrorCode::kInternal, "libpng cannot write a picture of {} × {} pixels: {}", picture.width, picture.height,
           message_);
    png_set_compression_strategy(png_, kStrategy);
    png_set_filter(png_, PNG_FILTER_TYPE_BASE, kFilter);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height), 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_write_info(png_, info_);
    const std::size_t row = 3 * static_cast<std::size_t>(picture.width);
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
      png_write_row(png_, reinterpret_cast<png_const_bytep>(picture.rgb.data() + y * row));
    png_write_end(png_, info_);
    file_.resize(size_);
    return std::move(file_);
  }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngWriter*>(png_get_error_ptr(png));
    std::snprintf(self->message_, sizeof self->message_, "%s", message);
    std::longjmp(self->jump_, 1);
  }

  static void on_warning(png_structp, png_const_charp) {}
  static void on_flush(png_structp) {}

  static void on_write(png_structp png, png_bytep bytes, std::size_t count) {
    auto* self = static_cast<PngWriter*>(png_get_io_ptr(png));
    if (count > self->file_.size() - self->size_) png_error(png, "it is larger than it can be");
    std::memcpy(self->file_.data() + self->size_, bytes, count);
    self->size_ += count;
  }

  std::vector<std::byte> file_;
  std::size_t size_ = 0;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_{};
  char message_[256] = {};
};

/// Room for the picture where it can't be compressed: 12 bytes around every chunk of at least 8 KB, and the headers.
std::size_t most_bytes(const Picture& picture) {
  const std::size_t raw = static_cast<std::size_t>(picture.height) * (3 * static_cast<std::size_t>(picture.width) + 1);
  const std::size_t packed = ::compressBound(raw);
  return packed + packed / 256 + 4096;
}

}  // namespace

std::vector<std::byte> encode_png(const Picture& picture) { return PngWriter(most_bytes(picture)).encode(picture); }

}  // namespace pellucid::render
