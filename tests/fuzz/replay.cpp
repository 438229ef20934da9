#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <string>

#include "support/scratch_folder.hpp"
#include "targets.hpp"

namespace {

using pellucid::fuzz::Bytes;
namespace fs = std::filesystem;

struct Target {
  std::string_view name;
  void (*run)(Bytes);
};
constexpr std::array<Target, 7> kTargets = {{{"image", pellucid::fuzz::image},
                                             {"npz", pellucid::fuzz::npz},
                                             {"onnx_file", pellucid::fuzz::onnx_file},
                                             {"onnx_model", pellucid::fuzz::onnx_model},
                                             {"preparation", pellucid::fuzz::preparation},
                                             {"safetensors", pellucid::fuzz::safetensors},
                                             {"tokenizer", pellucid::fuzz::tokenizer}}};

/// Files called good-… must be taken, all others refused.
bool is_as_named(const Target& target, const fs::path& file) {
  const std::string name = file.filename().string();
  std::cout << target.name << "/" << name << std::endl;
  const std::string content = pellucid::tests::content_of(file);
  const bool taken = pellucid::fuzz::takes(target.run, std::as_bytes(std::span(content)));
  if (taken == name.starts_with("good-")) return true;
  std::cerr << file.string() << ": " << (taken ? "taken, must be refused" : "refused, must be taken") << "\n";
  return false;
}

}  // namespace

/// replay TARGET FOLDER: tries the target on every file of the folder.
int main(int argc, char** argv) {
  const auto target = argc == 3 ? std::find_if(kTargets.begin(), kTargets.end(),
                                               [&](const Target& each) { return each.name == argv[1]; })
                                : kTargets.end();
  if (target == kTargets.end()) {
    std::cerr << "usage: " << argv[0] << " TARGET FOLDER\n";
    return 2;
  }
  int files = 0, wrong = 0;
  for (const auto& entry : fs::directory_iterator(argv[2])) {
    ++files;
    if (!is_as_named(*target, entry.path())) ++wrong;
  }
  std::cout << files << " files, " << wrong << " wrong\n";
  return files > 0 && wrong == 0 ? 0 : 1;
}
