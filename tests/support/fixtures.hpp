#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace pellucid::tests {

/// The folder of fixture files: PELLUCID_FIXTURES, or ../shared beside the project; nothing where it is absent.
inline std::optional<std::filesystem::path> fixtures() {
  const char* named = std::getenv("PELLUCID_FIXTURES");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named) : std::filesystem::path(PELLUCID_SOURCE_DIR) / ".." / "shared";
  if (!std::filesystem::exists(folder / "fixtures")) return std::nullopt;
  return folder;
}

}  // namespace pellucid::tests
