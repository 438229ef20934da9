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

DemoModel read_model(const fs::path& folder) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  const fs::path list = folder / "pictures" / "demo.json";
  DemoModel model{folder, {}};
  try {
    for (const auto& entry : nlohmann::json::parse(read_text_file(list, kMostBytes))) {
      model.pictures.push_back({folder / "pictures" / entry.at("picture").get<std::string>(),
                                entry.at("targets").get<std::vector<std::string>>()});
      PELLUCID_CHECK(!model.pictures.back().targets.empty(), kBadInput, "'{}' names a picture without targets",
                     list.string());
    }
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadInput, "'{}' is not a list of pictures and targets: {}", list.string(), error.what());
  }
  return model;
}

}  // namespace

std::vector<DemoModel> demo_models() {
  const fs::path folder = demo_folder();
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (fs::is_regular_file(entry.path() / "pictures" / "demo.json", error)) found.push_back(entry.path());
  }
  PELLUCID_CHECK(!found.empty(), kBadInput, "'{}' holds no folder with a model and pictures/demo.json",
                 folder.string());
  std::sort(found.begin(), found.end());
  std::vector<DemoModel> models;
  for (const fs::path& path : found) models.push_back(read_model(path));
  return models;
}

}  // namespace pellucid::cli
