#include "methods/perturbation/perturbation_options.hpp"

namespace pellucid::methods {

OptionSpec features_option() {
  return {.name = "features",
          .kind = OptionKind::kWord,
          .otherwise = std::string(),
          .words = {"tokens", "words", "grid", "superpixels", "elements"},
          .meaning =
              "what is replaced as one: tokens (of images: patches), words of a text, cells or superpixels of an "
              "image, elements of another input (default: words, tokens, grid or elements)"};
}

OptionSpec feature_grid_option() {
  return {.name = "grid",
          .kind = OptionKind::kIntegers,
          .otherwise = std::vector<double>{7, 7},
          .words = {},
          .meaning = "features=grid: rows and columns of cells"};
}

OptionSpec segments_option() {
  return {.name = "segments",
          .kind = OptionKind::kInteger,
          .otherwise = std::int64_t{50},
          .words = {},
          .least = 2,
          .most = 4096,
          .meaning = "features=superpixels: about how many"};
}

OptionSpec replacement_option() {
  return {
      .name = "baselines",
      .kind = OptionKind::kFile,
      .otherwise = std::string(),
      .words = {},
      .meaning =
          "what stands instead: texts mask, pad, delete; images black, mean, blur; other inputs 0, or a safetensors "
          "file with 'baselines' (default: mask where there is a mask token, else pad; 0)"};
}

OptionSpec keep_special_option() {
  return {.name = "keep_special",
          .kind = OptionKind::kBool,
          .otherwise = true,
          .words = {},
          .meaning = "text: special tokens are never replaced"};
}

OptionSpec per_eval_option() {
  return {.name = "perturbations_per_eval",
          .kind = OptionKind::kInteger,
          .otherwise = std::string("auto"),
          .words = {"auto"},
          .least = 1,
          .meaning = "changed inputs that are run together; never changes the result"};
}

OptionSpec tolerance_option() {
  return {.name = "tolerance",
          .kind = OptionKind::kNumber,
          .otherwise = 0.0,
          .words = {},
          .least = 0,
          .meaning = "double n_samples until the standard error is at most this share of the largest score; 0: don't"};
}

OptionSpec resume_option() {
  return {.name = "resume",
          .kind = OptionKind::kFile,
          .otherwise = std::string(kNoFile),
          .words = {},
          .meaning = "safetensors file that keeps the scores of changed inputs, to go on from after an interruption"};
}

OptionSpec n_samples_option(OptionValue otherwise, std::vector<std::string> words) {
  return {.name = "n_samples",
          .kind = OptionKind::kInteger,
          .otherwise = std::move(otherwise),
          .words = std::move(words),
          .least = 1,
          .most = 1 << 20,
          .meaning = "how many changed inputs are drawn; all: every subset of the features once"};
}

std::vector<std::int64_t> integers_of(const ResolvedOptions& options, const std::string& name) {
  std::vector<std::int64_t> numbers;
  for (const auto& [mine, value] : options.all())
    if (const auto* list = std::get_if<std::vector<double>>(&value); mine == name && list != nullptr)
      for (const double number : *list) numbers.push_back(static_cast<std::int64_t>(number));
  return numbers;
}

}  // namespace pellucid::methods
