#pragma once

#include <vector>

#include "methods/perturbation/perturbation.hpp"

namespace pellucid::methods {

/// Points of a weighted linear regression.
struct FitPoints {
  std::vector<Presence> x;
  std::vector<double> weights, y;
};

struct LinearFit {
  std::vector<double> coefficients, errors;  ///< intercept left out
  double intercept = 0;
  double r_squared = 0;  ///< weighted; 1 where y is constant
};

/// argmin Σ w (y − b − β·x)² + α |β|²; the intercept b isn't penalised. Errors are those of heteroscedastic residuals.
[[nodiscard]] LinearFit ridge_fit(const FitPoints& points, double alpha);
/// argmin Σ w (y − b − β·x)² / 2 Σ w + α Σ|β|, by coordinate descent. No errors.
[[nodiscard]] LinearFit lasso_fit(const FitPoints& points, double alpha);

}  // namespace pellucid::methods
