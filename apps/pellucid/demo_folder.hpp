#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pellucid::cli {

/// A picture of the demonstration and the classes to explain, the one that it shows first.
struct DemoPicture {
  std::filesystem::path file;
  std::vector<std::string> targets;
};

/// A text of the demonstration and the classes to explain, the true one first.
struct DemoText {
  std::string text;
  std::vector<std::string> targets;
};

/// A model of the demonstration with its pictures or texts.
struct DemoModel {
  std::filesystem::path folder;
  std::vector<DemoPicture> pictures;
  std::vector<DemoText> texts;
};

/// The models in $PELLUCID_DEMO, in share/pellucid/demo beside the installed program, or in the source tree: every
/// folder in it with pictures/demo.json or texts/demo.json. Throws Error{kBadInput} where there is none, or a demo.json
/// is damaged.
[[nodiscard]] std::vector<DemoModel> demo_models();

}  // namespace pellucid::cli
