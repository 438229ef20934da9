#include "render/png_file.hpp"

#include <png.h>

#include "base/check.hpp"

namespace pellucid::render {

std::vector<std::byte> encode_png(const Picture& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  std::vector<std::byte> file(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = file.size();
  const int written = png_image_write_to_memory(&image, file.data(), &size, 0, picture.rgb.data(), 0, nullptr);
  PELLUCID_CHECK(written != 0, kInternal, "libpng cannot write a picture of {} × {} pixels: {}", picture.width,
                 picture.height, image.message);
  file.resize(size);
  return file;
}

}  // namespace pellucid::render
