#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "inputs/image.hpp"

namespace pellucid::inputs {

/// The orientation (1 to 8) that the metadata tells: tag 0x0112 of the EXIF block's first directory, or else
/// `tiff:Orientation` of the XMP packet. 1 where neither tells one, or where the metadata is damaged.
[[nodiscard]] int find_orientation(std::span<const std::byte> exif, const std::string& xmp);

/// The picture turned upright from EXIF orientation 1 to 8 (Exif 2.3, section 4.6.4 A).
[[nodiscard]] Image oriented(Image image, int orientation);

}  // namespace pellucid::inputs
