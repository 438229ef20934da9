#pragma once

#include <string>
#include <vector>

#include "methods/options.hpp"

namespace pellucid::methods {

/// Options that several methods share: the same name, values, default and meaning everywhere.
/// A default of "" depends on the model or on another option: `settle` replaces it.
/// `otherwise`: "tokens", or "" for the word table's output on text and the tokens elsewhere.
[[nodiscard]] OptionSpec at_option(const std::string& otherwise);
[[nodiscard]] OptionSpec input_option();
/// `words`: the ways of folding that the method knows.
[[nodiscard]] OptionSpec reduce_option(std::vector<std::string> words);
[[nodiscard]] OptionSpec stream_option();
[[nodiscard]] OptionSpec sites_option();
[[nodiscard]] OptionSpec row_option();
[[nodiscard]] OptionSpec cls_option();
[[nodiscard]] OptionSpec mask_special_option();
[[nodiscard]] OptionSpec token_types_option();
[[nodiscard]] OptionSpec scale_option();
[[nodiscard]] OptionSpec start_layer_option();
[[nodiscard]] OptionSpec similarity_option();
[[nodiscard]] OptionSpec internal_batch_size_option();
[[nodiscard]] OptionSpec noise_level_option(double otherwise);
[[nodiscard]] OptionSpec noise_file_option();
[[nodiscard]] OptionSpec nt_samples_option(std::int64_t otherwise);
[[nodiscard]] OptionSpec n_steps_option();
/// The same, which may also be `adaptive`.
[[nodiscard]] OptionSpec adaptive_steps_option();
/// `words`: the quadrature rules that the method knows.
[[nodiscard]] OptionSpec quadrature_option(std::vector<std::string> words);
/// The rules of integrated gradients (all but riemann_inclusive).
[[nodiscard]] std::vector<std::string> quadrature_words();

/// What `noise_file` says where the draws are seeded.
inline constexpr const char* kSeeded = "seeded";

}  // namespace pellucid::methods
