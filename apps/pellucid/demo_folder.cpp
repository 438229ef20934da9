#include "apps/pellucid/demo_folder.hpp"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "base/read_file.hpp"

namespace pellucid::cli {
namespace {

namespace fs = std::filesystem;

fs::path demo_folder() {
  const char* named = std::getenv("PELLUCID_DEMO");
  if (named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& candidate :
       {program.parent_path().parent_path() / PELLUCID_INSTALLED_DEMO, fs::path(PELLUCID_SOURCE_DEMO)}) {
    if (fs::is_directory(candidate, error)) return candidate;
  }
  fail(ErrorCode::kBadInput, "the demonstration's models were not found; name their folder in PELLUCID_DEMO");
}

fs::path list_of(const fs::path& folder, const char* kind) { return folder / kind / "demo.json"; }

/// Calls `add` with every entry of a demo.json and its targets.
template <class Add>
void read_list(const fs::path& list, const char* kind, const Add& add) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  std::error_code absent;
  if (!fs::is_regular_file(list, absent)) return;
  try {
    for (const auto& entry : nlohmann::json::parse(read_text_file(list, kMostBytes))) {
      const auto targets = entry.at("targets").get<std::vector<std::string>>();
      PELLUCID_CHECK(!targets.empty(), kBadInput, "'{}' names a {} without targets", list.string(), kind);
      add(entry.at(kind).template get<std::string>(), targets);
    }
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadInput, "'{}' is not a list of {}s and targets: {}", list.string(), kind, error.what());
  }
}

DemoModel read_model(const fs::path& folder) {
  DemoModel model{folder, {}, {}};
  read_list(list_of(folder, "pictures"), "picture", [&](const std::string& name, const auto& targets) {
    model.pictures.push_back({folder / "pictures" / name, targets});
  });
  read_list(list_of(folder, "texts"), "text", [&](const std::string& text, const auto& targets) {
    model.texts.push_back({text, targets});
  });
  return model;
}

}  // namespace

std::vector<DemoModel> demo_models() {
  const fs::path folder = demo_folder();
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    for (const char* kind : {"pictures", "texts"})
      if (fs::is_regular_file(list_of(entry.path(), kind), error)) found.push_back(entry.path());
  }
  PELLUCID_CHECK(!found.empty(), kBadInput,
                 "'{}' holds no folder with a model and pictures/demo.json or texts/demo.json", folder.string());
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<DemoModel> models;
  for (const fs::path& path : found) models.push_back(read_model(path));
  return models;
}

}  // namespace pellucid::cli
