#pragma once

#include <cstddef>
#include <vector>

namespace pellucid::methods {

/// A = L·Lᵀ of a symmetric matrix, row by row: [n, n].
class Cholesky {
 public:
  Cholesky(std::vector<double> matrix, std::size_t n);
  /// Whether the matrix is positive definite, rounding aside.
  [[nodiscard]] bool definite() const { return definite_; }
  /// A⁻¹·b.
  [[nodiscard]] std::vector<double> solve(std::vector<double> b) const;

 private:
  [[nodiscard]] double at(std::size_t i, std::size_t j) const { return factor_[i * n_ + j]; }
  std::size_t n_;
  std::vector<double> factor_;
  bool definite_ = true;
};

/// Adds weight·x·xᵀ to a symmetric matrix.
void add_square(std::vector<double>& matrix, const std::vector<double>& x, double weight);

/// The square roots of the diagonal of A⁻¹·M·A⁻¹.
[[nodiscard]] std::vector<double> sandwich_errors(const Cholesky& a, const std::vector<double>& m, std::size_t n);

}  // namespace pellucid::methods
