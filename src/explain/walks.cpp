#include "explain/walks.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

Target walk_of(const Term& term) {
  Target walk;
  walk.terms = {term};
  walk.terms[0].factor = 1;
  walk.spec = term.key();
  return walk;
}

bool starts_at(const Target& walk, const Term& term) {
  return walk.terms[0].key() == term.key() && walk.terms[0].index == term.index;
}

void require_element(const Target& target, const Term& term, const std::string& rules) {
  PELLUCID_CHECK(
      term.space == Space::kLogits || term.space == Space::kOutput, kUsage,
      "target '{}': under the rule set '{}' relevance starts with 1 at a logit; logit:, contrast:, output: and "
      "sums of these do",
      target.spec, rules);
}

}  // namespace

Tensor Walks::join(const Tensor& of_walks) const {
  const std::vector<double> from = of_walks.to_doubles();
  const std::size_t each = from.size() / weights.front().size();
  std::vector<double> joined(each * weights.size(), 0.0);
  for (std::size_t k = 0; k < weights.size(); ++k)
    for (std::size_t w = 0; w < weights[k].size(); ++w)
      for (std::size_t i = 0; i < each && weights[k][w] != 0; ++i)
        joined[k * each + i] += weights[k][w] * from[w * each + i];
  Shape shape = of_walks.shape();
  shape[0] = static_cast<std::int64_t>(weights.size());
  return Tensor(shape, joined).cast(of_walks.type());
}

std::optional<Walks> split_into_walks(std::vector<Target>& targets, const std::string& rules) {
  Walks found;
  std::vector<Target> walks;
  std::vector<std::vector<std::pair<std::size_t, double>>> parts;
  for (const Target& target : targets) {
    parts.emplace_back();
    for (const Term& term : target.terms) {
      require_element(target, term, rules);
      const auto at =
          std::find_if(walks.begin(), walks.end(), [&](const Target& walk) { return starts_at(walk, term); });
      parts.back().emplace_back(at - walks.begin(), term.factor);
      if (at == walks.end()) walks.push_back(walk_of(term));
    }
  }
  const bool alone = std::all_of(targets.begin(), targets.end(), [](const Target& target) {
    return target.terms.size() == 1 && target.terms[0].factor == 1;
  });
  if (alone) return std::nullopt;
  for (const auto& of_target : parts) {
    found.weights.emplace_back(walks.size(), 0.0);
    for (const auto& [walk, factor] : of_target) found.weights.back()[walk] += factor;
  }
  found.asked = std::exchange(targets, std::move(walks));
  return found;
}

}  // namespace pellucid::explain
