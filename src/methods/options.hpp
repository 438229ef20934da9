#pragma once

#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

namespace pellucid::methods {

enum class OptionKind {
  kBool,
  kInteger,
  kNumber,
  kWord,
  kIntegers,
  kWords,
  kNumberMap,  ///< a number for all, or a JSON object of numbers for some of `words`
  kFile,
  kText  ///< any text: the name of a stream or of a graph input
};

/// One option of a method or a rule set: what may be written and what holds where it isn't.
struct OptionSpec {
  std::string name;
  OptionKind kind = OptionKind::kWord;
  OptionValue otherwise;  ///< the default
  std::vector<std::string>
      words;  ///< kWord, kWords, kNumberMap: the allowed ones; also words that a number may be ("auto")
  double least = -1e300, most = 1e300;  ///< bounds of numbers
  std::string meaning;                  ///< one line
};

/// A set of `profile=authors` values for one method, in the spelling of the command line.
struct Profile {
  std::vector<std::pair<std::string, std::string>> values;
};

/// The options of one explanation, all resolved.
class ResolvedOptions {
 public:
  ResolvedOptions() = default;
  explicit ResolvedOptions(Options values) : values_(std::move(values)) {}
  [[nodiscard]] bool flag(const std::string& name) const;
  [[nodiscard]] std::int64_t integer(const std::string& name) const;
  [[nodiscard]] double number(const std::string& name) const;
  [[nodiscard]] std::string word(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> words(const std::string& name) const;
  /// What a number map says for one of its names: its own number, the number for all, or 0.
  [[nodiscard]] double number_of(const std::string& name, const std::string& part) const;
  /// Whether the method has that option.
  [[nodiscard]] bool has(const std::string& name) const;
  /// Whether a number option was given a word instead ("auto").
  [[nodiscard]] bool is_word(const std::string& name) const;
  [[nodiscard]] const Options& all() const { return values_; }
  /// Replaces a value (defaults that depend on the model).
  void set(const std::string& name, OptionValue value);

 private:
  [[nodiscard]] const OptionValue& value(const std::string& name) const;
  Options values_;
};

/// Reads "NAME=VALUE" texts against the specs. Throws Error{kUsage} that lists what is allowed on an unknown name, a
/// value of the wrong kind or out of bounds, and on the same option given twice.
[[nodiscard]] ResolvedOptions resolve_options(const std::string& owner, const std::vector<OptionSpec>& specs,
                                              const Profile& authors, const std::vector<std::string>& given);

}  // namespace pellucid::methods
