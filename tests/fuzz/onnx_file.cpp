#include "graph/model_file.hpp"
#include "memory_file.hpp"
#include "model_on_disk.hpp"

namespace pellucid::fuzz {

void onnx_file(Bytes bytes) {
  const auto file = graph::ModelFile::open(model_on_disk(bytes));
  for (const auto& [name, tensor] : file.weights()) read_all({tensor.data(), tensor.bytes()});
  static_cast<void>(file.sha256());
}

}  // namespace pellucid::fuzz
