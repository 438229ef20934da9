#include "support/reference_tensor.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace pellucid::tests {

TensorD filled(const Shape& shape, double value) {
  return {shape, std::vector<double>(static_cast<std::size_t>(element_count(shape)), value)};
}

std::size_t offset(const Shape& shape, const Shape& index) {
  if (index.size() != shape.size()) throw std::logic_error("an index has another rank than its tensor");
  std::int64_t at = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (index[i] < 0 || index[i] >= shape[i]) throw std::logic_error("an index lies outside its tensor");
    at = at * shape[i] + index[i];
  }
  return static_cast<std::size_t>(at);
}

std::size_t broadcast_offset(const Shape& shape, const Shape& index) {
  Shape own(index.end() - static_cast<std::ptrdiff_t>(shape.size()), index.end());
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 1) own[i] = 0;
  return offset(shape, own);
}

Shape broadcast_shape(const Shape& a, const Shape& b) {
  const Shape &longer = a.size() >= b.size() ? a : b, &shorter = a.size() >= b.size() ? b : a;
  Shape out = longer;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& axis = out[longer.size() - shorter.size() + i];
    if (axis != shorter[i] && axis != 1 && shorter[i] != 1) throw std::logic_error("shapes don't broadcast");
    if (axis == 1) axis = shorter[i];
  }
  return out;
}

void for_each_index(const Shape& shape, const std::function<void(const Shape&)>& visit) {
  const std::int64_t count = element_count(shape);
  Shape index(shape.size(), 0);
  for (std::int64_t n = 0; n < count; ++n) {
    visit(index);
    for (std::size_t i = shape.size(); i-- > 0;) {
      if (++index[i] < shape[i]) break;
      index[i] = 0;
    }
  }
}

std::vector<std::int64_t> whole_numbers(const TensorD& tensor) {
  std::vector<std::int64_t> out;
  for (const double value : tensor.data) {
    if (value >= 0x1p63)
      out.push_back(std::numeric_limits<std::int64_t>::max());
    else if (value <= -0x1p63)
      out.push_back(std::numeric_limits<std::int64_t>::min());
    else
      out.push_back(static_cast<std::int64_t>(value));
  }
  return out;
}

}  // namespace pellucid::tests
