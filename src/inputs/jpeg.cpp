#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <jpeglib.h>

#include <jerror.h>

#include "base/check.hpp"
#include "inputs/image_decoders.hpp"

namespace pellucid::inputs {
namespace {

constexpr int kMetadataMarker = JPEG_APP0 + 1;
/// A progressive file of more scans than this is made to waste time.
constexpr int kMaxScans = 500;

/// What libjpeg's callbacks share; the library's own part is first, so that a pointer to it is a pointer to this.
struct Errors {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave(j_common_ptr info) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  errors->base.format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}

[[noreturn]] void leave_with(j_common_ptr info, const char* message) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  std::snprintf(errors->message, sizeof errors->message, "%s", message);
  std::longjmp(errors->jump, 1);
}

/// Warnings after which libjpeg would make up pixels end the decoding; the harmless ones pass.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC: leave(info);
    default: return;
  }
}

void on_progress(j_common_ptr info) {
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(info);
  if (decompress->input_scan_number > kMaxScans) leave_with(info, "it has too many scans");
}

boolean on_end_of_data(j_decompress_ptr info) { leave_with(reinterpret_cast<j_common_ptr>(info), "it is truncated"); }

void ignore(j_decompress_ptr) {}
void ignore_message(j_common_ptr) {}

void skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) on_end_of_data(info);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

/// libjpeg's decoder over bytes in memory. Every call into the library goes through `guarded`.
class JpegReader {
 public:
  JpegReader(Bytes bytes, const std::string& name) : name_(name) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = leave;
    errors_.base.emit_message = on_message;
    errors_.base.output_message = ignore_message;
    guarded([&] { jpeg_create_decompress(&info_); });
    source_.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
    source_.bytes_in_buffer = bytes.size();
    source_.init_source = ignore;
    source_.fill_input_buffer = on_end_of_data;
    source_.skip_input_data = skip;
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.term_source = ignore;
    info_.src = &source_;
    progress_.progress_monitor = on_progress;
    info_.progress = &progress_;
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&info_); }

  /// Calls `body`, whose frames libjpeg's errors jump over: it must own nothing that needs a destructor.
  template <class Body>
  void guarded(const Body& body) {
    static_assert(std::is_trivially_destructible_v<Body>);
    if (setjmp(errors_.jump) != 0) {
      fail(ErrorCode::kBadInput, "cannot decode JPEG image '{}': {}", name_, errors_.message);
    }
    body();
  }

  jpeg_decompress_struct& info() { return info_; }

 private:
  const std::string& name_;
  Errors errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

/// CMYK with inverted ink, as Adobe writes it and Pillow always takes it.
void cmyk_to_rgb(const std::uint8_t* cmyk, std::int64_t pixels, std::uint8_t* rgb) {
  for (std::int64_t i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - cmyk[c]) * light + 128;
      rgb[c] = static_cast<std::uint8_t>(std::max(0, light - ((product >> 8) + product) / 256));
    }
  }
}

void collect_metadata(const jpeg_decompress_struct& info, Decoded& decoded) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (decoded.exif.empty() && data.starts_with(kExif)) {
      const auto* bytes = reinterpret_cast<const std::byte*>(data.data());
      decoded.exif.assign(bytes, bytes + data.size());
    } else if (decoded.xmp.empty() && data.starts_with(kXmp)) {
      decoded.xmp = data.substr(kXmp.size());
    }
  }
}

void read_rows(JpegReader& reader, Image& image, bool cmyk) {
  auto& info = reader.info();
  std::vector<std::uint8_t> inks(cmyk ? static_cast<std::size_t>(image.width) * 4 : 0);
  std::uint8_t* out = image.rgb.data();
  reader.guarded([&] {
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = cmyk ? inks.data() : out;
      if (jpeg_read_scanlines(&info, &row, 1) != 1) continue;
      if (cmyk) cmyk_to_rgb(inks.data(), image.width, out);
      out += 3 * image.width;
    }
    jpeg_finish_decompress(&info);
  });
}

}  // namespace

Decoded decode_jpeg(Bytes bytes, const std::string& name) {
  JpegReader reader(bytes, name);
  auto& info = reader.info();
  reader.guarded([&] {
    jpeg_save_markers(&info, kMetadataMarker, 0xFFFF);
    jpeg_read_header(&info, TRUE);
  });
  const int channels = info.num_components;
  PELLUCID_CHECK(channels == 1 || channels == 3 || channels == 4, kBadInput,
                 "cannot decode JPEG image '{}': it has {} channels, not 1, 3 or 4", name, channels);
  Decoded decoded;
  collect_metadata(info, decoded);
  decoded.image = blank_image(info.image_width, info.image_height, name);
  info.out_color_space = channels == 4 ? JCS_CMYK : JCS_RGB;
  read_rows(reader, decoded.image, channels == 4);
  return decoded;
}

}  // namespace pellucid::inputs
