#include "graph/onnx/convert.hpp"

#include <array>
#include <cstring>

#include "base/check.hpp"
#include "base/mapped_file.hpp"
#include "base/tensor_bytes.hpp"
#include "graph/not_readable.hpp"

namespace pellucid::graph {
namespace {

using onnx::TensorProto;

constexpr std::array<std::pair<ElementType, std::int32_t>, 13> kTypes = {{
    {ElementType::kFloat32, TensorProto::FLOAT},
    {ElementType::kFloat64, TensorProto::DOUBLE},
    {ElementType::kFloat16, TensorProto::FLOAT16},
    {ElementType::kBFloat16, TensorProto::BFLOAT16},
    {ElementType::kInt8, TensorProto::INT8},
    {ElementType::kUInt8, TensorProto::UINT8},
    {ElementType::kInt16, TensorProto::INT16},
    {ElementType::kUInt16, TensorProto::UINT16},
    {ElementType::kInt32, TensorProto::INT32},
    {ElementType::kUInt32, TensorProto::UINT32},
    {ElementType::kInt64, TensorProto::INT64},
    {ElementType::kUInt64, TensorProto::UINT64},
    {ElementType::kBool, TensorProto::BOOL},
}};

/// Bytes of a tensor; throws Error{kBadInput} where there can't be so many.
std::int64_t size_of(const TensorProto& proto, ElementType type, const Shape& shape) {
  const auto bytes = byte_count(type, shape);
  PELLUCID_CHECK(bytes, kBadInput, "tensor '{}' has the shape {}, which no tensor of {} can have", proto.name(),
                 pellucid::to_string(shape), element_name(type));
  return static_cast<std::int64_t>(*bytes);
}

template <class To, class Field>
Tensor fill(const TensorProto& proto, ElementType type, const Shape& shape, const Field& field) {
  const std::int64_t count = size_of(proto, type, shape) / static_cast<std::int64_t>(element_size(type));
  PELLUCID_CHECK(field.size() == count, kBadInput, "tensor '{}' holds {} elements where its shape has {}", proto.name(),
                 field.size(), count);
  Tensor tensor(type, shape);
  auto* out = reinterpret_cast<To*>(tensor.mutable_data());
  for (int i = 0; i < field.size(); ++i) out[i] = static_cast<To>(field.Get(i));
  return tensor;
}

/// The typed repeated fields, for files that don't use raw data.
Tensor from_fields(const TensorProto& proto, ElementType type, const Shape& shape) {
  switch (type) {
    case ElementType::kFloat32: return fill<float>(proto, type, shape, proto.float_data());
    case ElementType::kFloat64: return fill<double>(proto, type, shape, proto.double_data());
    case ElementType::kInt64: return fill<std::int64_t>(proto, type, shape, proto.int64_data());
    case ElementType::kUInt64: return fill<std::uint64_t>(proto, type, shape, proto.uint64_data());
    case ElementType::kUInt32: return fill<std::uint32_t>(proto, type, shape, proto.uint64_data());
    case ElementType::kInt32: return fill<std::int32_t>(proto, type, shape, proto.int32_data());
    case ElementType::kInt16: return fill<std::int16_t>(proto, type, shape, proto.int32_data());
    case ElementType::kUInt16:
    case ElementType::kFloat16:
    case ElementType::kBFloat16: return fill<std::uint16_t>(proto, type, shape, proto.int32_data());
    case ElementType::kInt8: return fill<std::int8_t>(proto, type, shape, proto.int32_data());
    case ElementType::kUInt8:
    case ElementType::kBool: return fill<std::uint8_t>(proto, type, shape, proto.int32_data());
  }
  fail(ErrorCode::kInternal, "internal: unknown element type");
}

/// External data: a file inside the model's folder, mapped.
Tensor from_external(const TensorProto& proto, ElementType type, const Shape& shape, const DataFolders& folders) {
  const ExternalPlace place = external_place(proto, folders);
  const auto file = MappedFile::open(place.file);
  const std::int64_t bytes = size_of(proto, type, shape);
  const auto size = static_cast<std::int64_t>(file->bytes().size());
  PELLUCID_CHECK(place.length < 0 || place.length == bytes, kBadInput,
                 "tensor '{}' of shape {} needs {} bytes, its external data has {}", proto.name(),
                 pellucid::to_string(shape), bytes, place.length);
  PELLUCID_CHECK(place.offset <= size && bytes <= size - place.offset, kBadInput,
                 "{}: tensor '{}' needs {} bytes at {}, the file has {}", place.file.string(), proto.name(), bytes,
                 place.offset, size);
  return tensor_over(type, shape, file,
                     file->bytes().subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(bytes)));
}

}  // namespace

