#pragma once

#include <cstddef>
#include <utility>
#include <vector>

/// The rules of relevance as their formulas are written, in plain loops over small matrices of one sample.
namespace pellucid::tests::replica {

using Vector = std::vector<double>;

struct Matrix {
  std::size_t rows = 0, columns = 0;
  Vector data;
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return data.at(i * columns + j); }
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return data.at(i * columns + j); }
};
[[nodiscard]] Matrix zeros(std::size_t rows, std::size_t columns);
[[nodiscard]] Matrix transposed(const Matrix& m);
[[nodiscard]] Matrix product(const Matrix& a, const Matrix& b);

/// a / (b + ε), 0 where b is 0.
[[nodiscard]] double sd(double a, double b, double epsilon = 1e-9);

/// Z = x⁺W⁺ + x⁻W⁻, S = sd(R, Z), R_in = x⁺ (S W⁺ᵀ) + x⁻ (S W⁻ᵀ).  x: [n, in], W: [in, out], R: [n, out].
[[nodiscard]] Matrix chefer_linear(const Matrix& x, const Matrix& w, const Matrix& r);
/// The same with a denominator for each sign: R_in = x⁺ (sd(R, x⁺W⁺) W⁺ᵀ) + x⁻ (sd(R, x⁻W⁻) W⁻ᵀ).
[[nodiscard]] Matrix lrp_linear(const Matrix& x, const Matrix& w, const Matrix& r);
/// S = sd(R, U V), R_U = ½ U (S Vᵀ), R_V = ½ V (Uᵀ S).
[[nodiscard]] std::pair<Matrix, Matrix> product_shares(const Matrix& u, const Matrix& v, const Matrix& r);
/// a = u S, b = v S, S = sd(R, u + v).
[[nodiscard]] std::pair<Vector, Vector> sum_shares(const Vector& u, const Vector& v, const Vector& r);
/// The same, each then times sd(sd(|A|, |A| + |B|) ρ, A), A and B the sums of both, ρ that of R.
[[nodiscard]] std::pair<Vector, Vector> normalised_shares(const Vector& u, const Vector& v, const Vector& r);
/// x sd(R, x), R the sum of what arrived.
[[nodiscard]] Vector cloned(const Vector& x, const Vector& r);

/// The generalised gamma rule of z = x W + b in gradient form, with g at z and ε = 1e-6 of the denominator's sign:
///   z > 0: d = x⁺ W⁺γ + b⁺γ + x⁻ W⁻γ, else d = x⁺ W⁻γ + b⁻γ + x⁻ W⁺γ; R = g z / (d + ε) to both; z = 0: nothing.
[[nodiscard]] Matrix gamma_linear(const Matrix& x, const Matrix& w, const Vector& b, const Matrix& g, double gamma);

}  // namespace pellucid::tests::replica
