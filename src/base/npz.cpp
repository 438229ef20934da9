#include "base/npz.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/npy.hpp"
#include "base/zip.hpp"

namespace pellucid {
namespace {

constexpr std::string_view kSuffix = ".npy";

/// "weights" of "weights.npy".
std::string array_name(const std::string& entry, const std::string& file) {
  const bool printable = std::all_of(entry.begin(), entry.end(), [](unsigned char c) { return c >= 0x20; });
  PELLUCID_CHECK(printable, kBadInput, "'{}' has an entry with control characters in its name", file);
  PELLUCID_CHECK(entry.size() > kSuffix.size() && entry.ends_with(kSuffix), kBadInput,
                 "'{}' has the entry '{}', which is no .npy array", file, entry);
  return entry.substr(0, entry.size() - kSuffix.size());
}

bool is_text(const npy::Array& array) { return array.descr.starts_with("|S") && array.shape.empty(); }

std::string text_of(const npy::Array& array) {
  std::string out(reinterpret_cast<const char*>(array.data.data()), array.data.size());
  out.resize(out.find_last_not_of('\0') + 1);  // NumPy fills up with zeros
  return out;
}

void add_array(zip::Writer& zip, const std::string& name, const std::string& header, std::span<const std::byte> data) {
  std::vector<std::byte> bytes(header.size() + data.size());
  std::memcpy(bytes.data(), header.data(), header.size());
  if (!data.empty()) std::memcpy(bytes.data() + header.size(), data.data(), data.size());
  zip.add(name + std::string(kSuffix), bytes);
}

}  // namespace

NpzFile read_npz_file(const std::filesystem::path& path) {
  const zip::Reader zip(path);
  NpzFile out;
  for (const zip::Entry& entry : zip.entries()) {
    const std::string name = array_name(entry.name, path.string());
    PELLUCID_CHECK(out.tensors.count(name) + out.texts.count(name) == 0, kBadInput, "'{}' has the entry '{}' twice",
                   path.string(), name);
    const std::string shown = path.string() + "' entry '" + name;
    const zip::Content content = zip.content(entry);
    const npy::Array array = npy::parse(content.bytes, shown);
    if (is_text(array)) {
      out.texts.emplace(name, text_of(array));
    } else {
      out.tensors.emplace(name, npy::tensor(array, content.owner, shown));
    }
  }
  return out;
}

TensorMap read_npz(const std::filesystem::path& path) { return read_npz_file(path).tensors; }

void write_npz(const std::filesystem::path& path, const TensorMap& tensors,
               const std::map<std::string, std::string>& texts) {
  zip::Writer zip(path);
  for (const auto& [name, tensor] : tensors) {
    const std::string descr = npy::descr_of(tensor.type(), path.string());
    add_array(zip, name, npy::header(descr, tensor.shape()), {tensor.data(), tensor.bytes()});
  }
  for (const auto& [name, text] : texts) {
    PELLUCID_CHECK(tensors.count(name) == 0, kBadInput, "cannot write '{}': '{}' is both a tensor and a text",
                   path.string(), name);
    const std::string content = text.empty() ? std::string(1, '\0') : text;
    add_array(zip, name, npy::header(fmt::format("|S{}", content.size()), {}), std::as_bytes(std::span(content)));
  }
  zip.commit();
}

}  // namespace pellucid
