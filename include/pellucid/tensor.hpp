#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pellucid {

enum class ElementType : std::uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,
  kBFloat16,
  kInt8,
  kUInt8,
  kInt16,
  kUInt16,
  kInt32,
  kUInt32,
  kInt64,
  kUInt64,
  kBool
};

/// Bytes of one element.
[[nodiscard]] std::size_t element_size(ElementType type);
/// "float32", "int64", …
[[nodiscard]] std::string element_name(ElementType type);

using Shape = std::vector<std::int64_t>;

/// Number of elements; throws Error{kBadInput} on a negative axis or when the product overflows.
[[nodiscard]] std::int64_t element_count(const Shape& shape);
/// "[2, 3, 224, 224]".
[[nodiscard]] std::string to_string(const Shape& shape);

/// Maps a C++ type to its ElementType (`bool` is stored as one byte).
template <class T>
struct ElementTypeOf;
template <>
struct ElementTypeOf<float> {
  static constexpr ElementType value = ElementType::kFloat32;
};
template <>
struct ElementTypeOf<double> {
  static constexpr ElementType value = ElementType::kFloat64;
};
template <>
struct ElementTypeOf<std::int8_t> {
  static constexpr ElementType value = ElementType::kInt8;
};
template <>
struct ElementTypeOf<std::uint8_t> {
  static constexpr ElementType value = ElementType::kUInt8;
};
template <>
struct ElementTypeOf<std::int32_t> {
  static constexpr ElementType value = ElementType::kInt32;
};
template <>
struct ElementTypeOf<std::int64_t> {
  static constexpr ElementType value = ElementType::kInt64;
};
template <>
struct ElementTypeOf<bool> {
  static constexpr ElementType value = ElementType::kBool;
};

/// A dense row-major array as plain data. Copies share the memory; it is never written through a shared
/// copy: `mutable_values` detaches first.
class Tensor {
 public:
  Tensor() = default;
  /// Zeros.
  Tensor(ElementType type, Shape shape);
  template <class T>
  Tensor(Shape shape, std::span<const T> values);
  template <class T>
  Tensor(Shape shape, const std::vector<T>& values) : Tensor(std::move(shape), std::span<const T>(values)) {}

  /// A view of memory that `owner` keeps alive (a mapped file, a runtime's buffer). `data` holds
  /// element_count(shape) elements.
  static Tensor view(ElementType type, Shape shape, std::shared_ptr<const void> owner, const std::byte* data);

  [[nodiscard]] ElementType type() const noexcept { return type_; }
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  [[nodiscard]] std::int64_t size() const noexcept { return count_; }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(count_) * element_size(type_); }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::byte* mutable_data();

  /// The elements; throws Error{kInternal} where T is not the element type.
  template <class T>
  [[nodiscard]] std::span<const T> values() const {
    require(ElementTypeOf<T>::value);
    return {reinterpret_cast<const T*>(data_), static_cast<std::size_t>(count_)};
  }
  template <class T>
  [[nodiscard]] std::span<T> mutable_values() {
    require(ElementTypeOf<T>::value);
    return {reinterpret_cast<T*>(mutable_data()), static_cast<std::size_t>(count_)};
  }

  /// The same elements under another shape of the same size.
  [[nodiscard]] Tensor reshaped(Shape shape) const;
  /// Every numeric element type converted to double.
  [[nodiscard]] std::vector<double> to_doubles() const;
  /// A copy in another element type (numeric conversions; float16 and bfloat16 are rounded to the nearest).
  [[nodiscard]] Tensor cast(ElementType type) const;

 private:
  void require(ElementType type) const;
  static void require_same_count(std::size_t expected, std::size_t given);

  ElementType type_ = ElementType::kFloat32;
  Shape shape_{0};
  std::int64_t count_ = 0;
  std::shared_ptr<const void> owner_;
  const std::byte* data_ = nullptr;
  bool writable_ = false;
};

/// Tensors by name, in the order of their names.
using TensorMap = std::map<std::string, Tensor>;

template <class T>
Tensor::Tensor(Shape shape, std::span<const T> values) : Tensor(ElementTypeOf<T>::value, std::move(shape)) {
  auto out = mutable_values<T>();
  require_same_count(out.size(), values.size());
  std::copy(values.begin(), values.end(), out.begin());
}

}  // namespace pellucid
