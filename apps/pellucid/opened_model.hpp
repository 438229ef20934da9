#pragma once

#include <memory>

#include <pellucid/model.hpp>

#include "apps/pellucid/global_options.hpp"
#include "apps/pellucid/model_inputs.hpp"
#include "apps/pellucid/progress.hpp"

namespace pellucid::cli {

/// A model with the display of its progress and the time that opening took.
class OpenedModel {
 public:
  OpenedModel(const std::string& path, const GlobalOptions& global, const std::string& task = "",
              const AnatomyHints& anatomy = {});
  OpenedModel(const InputOptions& input, const GlobalOptions& global)
      : OpenedModel(input.model, global, input.task, input.anatomy) {}

  [[nodiscard]] Model& model() { return model_; }
  [[nodiscard]] ProgressDisplay& progress() { return *progress_; }
  /// The explanation with the names of the inputs and the time of loading in it.
  [[nodiscard]] Explanation explain(const Request& request, const ModelInputs& inputs);

 private:
  std::unique_ptr<ProgressDisplay> progress_;
  double begin_;
  Model model_;
  double load_seconds_;
};

/// Seconds of a clock that only moves forward.
[[nodiscard]] double now_seconds();

}  // namespace pellucid::cli
