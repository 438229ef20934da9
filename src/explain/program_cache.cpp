#include "explain/program_cache.hpp"

#include <dlfcn.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "base/sha256.hpp"
#include "run/session.hpp"

namespace pellucid::explain {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = std::size_t{256} << 20;
constexpr const char* kProgram = "program";
constexpr const char* kOwn = "constant:";

/// The file that this code was loaded from, told by size and time: another build must not read what this one wrote.
std::string this_build() {
  Dl_info info{};
  std::error_code failed;
  fs::path file;
  if (::dladdr(reinterpret_cast<const void*>(&this_build), &info) != 0) file = info.dli_fname;
  if (file.empty() || !fs::is_regular_file(file, failed)) file = "/proc/self/exe";
  const auto size = fs::file_size(file, failed);
  if (failed) return {};
  const auto time = fs::last_write_time(file, failed);
  if (failed) return {};
  return fmt::format("{}+{}.{}", version(), size, time.time_since_epoch().count());
}

fs::path environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? fs::path() : fs::path(value);
}

fs::path default_folder() {
  if (fs::path own = environment("PELLUCID_PROGRAM_CACHE"); !own.empty()) return own;
  if (const fs::path caches = environment("XDG_CACHE_HOME"); caches.is_absolute()) return caches / "pellucid";
  if (const fs::path home = environment("HOME"); home.is_absolute()) return home / ".cache" / "pellucid";
  return {};
}

/// The weight of the model that a constant is, if it is one.
const std::string* same_weight(const Tensor& constant, const std::map<const std::byte*, std::string>& weights,
                               const TensorMap& model) {
  const auto at = weights.find(constant.data());
  if (at == weights.end()) return nullptr;
  const Tensor& weight = model.at(at->second);
  return weight.type() == constant.type() && weight.bytes() == constant.bytes() ? &at->second : nullptr;
}

/// SHA-256 over everything that a file holds beside its metadata.
std::string digest(const TensorMap& tensors) {
  std::string list;
  for (const auto& [name, tensor] : tensors) list += name + " " + sha256_hex({tensor.data(), tensor.bytes()}) + "\n";
  return sha256_hex(std::as_bytes(std::span(list)));
}

Tensor bytes_tensor(const std::vector<std::byte>& bytes) {
  Tensor tensor(ElementType::kUInt8, {static_cast<std::int64_t>(bytes.size())});
  std::memcpy(tensor.mutable_data(), bytes.data(), bytes.size());
  return tensor;
}

graph::WrittenGraph unpack(const SafetensorsFile& file, const TensorMap& model) {
  graph::WrittenGraph written;
  const Tensor& program = file.tensors.at(kProgram);
  written.bytes.assign(program.data(), program.data() + program.bytes());
  for (const auto& [name, tensor] : file.tensors)
    if (name.starts_with(kOwn)) written.weights.emplace(name.substr(std::strlen(kOwn)), tensor);
  const nlohmann::json weights = nlohmann::json::parse(file.metadata.at("weights"));
  for (const auto& [name, held] : weights.items()) {
    const Tensor& weight = model.at(held.at("name").get<std::string>());
    written.weights.emplace(name, weight.reshaped(held.at("shape").get<Shape>()));
  }
  return written;
}

/// Empty where nothing is named.
std::string key_of(const AnatomyHints& hints) {
  if (hints == AnatomyHints{}) return {};
  return fmt::format("tokens {}, attention {}, blocks {}, head {}|", hints.tokens, fmt::join(hints.attention, " "),
                     fmt::join(hints.blocks, " "), hints.head);
}

}  // namespace

ProgramCache::ProgramCache(const RunOptions& options, const graph::ModelFile& model, std::uintmax_t most_bytes)
    : model_(model), most_bytes_(most_bytes), hints_(key_of(options.anatomy)) {
  if (!options.use_cache) return;
  build_ = this_build();
  if (!build_.empty()) folder_ = options.cache_folder.empty() ? default_folder() : options.cache_folder;
}

std::string ProgramCache::full_key(const std::string& key) const {
  return fmt::format("{}|{}|{}|{}{}", build_, run::runtime_version(), model_.sha256(), hints_, key);
}

fs::path ProgramCache::file_of(const std::string& full_key) const {
  return folder_ / (sha256_hex(std::as_bytes(std::span(full_key))) + ".safetensors");
}

std::optional<graph::WrittenGraph> ProgramCache::find(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string full = full_key(key);
  const fs::path path = file_of(full);
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  try {
    const SafetensorsFile file = read_safetensors_file(path);
    if (file.metadata.at("key") != full || file.metadata.at("sha256") != digest(file.tensors)) return std::nullopt;
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    return unpack(file, model_.weights());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void ProgramCache::keep(const std::string& key, const graph::WrittenGraph& written) const {
  if (folder_.empty()) return;
  std::map<const std::byte*, std::string> at;
  for (const auto& [name, tensor] : model_.weights()) at.emplace(tensor.data(), name);
  TensorMap tensors;
  nlohmann::json weights = nlohmann::json::object();
  std::size_t bytes = written.bytes.size();
  for (const auto& [name, tensor] : written.weights) {
    if (const std::string* weight = same_weight(tensor, at, model_.weights()); weight != nullptr) {
      weights[name] = {{"name", *weight}, {"shape", tensor.shape()}};
    } else {
      tensors.emplace(kOwn + name, tensor);
      bytes += tensor.bytes();
    }
  }
  if (bytes > kLargestFile) return;
  tensors.emplace(kProgram, bytes_tensor(written.bytes));
  const std::string full = full_key(key);
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  try {
    make_room(bytes);
    write_safetensors(file_of(full), tensors,
                      {{"key", full}, {"sha256", digest(tensors)}, {"weights", weights.dump()}});
  } catch (const std::exception&) {
    return;
  }
}

/// Removes the files that were used the longest ago until `bytes` more fit.
void ProgramCache::make_room(std::uintmax_t bytes) const {
  struct Kept {
    fs::file_time_type used;
    fs::path path;
    std::uintmax_t size;
  };
  std::vector<Kept> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".safetensors")
      files.push_back({entry.last_write_time(), entry.path(), entry.file_size()});
  std::sort(files.begin(), files.end(), [](const Kept& a, const Kept& b) { return a.used > b.used; });
  std::uintmax_t total = bytes;
  std::error_code ignored;
  for (const Kept& file : files)
    if ((total += file.size) > most_bytes_) fs::remove(file.path, ignored);
}

}  // namespace pellucid::explain
