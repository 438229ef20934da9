#include <optional>
#include <string>

#include "inputs/image_preparation.hpp"
#include "targets.hpp"

namespace pellucid::fuzz {
namespace {

/// Sizes that are allowed but take long: a picture of kMaxPixels isn't made ten thousand times.
bool is_slow(std::int64_t side) { return side > 256 && side <= kMaxSide; }
bool is_slow(const std::optional<Extent>& extent) {
  return extent && (is_slow(extent->height) || is_slow(extent->width));
}

}  // namespace

void preparation(Bytes bytes) {
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const ImagePreparation parsed = parse_preparation(text, "preprocessor_config.json", "vit");
  if (is_slow(parsed.size) || is_slow(parsed.crop) || is_slow(parsed.shortest_edge.value_or(1)) ||
      is_slow(parsed.longest_edge.value_or(1)))
    return;
  const Image picture{7, 5, std::vector<std::uint8_t>(105, 200)};
  static_cast<void>(prepare_image(picture, parsed));
}

}  // namespace pellucid::fuzz
