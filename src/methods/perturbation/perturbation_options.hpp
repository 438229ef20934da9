#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "methods/options.hpp"

namespace pellucid::methods {

/// Options of methods that change the input. A default of "" depends on the model and the input.
[[nodiscard]] OptionSpec features_option();
[[nodiscard]] OptionSpec feature_grid_option();
[[nodiscard]] OptionSpec segments_option();
[[nodiscard]] OptionSpec replacement_option();
[[nodiscard]] OptionSpec keep_special_option();
[[nodiscard]] OptionSpec per_eval_option();
[[nodiscard]] OptionSpec tolerance_option();
[[nodiscard]] OptionSpec resume_option();
/// `words`: what may stand instead of a number.
[[nodiscard]] OptionSpec n_samples_option(OptionValue otherwise, std::vector<std::string> words);

/// What `resume` says where nothing is kept.
inline constexpr const char* kNoFile = "none";

/// The whole numbers of a list option; empty where it still has its default "".
[[nodiscard]] std::vector<std::int64_t> integers_of(const ResolvedOptions& options, const std::string& name);

}  // namespace pellucid::methods
