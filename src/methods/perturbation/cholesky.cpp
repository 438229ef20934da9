#include "methods/perturbation/cholesky.hpp"

#include <algorithm>
#include <cmath>

namespace pellucid::methods {
namespace {
/// A pivot that is smaller than this share of its diagonal element is rounding.
constexpr double kSmallestPivot = 1e-11;
}  // namespace

Cholesky::Cholesky(std::vector<double> matrix, std::size_t n) : n_(n), factor_(std::move(matrix)) {
  for (std::size_t j = 0; j < n; ++j) {
    const double diagonal = at(j, j);
    for (std::size_t i = j; i < n; ++i) {
      double sum = at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
      if (i == j) {
        definite_ = definite_ && sum > kSmallestPivot * diagonal;
        factor_[j * n + j] = std::sqrt(std::max(sum, 1e-300));
      } else {
        factor_[i * n + j] = sum / at(j, j);
      }
    }
  }
}

std::vector<double> Cholesky::solve(std::vector<double> b) const {
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= at(i, k) * b[k];
    b[i] /= at(i, i);
  }
  for (std::size_t i = n_; i-- > 0;) {
    for (std::size_t k = i + 1; k < n_; ++k) b[i] -= at(k, i) * b[k];
    b[i] /= at(i, i);
  }
  return b;
}

void add_square(std::vector<double>& matrix, const std::vector<double>& x, double weight) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double scaled = weight * x[i];
    if (scaled == 0) continue;
    for (std::size_t j = 0; j < n; ++j) matrix[i * n + j] += scaled * x[j];
  }
}

std::vector<double> sandwich_errors(const Cholesky& a, const std::vector<double>& m, std::size_t n) {
  std::vector<double> errors(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> unit(n, 0.0);
    unit[i] = 1;
    const std::vector<double> row = a.solve(unit);
    double variance = 0;
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < n; ++k) variance += row[j] * m[j * n + k] * row[k];
    errors[i] = std::sqrt(std::max(variance, 0.0));
  }
  return errors;
}

}  // namespace pellucid::methods
