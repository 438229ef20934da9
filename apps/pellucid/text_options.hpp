#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pellucid/model.hpp>

namespace pellucid::cli {

class Parameters;

/// The texts to explain and how they are cut into tokens.
struct TextInputOptions {
  std::vector<std::string> texts, pairs;
  std::string file, column, pair_column, label_column, words = "tokenizer";
  std::int64_t max_length = 0, window = 0, stride = 0;

  /// --text, --text-pair and how texts are cut.
  void declare(Parameters& parameters);
  /// --text-file and its columns.
  void declare_file(Parameters& parameters);

  [[nodiscard]] bool given() const { return !texts.empty() || !file.empty(); }
  /// The texts of --text and --text-pair. Throws Error{kUsage} where not every text has its pair.
  [[nodiscard]] std::vector<TextInput> inputs() const;
  /// Throws Error{kUsage} on options that contradict one another.
  [[nodiscard]] TextOptions text_options() const;
};

}  // namespace pellucid::cli
