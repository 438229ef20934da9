#include "explain/rows.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

std::size_t product(const Shape& shape, std::size_t from, std::size_t to) {
  std::size_t count = 1;
  for (std::size_t i = from; i < to; ++i) count *= static_cast<std::size_t>(shape[i]);
  return count;
}

}  // namespace

Tensor take_samples(const Tensor& tensor, const graph::Dims& dims, const std::vector<std::int64_t>& samples) {
  const auto found = std::find_if(dims.begin(), dims.end(), [](const graph::Dim& dim) { return dim.per_batch; });
  if (found == dims.end()) return tensor;
  const auto axis = static_cast<std::size_t>(found - dims.begin());
  const std::size_t outer = product(tensor.shape(), 0, axis);
  const std::size_t block = static_cast<std::size_t>(found->size) *
                            product(tensor.shape(), axis + 1, tensor.shape().size()) * element_size(tensor.type());
  const std::size_t count = static_cast<std::size_t>(tensor.shape()[axis] / found->size);
  Shape shape = tensor.shape();
  shape[axis] = found->size * static_cast<std::int64_t>(samples.size());
  Tensor taken(tensor.type(), shape);
  std::byte* out = taken.mutable_data();
  for (std::size_t o = 0; o < outer; ++o) {
    for (const std::int64_t sample : samples) {
      PELLUCID_ASSERT(static_cast<std::size_t>(sample) < count);
      std::memcpy(out, tensor.data() + (o * count + static_cast<std::size_t>(sample)) * block, block);
      out += block;
    }
  }
  return taken;
}

Tensor join_batches(const std::vector<Tensor>& parts, std::size_t axis) {
  PELLUCID_ASSERT(!parts.empty());
  if (parts.size() == 1) return parts[0];
  Shape shape = parts[0].shape();
  shape[axis] = 0;
  for (const Tensor& part : parts) shape[axis] += part.shape()[axis];
  Tensor joined(parts[0].type(), shape);
  std::byte* out = joined.mutable_data();
  const std::size_t outer = product(shape, 0, axis);
  for (std::size_t o = 0; o < outer; ++o) {
    for (const Tensor& part : parts) {
      const std::size_t block = part.bytes() / outer;
      std::memcpy(out, part.data() + o * block, block);
      out += block;
    }
  }
  return joined;
}

Tensor cut(const Tensor& tensor, std::size_t axis, std::int64_t start, std::int64_t length) {
  Shape shape = tensor.shape();
  if (start == 0 && shape[axis] == length) return tensor;
  const std::size_t outer = product(shape, 0, axis);
  const std::size_t entry = product(shape, axis + 1, shape.size()) * element_size(tensor.type());
  const std::size_t whole = static_cast<std::size_t>(shape[axis]) * entry;
  shape[axis] = length;
  Tensor part(tensor.type(), shape);
  std::byte* out = part.mutable_data();
  for (std::size_t o = 0; o < outer; ++o)
    std::memcpy(out + o * static_cast<std::size_t>(length) * entry,
                tensor.data() + o * whole + static_cast<std::size_t>(start) * entry,
                static_cast<std::size_t>(length) * entry);
  return part;
}

}  // namespace pellucid::explain
