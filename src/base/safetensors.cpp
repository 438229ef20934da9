#include "base/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "base/check.hpp"
#include "base/mapped_file.hpp"
#include "base/tensor_bytes.hpp"

namespace pellucid {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr const char* kMetadataKey = "__metadata__";

constexpr std::array<std::pair<std::string_view, ElementType>, 13> kTypeNames = {{
    {"F64", ElementType::kFloat64},
    {"F32", ElementType::kFloat32},
    {"F16", ElementType::kFloat16},
    {"BF16", ElementType::kBFloat16},
    {"I64", ElementType::kInt64},
    {"I32", ElementType::kInt32},
    {"I16", ElementType::kInt16},
    {"I8", ElementType::kInt8},
    {"U64", ElementType::kUInt64},
    {"U32", ElementType::kUInt32},
    {"U16", ElementType::kUInt16},
    {"U8", ElementType::kUInt8},
    {"BOOL", ElementType::kBool},
}};

std::string_view name_of(ElementType type) {
  const auto at = std::find_if(kTypeNames.begin(), kTypeNames.end(), [&](const auto& e) { return e.second == type; });
  PELLUCID_ASSERT(at != kTypeNames.end());
  return at->first;
}

std::optional<ElementType> type_called(std::string_view name) {
  const auto at = std::find_if(kTypeNames.begin(), kTypeNames.end(), [&](const auto& e) { return e.first == name; });
  return at == kTypeNames.end() ? std::nullopt : std::optional(at->second);
}

/// Names come from the file: keep them short and on one line.
std::string printable(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  return json(name.substr(0, kLongest)).dump(-1, ' ', true, json::error_handler_t::replace);
}

struct Entry {
  std::string name;
  ElementType type;
  Shape shape;
  std::uint64_t begin, end;  // in the data section
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path), file_(MappedFile::open(path)) {}

