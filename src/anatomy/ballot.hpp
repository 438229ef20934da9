#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pellucid::anatomy {

/// What several detectors say of the candidates for one part: each vote comes with the reason, which `inspect --why`
/// prints.
class Ballot {
 public:
  /// Candidates in the order in which equals are preferred.
  explicit Ballot(std::vector<std::string> candidates);

  void vote(std::size_t candidate, std::string why);
  /// The candidate with the most votes; of equals, the first.
  [[nodiscard]] std::size_t winner() const;
  [[nodiscard]] std::size_t votes(std::size_t candidate) const { return reasons_[candidate].size(); }
  /// "'logits' 3 votes (it is [batch, classes]; …), 'hidden' none".
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> candidates_;
  std::vector<std::vector<std::string>> reasons_;  // by candidate
};

}  // namespace pellucid::anatomy
