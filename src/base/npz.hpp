#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <pellucid/tensor.hpp>

namespace pellucid {

struct NpzFile {
  TensorMap tensors;
  std::map<std::string, std::string> texts;
};

/// Reads what numpy.savez, savez_compressed and `write_npz` write. Scalars of NumPy's type S are texts.
/// Throws Error{kBadInput} on a damaged archive, a wrong checksum, or an entry that is no supported .npy array.
[[nodiscard]] NpzFile read_npz_file(const std::filesystem::path& path);

/// The tensors alone.
[[nodiscard]] TensorMap read_npz(const std::filesystem::path& path);

/// Writes the file atomically; same content, same bytes. Texts become scalars of type S (`z["record"].item()` is their
/// UTF-8). Throws Error{kBadInput} where the file can't be written, passes 4 GiB, holds bfloat16, or a tensor and a
/// text share a name.
void write_npz(const std::filesystem::path& path, const TensorMap& tensors,
               const std::map<std::string, std::string>& texts = {});

}  // namespace pellucid