namespace {

bool is_four_bits(std::int32_t code) { return code == TensorProto::INT4 || code == TensorProto::UINT4; }

/// Two numbers of 4 bits a byte, the lower half first: as numbers of 8 bits.
Tensor from_four_bits(const TensorProto& proto, const Shape& shape, const DataFolders& folders) {
  const bool with_sign = proto.data_type() == TensorProto::INT4;
  const ElementType type = with_sign ? ElementType::kInt8 : ElementType::kUInt8;
  TensorProto bytes = proto;
  bytes.clear_dims();
  bytes.add_dims(size_of(proto, type, shape) / 2 + size_of(proto, type, shape) % 2);
  bytes.set_data_type(TensorProto::UINT8);
  const Tensor packed = tensor_from_onnx(bytes, nullptr, folders);
  Tensor tensor(type, shape);
  const auto from = packed.values<std::uint8_t>();
  std::byte* to = tensor.mutable_data();
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const unsigned byte = from[static_cast<std::size_t>(i / 2)];
    const unsigned half = i % 2 == 0 ? byte & 0xfU : byte >> 4U;
    to[i] = static_cast<std::byte>(with_sign && half > 7U ? half | 0xf0U : half);
  }
  return tensor;
}

}  // namespace

ElementType element_type_from_onnx(std::int32_t code, const std::string& what) {
  for (const auto& [ours, theirs] : kTypes)
    if (theirs == code) return ours;
  fail(ErrorCode::kUnsupported, "'{}' has ONNX element type {}, which is not supported", what, code);
}

std::int32_t element_type_to_onnx(ElementType type) {
  for (const auto& [ours, theirs] : kTypes)
    if (ours == type) return theirs;
  fail(ErrorCode::kInternal, "internal: unknown element type");
}

Tensor tensor_from_onnx(const TensorProto& proto, const std::shared_ptr<const void>& owner,
                        const DataFolders& folders) {
  if (is_four_bits(proto.data_type()))
    return from_four_bits(proto, Shape(proto.dims().begin(), proto.dims().end()), folders);
  const ElementType type = element_type_from_onnx(proto.data_type(), proto.name());
  const Shape shape(proto.dims().begin(), proto.dims().end());
  if (proto.data_location() == TensorProto::EXTERNAL) return from_external(proto, type, shape, folders);
  if (!proto.has_raw_data()) return from_fields(proto, type, shape);
  const auto* data = reinterpret_cast<const std::byte*>(proto.raw_data().data());
  PELLUCID_CHECK(static_cast<std::int64_t>(proto.raw_data().size()) == size_of(proto, type, shape), kBadInput,
                 "tensor '{}' holds {} bytes, which its shape {} of {} doesn't fit", proto.name(),
                 proto.raw_data().size(), pellucid::to_string(shape), element_name(type));
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % element_size(type) == 0;
  if (aligned && owner != nullptr) return Tensor::view(type, shape, owner, data);
  Tensor copy(type, shape);
  if (copy.bytes() > 0) std::memcpy(copy.mutable_data(), data, copy.bytes());
  return copy;
}

