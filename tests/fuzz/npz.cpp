#include "base/npz.hpp"
#include "memory_file.hpp"

namespace pellucid::fuzz {

void npz(Bytes bytes) {
  const MemoryFile file(bytes);
  for (const auto& [name, tensor] : read_npz(file.path())) read_all({tensor.data(), tensor.bytes()});
}

}  // namespace pellucid::fuzz