  SafetensorsFile read() {
    const json header = parse_header();
    SafetensorsFile out;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
      if (name == kMetadataKey) {
        out.metadata = metadata(value);
      } else {
        entries.push_back(entry(name, value));
      }
    }
    require_gapless(entries);
    for (Entry& e : entries) out.tensors.emplace(e.name, tensor(e));
    return out;
  }

 private:
  template <class... Args>
  void check(bool condition, fmt::format_string<Args...> format, Args&&... args) const {
    if (condition) return;
    fail(ErrorCode::kBadInput, "'{}' is not a valid safetensors file: {}", path_.string(),
         fmt::format(format, std::forward<Args>(args)...));
  }

  json parse_header() {
    const auto bytes = file_->bytes();
    check(bytes.size() >= kLengthBytes, "it has {} bytes, too few for a header", bytes.size());
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), kLengthBytes);
    check(length <= kLongestHeader && length <= bytes.size() - kLengthBytes,
          "its header would have {} bytes, the file has {}", length, bytes.size());
    data_ = bytes.subspan(kLengthBytes + static_cast<std::size_t>(length));
    const auto* text = reinterpret_cast<const char*>(bytes.data()) + kLengthBytes;
    check(length >= 2 && text[0] == '{', "its header is no JSON object");
    return parse_json({text, static_cast<std::size_t>(length)});
  }

  json parse_json(std::string_view text) const {
    std::set<std::string> seen;
    const auto guard = [&](int depth, json::parse_event_t event, json& value) {
      constexpr int kDeepest = 2;
      const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
      check(!opens || depth <= kDeepest, "its header is nested too deeply");
      if (event == json::parse_event_t::key && depth == 1) {
        const auto& name = value.get_ref<const std::string&>();
        check(seen.insert(name).second, "the name {} appears twice", printable(name));
      }
      return true;
    };
    try {
      return json::parse(text, guard);
    } catch (const json::exception&) {
      check(false, "its header is no JSON object");
    }
    return {};
  }

  std::map<std::string, std::string> metadata(const json& value) const {
    check(value.is_object(), "{} is no map of texts", kMetadataKey);
    std::map<std::string, std::string> out;
    for (const auto& [key, text] : value.items()) {
      check(text.is_string(), "the metadata {} is no text", printable(key));
      out.emplace(key, text.get<std::string>());
    }
    return out;
  }

  Entry entry(const std::string& name, const json& value) const {
    const std::string shown = printable(name);
    check(value.is_object() && value.contains("dtype") && value.contains("shape") && value.contains("data_offsets"),
          "tensor {} lacks dtype, shape or data_offsets", shown);
    const json& dtype = value["dtype"];
    check(dtype.is_string(), "the dtype of tensor {} is no text", shown);
    const auto type = type_called(dtype.get_ref<const std::string&>());
    check(type.has_value(), "tensor {} has the unknown dtype {}", shown,
          printable(dtype.get_ref<const std::string&>()));
    const json& offsets = value["data_offsets"];
    check(
        offsets.is_array() && offsets.size() == 2 && offsets[0].is_number_unsigned() && offsets[1].is_number_unsigned(),
        "the data_offsets of tensor {} are not two whole numbers", shown);
    Entry out{name, *type, shape(shown, value["shape"]), offsets[0].get<std::uint64_t>(),
              offsets[1].get<std::uint64_t>()};
    check(out.begin <= out.end && out.end <= data_.size(), "tensor {} lies at {}…{}, the data have {} bytes", shown,
          out.begin, out.end, data_.size());
    check(byte_count(out.type, out.shape) == out.end - out.begin, "tensor {} of shape {} and dtype {} has {} bytes",
          shown, to_string(out.shape), name_of(out.type), out.end - out.begin);
    return out;
  }

  Shape shape(const std::string& shown, const json& value) const {
    check(value.is_array() && value.size() <= 64, "the shape of tensor {} is no short list", shown);
    Shape out;
    for (const json& axis : value) {
      constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
      check(axis.is_number_unsigned() && axis.get<std::uint64_t>() <= kLargest,
            "the shape of tensor {} holds something else than sizes", shown);
      out.push_back(axis.get<std::int64_t>());
    }
    return out;
  }

  void require_gapless(std::vector<Entry>& entries) const {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::uint64_t expected = 0;
    for (const Entry& e : entries) {
      check(e.begin == expected, "tensor {} starts at byte {} of the data where {} is expected ({})", printable(e.name),
            e.begin, expected, e.begin < expected ? "overlap" : "hole");
      expected = e.end;
    }
    check(expected == data_.size(), "the tensors have {} bytes, the data {}", expected, data_.size());
  }

  Tensor tensor(Entry& e) const {
    const auto bytes = data_.subspan(static_cast<std::size_t>(e.begin), static_cast<std::size_t>(e.end - e.begin));
    check(e.type != ElementType::kBool || are_bools(bytes), "tensor {} holds bytes that are no BOOL",
          printable(e.name));
    return tensor_over(e.type, std::move(e.shape), file_, bytes);
  }

  const std::filesystem::path& path_;
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> data_;
};

/// Widest elements first, so that every tensor is aligned; by name among equals.
std::vector<const TensorMap::value_type*> in_file_order(const TensorMap& tensors) {
  std::vector<const TensorMap::value_type*> order;
  for (const auto& item : tensors) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return element_size(a->second.type()) > element_size(b->second.type());
  });
  return order;
}

std::string header_text(const std::vector<const TensorMap::value_type*>& order,
                        const std::map<std::string, std::string>& metadata) {
  auto header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  std::uint64_t at = 0;
  for (const auto* item : order) {
    const Tensor& tensor = item->second;
    header[item->first] = {
        {"dtype", name_of(tensor.type())}, {"shape", tensor.shape()}, {"data_offsets", {at, at + tensor.bytes()}}};
    at += tensor.bytes();
  }
  std::string text = header.dump();
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  return text;
}

}  // namespace

SafetensorsFile read_safetensors_file(const std::filesystem::path& path) { return Reader(path).read(); }

TensorMap read_safetensors(const std::filesystem::path& path) { return read_safetensors_file(path).tensors; }

void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  PELLUCID_CHECK(tensors.count(kMetadataKey) == 0, kBadInput, "cannot write '{}': no tensor may be called {}",
                 path.string(), kMetadataKey);
  const auto order = in_file_order(tensors);
  std::string header;
  try {
    header = header_text(order, metadata);
  } catch (const json::exception&) {
    fail(ErrorCode::kBadInput, "cannot write '{}': a name or a metadata text is not UTF-8", path.string());
  }
  AtomicFile file(path);
  const std::uint64_t length = header.size();
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const auto* item : order) file.write({item->second.data(), item->second.bytes()});
  file.commit();
}

}  // namespace pellucid
