#include "graph/passes/quantised/dequantise_tensor.hpp"

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

/// Finds the scale's place of an element by its place in the tensor.
class Places {
 public:
  Places(const Tensor& q, const Tensor& scale, const Granularity& granularity, const std::string& what) {
    if (scale.size() == 1) return;
    const Shape& shape = q.shape();
    const auto rank = static_cast<std::int64_t>(shape.size());
    const std::int64_t axis = positive_axis(granularity.axis, rank);
    PELLUCID_CHECK(axis >= 0 && axis < rank, kBadInput, "{}: its axis {} is none of {}", what, granularity.axis,
                   pellucid::to_string(shape));
    length_ = shape[static_cast<std::size_t>(axis)];
    for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < shape.size(); ++i) inner_ *= shape[i];
    block_ = granularity.block > 0 ? granularity.block : 1;
    blocks_ = (length_ + block_ - 1) / block_;
    blocked_ = granularity.block > 0;
    std::int64_t due = blocks_;
    if (blocked_ && length_ > 0) due = q.size() / length_ * blocks_;
    PELLUCID_CHECK(scale.size() == due, kBadInput, "{}: {} scales are given where {} of {} needs {}", what,
                   scale.size(), what, pellucid::to_string(shape), due);
  }

  [[nodiscard]] std::size_t of(std::int64_t element) const {
    if (length_ == 0) return 0;
    const std::int64_t block = element / inner_ % length_ / block_;
    if (!blocked_) return static_cast<std::size_t>(block);
    return static_cast<std::size_t>((element / inner_ / length_ * blocks_ + block) * inner_ + element % inner_);
  }

 private:
  std::int64_t length_ = 0, inner_ = 1, block_ = 1, blocks_ = 1;
  bool blocked_ = false;
};

struct Scales {
  std::vector<double> scale, zero;
};

template <class T>
void fill(std::span<const T> q, const Scales& scales, const Places& places, std::span<float> out) {
  for (std::size_t i = 0; i < q.size(); ++i) {
    const std::size_t at = places.of(static_cast<std::int64_t>(i));
    const double zero = scales.zero.empty() ? 0 : scales.zero[scales.zero.size() == 1 ? 0 : at];
    out[i] = static_cast<float>(scales.scale[at] * (static_cast<double>(q[i]) - zero));
  }
}

}  // namespace

Tensor dequantise_tensor(const Tensor& q, const Tensor& scale, const std::optional<Tensor>& zero,
                         const Granularity& granularity, const std::string& what) {
  // Several zero points under one scale are as good as several scales.
  Scales scales{scale.to_doubles(), zero ? zero->to_doubles() : std::vector<double>{}};
  const bool several = scales.scale.size() == 1 && scales.zero.size() > 1;
  if (several) scales.scale.assign(scales.zero.size(), scales.scale[0]);
  PELLUCID_CHECK(scales.zero.size() <= 1 || scales.zero.size() == scales.scale.size(), kBadInput,
                 "{}: {} zero points are given for {} scales", what, scales.zero.size(), scales.scale.size());
  const Places places(q, several ? *zero : scale, granularity, what);
  Tensor made(ElementType::kFloat32, q.shape());
  const auto out = made.mutable_values<float>();
  switch (q.type()) {
    case ElementType::kInt8: fill(q.values<std::int8_t>(), scales, places, out); break;
    case ElementType::kUInt8: fill(q.values<std::uint8_t>(), scales, places, out); break;
    case ElementType::kInt32: fill(q.values<std::int32_t>(), scales, places, out); break;
    default: fill(std::span<const double>(q.to_doubles()), scales, places, out);
  }
  return made;
}

Tensor unpack_bits(const Tensor& bytes, std::int64_t rows, std::int64_t count, std::int64_t bits,
                   const std::string& what) {
  PELLUCID_CHECK(bits == 2 || bits == 4 || bits == 8, kUnsupported,
                 "{}: weights of {} bits are not supported; explain the float export", what, bits);
  const std::int64_t each = 8 / bits, row = (count + each - 1) / each;
  PELLUCID_CHECK(bytes.type() == ElementType::kUInt8 && bytes.size() == rows * row, kBadInput,
                 "{}: {} bytes are given where {} rows of {} numbers need {}", what, bytes.bytes(), rows, count,
                 rows * row);
  const auto packed = bytes.values<std::uint8_t>();
  Tensor made(ElementType::kUInt8, {rows, count});
  const auto out = made.mutable_values<std::uint8_t>();
  const unsigned mask = (1U << bits) - 1U;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t i = 0; i < count; ++i) {
      const unsigned byte = packed[static_cast<std::size_t>(r * row + i / each)];
      out[static_cast<std::size_t>(r * count + i)] =
          static_cast<std::uint8_t>(byte >> static_cast<unsigned>(i % each * bits) & mask);
    }
  return made;
}

}  // namespace pellucid::graph
