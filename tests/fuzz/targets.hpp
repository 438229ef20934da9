#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

/// What reads files that may come from anywhere, each as a function of a file's bytes. A target returns where it takes
/// the file and throws Error where it refuses it; anything else is a finding.
namespace pellucid::fuzz {

using Bytes = std::span<const std::byte>;

void image(Bytes bytes);        ///< JPEG, PNG, WebP, BMP
void npz(Bytes bytes);          ///< ZIP archives of .npy arrays
void onnx_file(Bytes bytes);    ///< an ONNX file opened, its weights read; ONNX Runtime isn't asked
void onnx_model(Bytes bytes);   ///< an ONNX file opened and specialised, its anatomy looked for
void preparation(Bytes bytes);  ///< preprocessor_config.json, and a picture prepared by it
void safetensors(Bytes bytes);
void tokenizer(Bytes bytes);  ///< tokenizer.json, and texts encoded by it

/// Whether the target takes the bytes. Ends the program where it neither takes nor refuses them in one line, or where
/// the fault would be ours.
[[nodiscard]] bool takes(void (*target)(Bytes), Bytes bytes);

}  // namespace pellucid::fuzz