TensorProto tensor_to_onnx(const Tensor& tensor, const std::string& name) {
  TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(element_type_to_onnx(tensor.type()));
  for (const std::int64_t axis : tensor.shape()) proto.add_dims(axis);
  proto.set_raw_data(tensor.data(), tensor.bytes());
  return proto;
}

namespace {

[[noreturn]] void refuse(const onnx::NodeProto& node, const onnx::AttributeProto& attribute) {
  const std::string& op = node.op_type();
  const std::string what = op + " node '" + node.name() + "': ";
  const std::string why = ", not on the shapes of the inputs, and programs are made for shapes";
  if (op == "If") throw NotReadable(what + "which branch it takes depends on what the inputs hold" + why);
  if (op == "Loop") throw NotReadable(what + "how many steps it takes depends on what the inputs hold" + why);
  if (op == "Scan") throw NotReadable(what + "how many steps it takes isn't decided by the shapes of the inputs");
  throw NotReadable(
      fmt::format("{}its attribute '{}' holds a subgraph or a list that can't be written out", what, attribute.name()));
}

}  // namespace

void require_no_subgraph(const onnx::NodeProto& node) {
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.has_g() || attribute.graphs_size() > 0) refuse(node, attribute);
}

void require_shape_without_values(const onnx::NodeProto& node) {
  const std::string& op = node.op_type();
  const bool own = node.domain().empty() || node.domain() == "ai.onnx";
  if (!own || (op != "NonZero" && op != "Compress" && op != "Unique")) return;
  throw NotReadable(
      fmt::format("{} node '{}': how many elements it gives depends on what the inputs hold, not on their shapes, and "
                  "programs are made for shapes; export the model so that it picks at places that it computes (such "
                  "as the place of the last token with ArgMax and Gather)",
                  op, node.name()));
}

std::map<std::string, Attribute> attributes_from_onnx(const onnx::NodeProto& node) {
  using onnx::AttributeProto;
  std::map<std::string, Attribute> attributes;
  for (const AttributeProto& attribute : node.attribute()) {
    Attribute value;
    switch (attribute.type()) {
      case AttributeProto::INT: value = static_cast<std::int64_t>(attribute.i()); break;
      case AttributeProto::FLOAT: value = attribute.f(); break;
      case AttributeProto::STRING: value = attribute.s(); break;
      case AttributeProto::INTS:
        value = std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
        break;
      case AttributeProto::FLOATS:
        value = std::vector<float>(attribute.floats().begin(), attribute.floats().end());
        break;
      case AttributeProto::TENSOR: value = tensor_from_onnx(attribute.t(), nullptr, {}); break;
      default: refuse(node, attribute);
    }
    attributes.emplace(attribute.name(), std::move(value));
  }
  return attributes;
}

std::vector<ValueId> with_absent_outputs(const onnx::NodeProto& node, const std::vector<ValueId>& present) {
  std::vector<ValueId> all;
  auto next = present.begin();
  for (const std::string& name : node.output()) all.push_back(name.empty() ? kNone : *next++);
  return all;
}

void attribute_to_onnx(const std::string& name, const Attribute& value, onnx::NodeProto& node) {
  using onnx::AttributeProto;
  AttributeProto& proto = *node.add_attribute();
  proto.set_name(name);
  if (const auto* i = std::get_if<std::int64_t>(&value)) {
    proto.set_type(AttributeProto::INT);
    proto.set_i(*i);
  } else if (const auto* f = std::get_if<float>(&value)) {
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(*f);
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(*s);
  } else if (const auto* ints = std::get_if<std::vector<std::int64_t>>(&value)) {
    proto.set_type(AttributeProto::INTS);
    for (const std::int64_t item : *ints) proto.add_ints(item);
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    proto.set_type(AttributeProto::FLOATS);
    for (const float item : *floats) proto.add_floats(item);
  } else {
    proto.set_type(AttributeProto::TENSOR);
    *proto.mutable_t() = tensor_to_onnx(std::get<Tensor>(value), "");
  }
}

}  // namespace pellucid::graph
