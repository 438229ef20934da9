#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pellucid {

/// ∫₀¹ f(α) dα ≈ Σ_k weight[k] f(at[k]), nodes ascending.
struct Nodes {
  std::vector<double> at, weight;
};

/// The rules of integrated gradients:
///
///   gausslegendre      (1 + ξ_k)/2, ω_k/2       Legendre nodes ξ_k, weights ω_k, to full double precision
///   riemann_left       k/n, k = 0 … n−1         1/n
///   riemann_right      k/n, k = 1 … n           1/n
///   riemann_middle     (k + ½)/n                1/n
///   riemann_trapezoid  k/(n−1), k = 0 … n−1     1/n, halved at both ends: their sum is (n−1)/n, as in Captum
///   trapezoid          the same nodes           1/(n−1), halved at both ends: the correct rule
///   riemann_inclusive  k/n, k = 0 … n           1/(n+1): n + 1 nodes
///
/// n is 1 … 65536, at least 2 for the trapezoids. Throws Error{kUsage} on another n or rule.
[[nodiscard]] Nodes quadrature(const std::string& rule, std::int64_t n);

}  // namespace pellucid
