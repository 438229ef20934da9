#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace pellucid::cli {

/// What completion offers for the value of an option, beside its words.
enum class Offer { kNothing, kFiles, kFolders, kMethods, kMethodLists, kRuleSets };

/// An option as it is written and as the help shows it.
struct Parameter {
  std::string name;               ///< "--top", "-o,--output"; "name", without dashes, for a word of its own
  std::string value = {};         ///< what stands for its value in the help, "K"; a flag has none
  std::string help = {};          ///< one sentence, with its default
  std::string group = "Options";  ///< the heading in the help
  bool required = false;
  std::vector<std::string> words = {};  ///< values that it takes, where these are a list
  Offer offer = Offer::kNothing;
  bool repeated = false, many = false;  ///< may be given again; takes several values at a mention
};

/// Whether it is a word of its own, not an option.
[[nodiscard]] inline bool is_positional(const Parameter& parameter) { return !parameter.name.starts_with('-'); }

/// The smallest and the largest number that an option takes.
struct Limits {
  int lowest, highest;
};

/// The options of the tool or of one command. Reading the command line fills the variables given here, which must
/// outlive the parser; a variable whose option isn't given keeps its value.
class Parameters {
 public:
  explicit Parameters(CLI::App& parser) : parser_(&parser) {}

  void flag(bool& given, const Parameter& parameter);
  void text(std::string& value, const Parameter& parameter);
  /// One of the parameter's words.
  void choice(std::string& value, const Parameter& parameter);
  /// Of int, std::int64_t, std::uint64_t, double, and std::optional<std::int64_t> that tells whether it was given.
  template <class Number>
  void number(Number& value, const Parameter& parameter, std::optional<Limits> limits = {});

  /// One or more values at every mention: `--image a.png b.png`.
  void texts(std::vector<std::string>& values, const Parameter& parameter);
  /// One value at every mention: `-o a.png -o b.html`.
  void repeated_text(std::vector<std::string>& values, const Parameter& parameter);
  /// Values by commas: `--methods attcat,rollout`.
  void text_list(std::vector<std::string>& values, const Parameter& parameter);

  /// The flag that asks for the help.
  void help_flag(const Parameter& parameter);
  /// The flag that asks for the versions, which `text` tells.
  void version_flag(const Parameter& parameter, const std::function<std::string()>& text);

  /// Everything declared so far, in that order.
  [[nodiscard]] const std::vector<Parameter>& all() const noexcept { return all_; }

 private:
  CLI::App* parser_;
  std::vector<Parameter> all_;
};

}  // namespace pellucid::cli
