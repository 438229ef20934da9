#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <pellucid/model.hpp>

namespace pellucid::explain {

/// A text that explanations of a class are contrasted with.
struct Reference {
  TextInput input;
  double confidence = 0;  ///< in that class
  std::int64_t line = 0;  ///< where the text stood, counted from 1
};

/// References by the class that is explained, the least confident in it first.
using References = std::map<std::int64_t, std::vector<Reference>>;

/// {"references": {"0": [{"text": …}, …], "1": […]}}, with "pair" beside a text that has one. Throws Error{kBadInput}
/// where the file holds something else.
[[nodiscard]] References read_references(const std::filesystem::path& path);
/// The same as JSON text; `note` says what they are.
[[nodiscard]] std::string references_json(const References& references, const std::string& note);

/// Gathers the references of a model with two classes: texts of the other class that it classifies rightly.
class ReferenceSearch {
 public:
  static constexpr std::int64_t kFewestTokens = 10, kMost = 50;

  /// A text in the order of the file: its tokens, special ones counted, its class and the probabilities of both.
  void add(const TextInput& input, std::int64_t line, std::int64_t tokens, std::int64_t label,
           const std::vector<double>& probabilities);
  /// How long the longest list is.
  [[nodiscard]] std::int64_t longest() const;
  /// Whether one list has passed kMost: no further text is looked at.
  [[nodiscard]] bool full() const { return longest() > kMost; }
  /// Sorted by ascending confidence; of equal ones the earlier first.
  [[nodiscard]] References result() const;

 private:
  References found_;
};

}  // namespace pellucid::explain
