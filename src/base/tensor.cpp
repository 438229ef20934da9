#include <pellucid/tensor.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.hpp"

namespace pellucid {
namespace {

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fu;
  std::uint32_t mantissa = half & 0x3ffu;
  if (exponent == 0) {
    const float value = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -value : value;
  }
  const std::uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

/// The nearest number of float16, the even one of two.
std::uint16_t half_from(double value) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000U : 0U);
  const double size = std::abs(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00U);
  if (size >= 65520) return static_cast<std::uint16_t>(sign | 0x7c00U);
  int exponent = -14;
  if (size >= 0x1p-14) exponent = std::ilogb(size);
  // Counted in steps of its exponent; 2048 steps carry into the next one by themselves.
  const auto steps = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(size, 10 - exponent)));
  const auto bits = static_cast<std::uint32_t>(exponent + 14) * 1024U + steps;
  return static_cast<std::uint16_t>(sign | bits);
}

/// The nearest number of bfloat16, the even one of two.
std::uint16_t brain_from(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16U | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7fffU + (bits >> 16U & 1U)) >> 16U);
}

void write_halves(const std::vector<double>& from, std::byte* to, std::uint16_t (*round)(double)) {
  auto* out = reinterpret_cast<std::uint16_t*>(to);
  for (std::size_t i = 0; i < from.size(); ++i) out[i] = round(from[i]);
}

template <class T>
double read_as(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return static_cast<double>(value);
}

double read_element(ElementType type, const std::byte* at) {
  switch (type) {
    case ElementType::kFloat32: return read_as<float>(at);
    case ElementType::kFloat64: return read_as<double>(at);
    case ElementType::kFloat16: return half_to_float(static_cast<std::uint16_t>(read_as<std::uint16_t>(at)));
    case ElementType::kBFloat16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(read_as<std::uint16_t>(at)) << 16);
    case ElementType::kInt8: return read_as<std::int8_t>(at);
    case ElementType::kUInt8: return read_as<std::uint8_t>(at);
    case ElementType::kInt16: return read_as<std::int16_t>(at);
    case ElementType::kUInt16: return read_as<std::uint16_t>(at);
    case ElementType::kInt32: return read_as<std::int32_t>(at);
    case ElementType::kUInt32: return read_as<std::uint32_t>(at);
    case ElementType::kInt64: return read_as<std::int64_t>(at);
    case ElementType::kUInt64: return read_as<std::uint64_t>(at);
    case ElementType::kBool: return *at != std::byte{0} ? 1.0 : 0.0;
  }
  fail(ErrorCode::kInternal, "internal: unknown element type");
}

template <class T>
void write_all(const std::vector<double>& from, std::byte* to) {
  auto* out = reinterpret_cast<T*>(to);
  for (std::size_t i = 0; i < from.size(); ++i) out[i] = static_cast<T>(from[i]);
}

}  // namespace

std::size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::kFloat64:
    case ElementType::kInt64:
    case ElementType::kUInt64: return 8;
    case ElementType::kFloat32:
    case ElementType::kInt32:
    case ElementType::kUInt32: return 4;
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
    case ElementType::kInt16:
    case ElementType::kUInt16: return 2;
    case ElementType::kInt8:
    case ElementType::kUInt8:
    case ElementType::kBool: return 1;
  }
  return 0;
}

std::string element_name(ElementType type) {
  static constexpr const char* kNames[] = {"float32", "float64", "float16", "bfloat16", "int8",   "uint8", "int16",
                                           "uint16",  "int32",   "uint32",  "int64",    "uint64", "bool"};
  return kNames[static_cast<std::size_t>(type)];
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t axis : shape) {
    PELLUCID_CHECK(axis >= 0, kBadInput, "a tensor has a negative axis: {}", to_string(shape));
    PELLUCID_CHECK(!__builtin_mul_overflow(count, axis, &count), kBadInput, "a tensor is too large: {}",
                   to_string(shape));
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

Tensor::Tensor(ElementType type, Shape shape) : type_(type), shape_(std::move(shape)), count_(element_count(shape_)) {
  PELLUCID_CHECK(count_ <= std::numeric_limits<std::int64_t>::max() / 16, kBadInput, "a tensor is too large: {}",
                 to_string(shape_));
  auto memory = std::make_shared<std::vector<std::byte>>(bytes());
  data_ = memory->data();
  owner_ = std::move(memory);
  writable_ = true;
}

Tensor Tensor::view(ElementType type, Shape shape, std::shared_ptr<const void> owner, const std::byte* data) {
  Tensor out;
  out.type_ = type;
  out.count_ = element_count(shape);
  out.shape_ = std::move(shape);
  out.owner_ = std::move(owner);
  out.data_ = data;
  return out;
}

std::byte* Tensor::mutable_data() {
  if (!writable_ || owner_.use_count() > 1) {
    auto memory = std::make_shared<std::vector<std::byte>>(bytes());
    if (data_ != nullptr) std::memcpy(memory->data(), data_, bytes());
    data_ = memory->data();
    owner_ = std::move(memory);
    writable_ = true;
  }
  return const_cast<std::byte*>(data_);
}

Tensor Tensor::reshaped(Shape shape) const {
  require_same_count(static_cast<std::size_t>(count_), static_cast<std::size_t>(element_count(shape)));
  Tensor out = *this;
  out.shape_ = std::move(shape);
  return out;
}

std::vector<double> Tensor::to_doubles() const {
  std::vector<double> out(static_cast<std::size_t>(count_));
  const std::size_t step = element_size(type_);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = read_element(type_, data_ + i * step);
  return out;
}

Tensor Tensor::cast(ElementType type) const {
  if (type == type_) return *this;
  Tensor out(type, shape_);
  if (type == ElementType::kInt64 && type_ == ElementType::kInt32) {
    const auto from = values<std::int32_t>();
    std::copy(from.begin(), from.end(), out.mutable_values<std::int64_t>().begin());
    return out;
  }
  const std::vector<double> wide = to_doubles();
  std::byte* to = out.mutable_data();
  switch (type) {
    case ElementType::kFloat32: write_all<float>(wide, to); break;
    case ElementType::kFloat64: write_all<double>(wide, to); break;
    case ElementType::kInt8: write_all<std::int8_t>(wide, to); break;
    case ElementType::kUInt8: write_all<std::uint8_t>(wide, to); break;
    case ElementType::kInt16: write_all<std::int16_t>(wide, to); break;
    case ElementType::kUInt16: write_all<std::uint16_t>(wide, to); break;
    case ElementType::kInt32: write_all<std::int32_t>(wide, to); break;
    case ElementType::kUInt32: write_all<std::uint32_t>(wide, to); break;
    case ElementType::kInt64: write_all<std::int64_t>(wide, to); break;
    case ElementType::kUInt64: write_all<std::uint64_t>(wide, to); break;
    case ElementType::kBool:
      for (std::size_t i = 0; i < wide.size(); ++i) to[i] = std::byte{static_cast<unsigned char>(wide[i] != 0)};
      break;
    case ElementType::kFloat16: write_halves(wide, to, half_from); break;
    case ElementType::kBFloat16: write_halves(wide, to, brain_from); break;
  }
  return out;
}

void Tensor::require(ElementType type) const {
  PELLUCID_CHECK(type == type_, kInternal, "internal: a {} tensor was read as {}", element_name(type_),
                 element_name(type));
}

void Tensor::require_same_count(std::size_t expected, std::size_t given) {
  PELLUCID_CHECK(expected == given, kInternal, "internal: {} elements given where the shape has {}", given, expected);
}

}  // namespace pellucid
