#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <pellucid/tensor.hpp>

namespace pellucid {

/// Reads NumPy's .npy format 1.0, 2.0 and 3.0: bool, integers and floats in C order; the tensor is a view of the mapped
/// file. Throws Error{kBadInput} on a damaged file, Fortran order, big-endian numbers and other element types.
[[nodiscard]] Tensor read_npy(const std::filesystem::path& path);

/// Writes the file atomically. Throws Error{kBadInput} where it can't be written or the elements are bfloat16, which
/// the format doesn't know.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

namespace npy {

/// An array without its dtype's meaning: what stands in an .npy header.
struct Array {
  std::string descr;  // "<f4", "|S12"
  Shape shape;
  std::span<const std::byte> data;  // everything behind the header
};

/// `name` stands for the file in messages.
[[nodiscard]] Array parse(std::span<const std::byte> bytes, const std::string& name);
/// The tensor of a parsed array, whose memory `owner` keeps alive.
[[nodiscard]] Tensor tensor(const Array& array, std::shared_ptr<const void> owner, const std::string& name);
/// Magic, version and padded header for an array of this dtype.
[[nodiscard]] std::string header(const std::string& descr, const Shape& shape);
/// "<f4" for kFloat32, …; throws Error{kBadInput} for bfloat16.
[[nodiscard]] std::string descr_of(ElementType type, const std::string& name);

}  // namespace npy
}  // namespace pellucid
