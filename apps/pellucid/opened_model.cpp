#include "apps/pellucid/opened_model.hpp"

#include <malloc.h>
#include <chrono>

#include "apps/pellucid/interrupts.hpp"

namespace pellucid::cli {
namespace {

/// Where memory is limited, large blocks go back to the system as soon as they are free: glibc would keep ever larger
/// ones, and count them.
const GlobalOptions& settle_memory(const GlobalOptions& global) {
#ifdef M_MMAP_THRESHOLD
  constexpr int kLargeBlock = 1 << 20;
  if (!global.memory.empty()) ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
#endif
  return global;
}

RunOptions run_options(const GlobalOptions& global, const std::string& task, const AnatomyHints& anatomy,
                       ProgressDisplay& progress) {
  RunOptions options = settle_memory(global).run_options(progress);
  options.task = task;
  options.anatomy = anatomy;
  return options;
}

}  // namespace

OpenedModel::OpenedModel(const std::string& path, const GlobalOptions& global, const std::string& task,
                         const AnatomyHints& anatomy)
    : progress_(std::make_unique<ProgressDisplay>(global.quiet)),
      begin_(now_seconds()),
      model_(Model::open(path, run_options(global, task, anatomy, *progress_))),
      load_seconds_(now_seconds() - begin_) {}

Explanation OpenedModel::explain(const Request& request, const ModelInputs& inputs) {
  stop_if_interrupted();
  Explanation explanation = model_.explain(request);
  progress_->clear();
  inputs.name(explanation);
  explanation.timing.load_seconds = load_seconds_;
  return explanation;
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace pellucid::cli
