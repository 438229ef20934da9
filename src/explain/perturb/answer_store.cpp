#include "explain/perturb/answer_store.hpp"

#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "base/sha256.hpp"

namespace pellucid::explain {
namespace {

constexpr const char* kOf = "answers of";

std::string hash_of(const std::string& text) { return sha256_hex(std::as_bytes(std::span(text.data(), text.size()))); }

}  // namespace

AnswerStore::AnswerStore(std::filesystem::path file, std::string what) : file_(std::move(file)), what_(hash_of(what)) {
  if (file_.empty() || !std::filesystem::exists(file_)) return;
  const SafetensorsFile kept = read_safetensors_file(file_);
  const auto of = kept.metadata.find(kOf);
  PELLUCID_CHECK(of != kept.metadata.end() && of->second == what_, kUsage,
                 "option resume={}: the file belongs to another explanation (model, input, targets, options or seed "
                 "differ); name another file, or remove it",
                 file_.string());
  for (const auto& [name, tensor] : kept.tensors) {
    const std::vector<double> all = tensor.to_doubles();
    PELLUCID_CHECK(tensor.shape().size() == 2, kBadInput, "option resume={}: '{}' is {}, not [targets, done]",
                   file_.string(), name, to_string(tensor.shape()));
    AnswerTable& table = tables_[name];
    for (std::int64_t k = 0; k < tensor.shape()[0]; ++k)
      table.emplace_back(all.begin() + k * tensor.shape()[1], all.begin() + (k + 1) * tensor.shape()[1]);
  }
}

AnswerTable& AnswerStore::table(std::int64_t sample, std::int64_t plan) {
  return tables_[std::to_string(sample) + "." + std::to_string(plan)];
}

void AnswerStore::save() const {
  if (file_.empty()) return;
  TensorMap tensors;
  for (const auto& [name, table] : tables_) {
    if (table.empty() || table.front().empty()) continue;
    std::vector<double> all;
    for (const std::vector<double>& row : table) all.insert(all.end(), row.begin(), row.end());
    tensors[name] = Tensor(Shape{std::ssize(table), std::ssize(table.front())}, all);
  }
  write_safetensors(file_, tensors, {{kOf, what_}});
}

}  // namespace pellucid::explain
