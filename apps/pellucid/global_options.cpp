#include "apps/pellucid/global_options.hpp"

#include "apps/pellucid/parameters.hpp"
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

void GlobalOptions::declare(Parameters& parameters) {
  constexpr const char* kGroup = kGeneralGroup;
  parameters.help_flag({.name = "-h,--help", .help = "This help", .group = kGroup});
  parameters.flag(quiet, {.name = "--quiet", .help = "No progress and no messages", .group = kGroup});
  parameters.flag(json, {.name = "--json", .help = "Write one JSON document to standard output", .group = kGroup});
  parameters.number(
      threads, {.name = "--threads", .value = "N", .help = "Processor cores to use (default: all)", .group = kGroup},
      Limits{0, 4096});
  parameters.text(memory, {.name = "--memory",
                           .value = "SIZE",
                           .help = "The most memory that a run may take, such as 2GiB",
                           .group = kGroup});
  parameters.text(device, {.name = "--device",
                           .value = "DEVICE",
                           .help = "cpu, cuda or cuda:N (default: cpu)",
                           .group = kGroup,
                           .words = {"cpu", "cuda"}});
  parameters.number(
      seed, {.name = "--seed", .value = "N", .help = "Seed of everything random (default: 0)", .group = kGroup});
  parameters.flag(no_cache,
                  {.name = "--no-cache", .help = "Neither read nor keep compiled programs on disk", .group = kGroup});
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
