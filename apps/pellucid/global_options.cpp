#include "apps/pellucid/global_options.hpp"

#include <CLI/CLI.hpp>

#include "base/check.hpp"
#include "base/size_text.hpp"

namespace pellucid::cli {
namespace {

bool is_device(const std::string& text) {
  if (text == "cpu" || text == "cuda") return true;
  const std::string number = text.rfind("cuda:", 0) == 0 ? text.substr(5) : "";
  return !number.empty() && number.size() < 4 && number.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

void GlobalOptions::declare(CLI::App& app) {
  constexpr const char* kGroup = "General options";
  app.set_help_flag("-h,--help", "This help")->group(kGroup);
  app.add_flag("--quiet", quiet, "No progress and no messages")->group(kGroup);
  app.add_flag("--json", json, "Write one JSON document to standard output")->group(kGroup);
  app.add_option("--threads", threads, "Processor cores to use (default: all)")
      ->type_name("N")
      ->check(CLI::Range(0, 4096))
      ->group(kGroup);
  app.add_option("--memory", memory, "The most memory that a run may take, such as 2GiB")
      ->type_name("SIZE")
      ->group(kGroup);
  app.add_option("--device", device, "cpu, cuda or cuda:N (default: cpu)")->type_name("DEVICE")->group(kGroup);
  app.add_option("--seed", seed, "Seed of everything random (default: 0)")->type_name("N")->group(kGroup);
  app.add_flag("--no-cache", no_cache, "Neither read nor keep compiled programs on disk")->group(kGroup);
}

RunOptions GlobalOptions::run_options(ProgressDisplay& progress) const {
  PELLUCID_CHECK(is_device(device), kUsage, "--device takes cpu, cuda or cuda:N, not '{}'", device);
  RunOptions options;
  options.threads = threads;
  options.memory = memory.empty() ? 0 : parse_size(memory);
  options.device = device;
  options.seed = seed;
  options.use_cache = !no_cache;
  options.progress = [&progress](const Progress& now) { progress.show(now); };
  return options;
}

}  // namespace pellucid::cli
