#include "inputs/image.hpp"
#include "memory_file.hpp"

namespace pellucid::fuzz {

void image(Bytes bytes) {
  const Image decoded = decode_image(bytes, "picture");
  read_all(std::as_bytes(std::span(decoded.rgb)));
}

}  // namespace pellucid::fuzz
