#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <pellucid/tensor.hpp>

namespace pellucid {

struct SafetensorsFile {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a safetensors file (https://github.com/huggingface/safetensors, "Format"). The tensors are views of the mapped
/// file, which they keep alive; element types F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL.
/// Throws Error{kBadInput} naming the file and what is wrong with it: header too long or no JSON, duplicate names,
/// unknown type, offsets past the end, ranges that overlap, leave holes or don't fit the shape.
[[nodiscard]] SafetensorsFile read_safetensors_file(const std::filesystem::path& path);

/// The tensors alone.
[[nodiscard]] TensorMap read_safetensors(const std::filesystem::path& path);

/// Writes the file atomically; same tensors and metadata, same bytes. Throws Error{kBadInput} where the file can't be
/// written, a tensor is called "__metadata__" or a text isn't UTF-8.
void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace pellucid
