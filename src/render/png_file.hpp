#pragma once

#include <cstddef>
#include <vector>

#include "render/picture.hpp"

namespace pellucid::render {

/// The picture as a PNG file in memory. Throws Error{kInternal} with libpng's message where it refuses.
[[nodiscard]] std::vector<std::byte> encode_png(const Picture& picture);

}  // namespace pellucid::render
