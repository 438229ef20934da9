#pragma once

#include <fstream>

#include "support/scratch_folder.hpp"
#include "targets.hpp"

namespace pellucid::fuzz {

/// The bytes as model.onnx in a folder of its own, where external data is looked for.
inline std::filesystem::path model_on_disk(Bytes bytes) {
  static const tests::ScratchFolder folder;
  static const bool beside = !folder.write("weights.bin", std::string(64, 'w')).empty();
  static_cast<void>(beside);
  return folder.write("model.onnx", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace pellucid::fuzz
