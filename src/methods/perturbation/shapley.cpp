#include "methods/perturbation/shapley.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "methods/perturbation/cholesky.hpp"
#include "methods/perturbation/subsets.hpp"

namespace pellucid::methods {
namespace {

double choose(std::size_t n, std::size_t k) {
  double count = 1;
  for (std::size_t i = 1; i <= k; ++i) count = count * static_cast<double>(n - k + i) / static_cast<double>(i);
  return count;
}

Presence complement(Presence members) {
  for (float& one : members) one = 1 - one;
  return members;
}

/// All subsets of one size in lexicographic order.
std::vector<Presence> subsets_of_size(std::size_t n, std::size_t size) {
  std::vector<std::uint8_t> chosen(n, 0);
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(size), 1);
  std::vector<Presence> all;
  do all.emplace_back(chosen.begin(), chosen.end());
  while (std::prev_permutation(chosen.begin(), chosen.end()));
  return all;
}

/// π(k) C(n, k) of the sizes 1 … n/2, a size and that of its complements together, adding up to 1.
std::vector<double> size_weights(std::size_t n) {
  std::vector<double> weights;
  for (std::size_t size = 1; size <= n / 2; ++size) {
    const double weight = static_cast<double>(n - 1) / static_cast<double>(size * (n - size));
    weights.push_back(2 * size == n ? weight : 2 * weight);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

void add_whole_size(Coalitions& coalitions, std::size_t n, std::size_t size, double weight) {
  std::vector<Presence> members = subsets_of_size(n, size);
  const std::size_t count = members.size();
  if (2 * size != n)
    for (std::size_t i = 0; i < count; ++i) members.push_back(complement(members[i]));
  coalitions.weights.insert(coalitions.weights.end(), members.size(), weight / static_cast<double>(members.size()));
  std::move(members.begin(), members.end(), std::back_inserter(coalitions.members));
}

/// What the draws leave open of every coefficient: their pairs' pull on the solution scatters.
std::vector<double> draw_errors(const Cholesky& normal, const std::vector<std::vector<double>>& pulls, std::size_t n) {
  const auto count = static_cast<double>(pulls.size());
  std::vector<double> mean(n - 1, 0.0), meat((n - 1) * (n - 1), 0.0);
  for (const auto& pull : pulls)
    for (std::size_t j = 0; j + 1 < n; ++j) mean[j] += pull[j] / count;
  for (auto pull : pulls) {
    for (std::size_t j = 0; j + 1 < n; ++j) pull[j] -= mean[j];
    add_square(meat, pull, count / (count - 1));
  }
  std::vector<double> errors = sandwich_errors(normal, meat, n - 1);
  const std::vector<double> all = normal.solve(std::vector<double>(n - 1, -1.0));  // the last is minus the others' sum
  double variance = 0;
  for (std::size_t j = 0; j + 1 < n; ++j)
    for (std::size_t k = 0; k + 1 < n; ++k) variance += all[j] * meat[j * (n - 1) + k] * all[k];
  errors.push_back(std::sqrt(std::max(variance, 0.0)));
  return errors;
}

/// The regression with the last player's share put in as what the others leave.
class Regression {
 public:
  Regression(const Coalitions& coalitions, const std::vector<double>& values, double empty, double whole)
      : coalitions_(coalitions), values_(values), empty_(empty), total_(whole - empty) {
    n_ = coalitions.members.front().size();
  }

  /// z_j − z_n for the others.
  [[nodiscard]] std::vector<double> row(std::size_t i) const {
    const Presence& members = coalitions_.members[i];
    std::vector<double> x(n_ - 1);
    for (std::size_t j = 0; j + 1 < n_; ++j) x[j] = double(members[j]) - double(members[n_ - 1]);
    return x;
  }
  [[nodiscard]] double due(std::size_t i) const {
    return values_[i] - empty_ - double(coalitions_.members[i][n_ - 1]) * total_;
  }

  [[nodiscard]] Estimate solve() const {
    std::vector<double> matrix((n_ - 1) * (n_ - 1), 0.0), right(n_ - 1, 0.0);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const std::vector<double> x = row(i);
      add_square(matrix, x, coalitions_.weights[i]);
      for (std::size_t j = 0; j < x.size(); ++j) right[j] += coalitions_.weights[i] * x[j] * due(i);
    }
    const Cholesky normal(matrix, n_ - 1);
    PELLUCID_CHECK(normal.definite(), kUsage,
                   "method 'kernel-shap': {} subsets don't tell {} features apart; give --option n_samples={} or more",
                   values_.size(), n_, 2 * n_ + 2048);
    Estimate estimate;
    estimate.scores = normal.solve(right);
    if (const auto pulls = pulls_of(estimate.scores); pulls.size() > 1)
      estimate.errors = draw_errors(normal, pulls, n_);
    const double others = std::accumulate(estimate.scores.begin(), estimate.scores.end(), 0.0);
    estimate.scores.push_back(total_ - others);
    return estimate;
  }

 private:
  /// w (r x) of both halves of every drawn pair.
  [[nodiscard]] std::vector<std::vector<double>> pulls_of(const std::vector<double>& shares) const {
    std::vector<std::vector<double>> pulls;
    for (std::size_t i = coalitions_.enumerated; i < values_.size(); ++i) {
      const std::vector<double> x = row(i);
      const double residual = due(i) - std::inner_product(x.begin(), x.end(), shares.begin(), 0.0);
      if ((i - coalitions_.enumerated) % 2 == 0) pulls.emplace_back(n_ - 1, 0.0);
      for (std::size_t j = 0; j + 1 < n_; ++j) pulls.back()[j] += coalitions_.weights[i] * residual * x[j];
    }
    return pulls;
  }

  const Coalitions& coalitions_;
  const std::vector<double>& values_;
  double empty_, total_;
  std::size_t n_ = 0;
};

}  // namespace

std::vector<double> shapley_values(const std::vector<double>& values, std::size_t players) {
  PELLUCID_ASSERT(values.size() == std::size_t{1} << players);
  std::vector<double> shares(players, 0.0);
  for (std::size_t set = 0; set < values.size(); ++set) {
    const auto size = static_cast<std::size_t>(std::popcount(set));
    if (size == players) continue;
    const double weight = 1 / (static_cast<double>(players) * choose(players - 1, size));
    for (std::size_t j = 0; j < players; ++j)
      if ((set >> j & 1U) == 0) shares[j] += weight * (values[set | std::size_t{1} << j] - values[set]);
  }
  return shares;
}

Coalitions draw_coalitions(std::size_t players, std::int64_t budget, std::uint64_t seed) {
  Coalitions coalitions;
  const std::vector<double> weights = size_weights(players);
  auto left = static_cast<double>(budget);
  double weight_left = 1;
  std::size_t size = 1;
  for (; size <= weights.size(); ++size) {
    const double weight = weights[size - 1], count = choose(players, size) * (2 * size == players ? 1 : 2);
    if (left * weight / weight_left < count * (1 - 1e-9)) break;
    add_whole_size(coalitions, players, size, weight);
    left -= count;
    weight_left -= weight;
  }
  coalitions.enumerated = coalitions.members.size();
  const auto pairs = size > weights.size() ? std::uint64_t{0} : static_cast<std::uint64_t>(left / 2);
  for (std::uint64_t pair = 0; pair < pairs; ++pair) {
    const Draws draws(seed, pair);
    double aim = draws.share() * weight_left;
    std::size_t drawn = size;
    while (drawn < weights.size() && aim >= weights[drawn - 1]) aim -= weights[drawn++ - 1];
    Presence members = draws.subset(players, drawn);
    coalitions.members.push_back(members);
    coalitions.members.push_back(complement(std::move(members)));
  }
  coalitions.weights.resize(coalitions.members.size(), weight_left / std::max<double>(1, 2.0 * double(pairs)));
  return coalitions;
}

Estimate shapley_regression(const Coalitions& coalitions, const std::vector<double>& values, double empty,
                            double whole) {
  PELLUCID_CHECK(!values.empty(), kUsage, "method 'kernel-shap': n_samples leaves no subset; give more");
  return Regression(coalitions, values, empty, whole).solve();
}

}  // namespace pellucid::methods
