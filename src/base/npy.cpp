#include "base/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

#include "base/atomic_file.hpp"
#include "base/check.hpp"
#include "base/mapped_file.hpp"
#include "base/tensor_bytes.hpp"

namespace pellucid {
namespace npy {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionBytes = 2;

constexpr std::array<std::pair<std::string_view, ElementType>, 12> kTypes = {{
    {"<f8", ElementType::kFloat64},
    {"<f4", ElementType::kFloat32},
    {"<f2", ElementType::kFloat16},
    {"<i8", ElementType::kInt64},
    {"<i4", ElementType::kInt32},
    {"<i2", ElementType::kInt16},
    {"|i1", ElementType::kInt8},
    {"<u8", ElementType::kUInt64},
    {"<u4", ElementType::kUInt32},
    {"<u2", ElementType::kUInt16},
    {"|u1", ElementType::kUInt8},
    {"|b1", ElementType::kBool},
}};

/// Reads the header's Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Array parse() {
    expect('{');
    while (!accept('}')) {
      item();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    require(descr_.has_value() && fortran_.has_value() && shape_.has_value());
    PELLUCID_CHECK(!*fortran_ || shape_->size() < 2, kBadInput,
                   "'{}' is in Fortran order: save it in C order (numpy.ascontiguousarray)", name_);
    return {*descr_, *shape_, {}};
  }

 private:
  void require(bool condition) const {
    PELLUCID_CHECK(condition, kBadInput, "'{}' is not a valid .npy array: its header can't be read", name_);
  }

  void item() {
    const std::string key = quoted_text();
    expect(':');
    if (key == "descr") {
      skip_space();
      PELLUCID_CHECK(text_.empty() || text_.front() != '[', kBadInput,
                     "'{}' holds records of several fields, which are not supported", name_);
      descr_ = quoted_text();
    } else if (key == "fortran_order") {
      fortran_ = boolean();
    } else {
      require(key == "shape");
      shape_ = shape();
    }
  }

  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }

  bool accept(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) { require(accept(c)); }

  std::string quoted_text() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote);
    require(end != std::string_view::npos);
    std::string out(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    require(std::all_of(out.begin(), out.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; }));
    return out;
  }

  bool boolean() {
    skip_space();
    const bool value = text_.starts_with("True");
    require(value || text_.starts_with("False"));
    text_.remove_prefix(value ? 4 : 5);
    return value;
  }

  Shape shape() {
    expect('(');
    Shape out;
    while (!accept(')')) {
      skip_space();
      std::int64_t axis = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), axis);
      require(error == std::errc() && axis >= 0 && out.size() < 64);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      out.push_back(axis);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }

  std::string_view text_;
  const std::string& name_;
  std::optional<std::string> descr_;
  std::optional<bool> fortran_;
  std::optional<Shape> shape_;
};

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return out;
}

}  // namespace

Array parse(std::span<const std::byte> bytes, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr std::size_t kLengthAt = kMagic.size() + kVersionBytes;
  PELLUCID_CHECK(text.size() > kLengthAt && text.starts_with(kMagic), kBadInput, "'{}' is not an .npy array", name);
  const int version = text[kMagic.size()];
  PELLUCID_CHECK(version >= 1 && version <= 3, kBadInput, "'{}' has the unknown .npy format version {}", name, version);
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t header_at = kLengthAt + length_bytes;
  PELLUCID_CHECK(text.size() >= header_at, kBadInput, "'{}' ends inside its .npy header", name);
  const std::size_t length = little_endian(text.substr(kLengthAt, length_bytes));
  PELLUCID_CHECK(length <= text.size() - header_at, kBadInput, "'{}' ends inside its .npy header", name);
  Array out = HeaderParser(text.substr(header_at, length), name).parse();
  out.data = bytes.subspan(header_at + length);
  return out;
}

Tensor tensor(const Array& array, std::shared_ptr<const void> owner, const std::string& name) {
  PELLUCID_CHECK(!array.descr.starts_with('>'), kBadInput, "'{}' holds big-endian numbers: save it as little-endian",
                 name);
  const auto type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& known) { return known.first == array.descr; });
  PELLUCID_CHECK(type != kTypes.end(), kBadInput, "'{}' holds elements of the NumPy type '{}', which is not supported",
                 name, array.descr);
  const auto expected = byte_count(type->second, array.shape);
  PELLUCID_CHECK(expected == array.data.size(), kBadInput, "'{}' has {} bytes of data, which doesn't fit {} of {}",
                 name, array.data.size(), to_string(array.shape), element_name(type->second));
  PELLUCID_CHECK(type->second != ElementType::kBool || are_bools(array.data), kBadInput,
                 "'{}' holds bytes that are no bool", name);
  return tensor_over(type->second, array.shape, std::move(owner), array.data);
}

std::string header(const std::string& descr, const Shape& shape) {
  const std::string axes = shape.size() == 1 ? fmt::format("{},", shape[0]) : fmt::format("{}", fmt::join(shape, ", "));
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, axes);
  // Data start at a multiple of 64 bytes; a line feed ends the header.
  constexpr std::size_t kAlignment = 64, kFixed = kMagic.size() + kVersionBytes + 2;
  text.append((kAlignment - (kFixed + text.size() + 1) % kAlignment) % kAlignment, ' ');
  text += '\n';
  PELLUCID_ASSERT(text.size() <= 0xffff);
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return out + text;
}

std::string descr_of(ElementType type, const std::string& name) {
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.second == type; });
  PELLUCID_CHECK(known != kTypes.end(), kBadInput, "cannot write '{}': NumPy has no {}; use .safetensors", name,
                 element_name(type));
  return std::string(known->first);
}

}  // namespace npy

Tensor read_npy(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  return npy::tensor(npy::parse(file->bytes(), path.string()), file, path.string());
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  const std::string header = npy::header(npy::descr_of(tensor.type(), path.string()), tensor.shape());
  AtomicFile file(path);
  file.write(header);
  file.write({tensor.data(), tensor.bytes()});
  file.commit();
}

}  // namespace pellucid
