#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace pellucid::tests {

/// The folder of fixture files: PELLUCID_FIXTURES, or ../shared beside the project; nothing where it is absent.
inline std::optional<std::filesystem::path> fixtures() {
  const char* named = std::getenv("PELLUCID_FIXTURES");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named) : std::filesystem::path(PELLUCID_SOURCE_DIR) / ".." / "shared";
  if (!std::filesystem::exists(folder / "fixtures")) return std::nullopt;
  return folder;
}

/// The small fixtures that the project carries.
inline std::filesystem::path carried(const std::string& name) {
  return std::filesystem::path(PELLUCID_SOURCE_DIR) / "tests" / "data" / name;
}

}  // namespace pellucid::tests
