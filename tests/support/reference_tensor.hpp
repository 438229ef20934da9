#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <pellucid/tensor.hpp>

namespace pellucid::tests {

/// A dense row-major array in double; whole numbers and truth values are kept as doubles too.
struct TensorD {
  Shape shape;
  std::vector<double> data;

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(data.size()); }
  [[nodiscard]] std::size_t rank() const { return shape.size(); }
};

[[nodiscard]] TensorD filled(const Shape& shape, double value);

/// Where an element lies in the data.
[[nodiscard]] std::size_t offset(const Shape& shape, const Shape& index);
/// The same for an index into a broadcast result: aligned at the last axis, axes of size 1 read at 0.
[[nodiscard]] std::size_t broadcast_offset(const Shape& shape, const Shape& index);
[[nodiscard]] Shape broadcast_shape(const Shape& a, const Shape& b);
/// Calls `visit` with every index in row-major order; once with an empty index for a scalar.
void for_each_index(const Shape& shape, const std::function<void(const Shape&)>& visit);
[[nodiscard]] inline double& element(TensorD& tensor, const Shape& index) {
  return tensor.data[offset(tensor.shape, index)];
}
[[nodiscard]] inline double element(const TensorD& tensor, const Shape& index) {
  return tensor.data[offset(tensor.shape, index)];
}
/// The elements as whole numbers; what lies beyond int64 is clamped to it.
[[nodiscard]] std::vector<std::int64_t> whole_numbers(const TensorD& tensor);

}  // namespace pellucid::tests
