#include "base/safetensors.hpp"
#include "memory_file.hpp"

namespace pellucid::fuzz {

void safetensors(Bytes bytes) {
  const MemoryFile file(bytes);
  for (const auto& [name, tensor] : read_safetensors(file.path())) read_all({tensor.data(), tensor.bytes()});
}

}  // namespace pellucid::fuzz
