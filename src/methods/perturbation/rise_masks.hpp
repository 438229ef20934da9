#pragma once

#include "methods/perturbation/perturbation.hpp"

namespace pellucid::methods {

/// Mask i of RISE: a grid of ones (each with probability p) and zeros, enlarged bilinearly to more than the picture and
/// cut to it at a random place. `extent`: [height, width]; `grid`: [rows, columns].
[[nodiscard]] Presence rise_mask(const Shape& extent, const Shape& grid, double p, std::uint64_t seed, std::uint64_t i);

/// (1/(N p)) Σ_i (f_i − c) M_i with its standard errors; c is the mean of f where `center` is set, else 0.
[[nodiscard]] Estimate rise_estimate(const Perturbation& masks, const std::vector<double>& f, std::size_t features,
                                     double p, bool center);

}  // namespace pellucid::methods
