#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// The folders that a model's external data may lie in: the one that the model is named in, and, where that name is a
/// link (as in Hugging Face's cache), the one that the file itself lies in.
struct DataFolders {
  std::filesystem::path named;
  std::vector<std::filesystem::path> real;
};
[[nodiscard]] DataFolders data_folders(const std::filesystem::path& model_file);

/// A part of a file.
struct ExternalPlace {
  std::string location;  ///< as the model writes it
  std::filesystem::path file;
  std::int64_t offset = 0, length = -1;  ///< -1: as long as the tensor is
};

/// What a tensor says of its external data. Throws Error{kBadInput} where that isn't a file in these folders, also by a
/// link, or where an offset or a length is none.
[[nodiscard]] ExternalPlace external_place(const onnx::TensorProto& proto, const DataFolders& folders);

/// The files in which tensors of the model lie, as it writes them. Throws as external_place does for any tensor,
/// wherever it stands: ONNX Runtime would open the file.
[[nodiscard]] std::set<std::string> external_locations(const onnx::ModelProto& model, const DataFolders& folders);

/// Reads what lies outside of the model into it. Throws as external_place does.
void embed_external_data(onnx::ModelProto& model, const DataFolders& folders);

}  // namespace pellucid::graph
