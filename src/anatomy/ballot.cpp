#include "anatomy/ballot.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pellucid::anatomy {

Ballot::Ballot(std::vector<std::string> candidates)
    : candidates_(std::move(candidates)), reasons_(candidates_.size()) {}

void Ballot::vote(std::size_t candidate, std::string why) { reasons_[candidate].push_back(std::move(why)); }

std::size_t Ballot::winner() const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates_.size(); ++i)
    if (votes(i) > votes(best)) best = i;
  return best;
}

std::string Ballot::text() const {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const std::size_t count = votes(i);
    parts.push_back(count == 0 ? fmt::format("{} none", candidates_[i])
                               : fmt::format("{} {} {} ({})", candidates_[i], count, count == 1 ? "vote" : "votes",
                                             fmt::join(reasons_[i], "; ")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace pellucid::anatomy
