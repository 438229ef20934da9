#pragma once

#include <cstdint>

#include "inputs/image.hpp"

namespace pellucid {

/// Resampling filters with the codes of Pillow's `Image.Resampling`, as preprocessor_config.json gives them.
enum class Filter : std::uint8_t { kNearest = 0, kLanczos = 1, kBilinear = 2, kBicubic = 3, kBox = 4, kHamming = 5 };

/// Resizes bit for bit as Pillow 13's `Image.resize` does: antialiased (the filter widens with the scale), in two
/// passes of 22-bit fixed point, each rounded to 8 bits; `kNearest` picks the pixel under each centre. Rows are resized
/// before columns unless the picture loses more than twice as many rows as columns. (Pillow 12 and earlier always begin
/// with the rows: for such pictures they differ by a level or two.) Throws Error{kBadInput} where a side of the result
/// is below 1 or over kMaxSide, or a pass would have more than kMaxPixels pixels.
[[nodiscard]] Image resize(const Image& image, std::int64_t width, std::int64_t height, Filter filter);

}  // namespace pellucid
