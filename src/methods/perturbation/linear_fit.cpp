#include "methods/perturbation/linear_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "methods/perturbation/cholesky.hpp"

namespace pellucid::methods {
namespace {

double predicted(const LinearFit& fit, const Presence& x) {
  double sum = fit.intercept;
  for (std::size_t j = 0; j < x.size(); ++j) sum += fit.coefficients[j] * double(x[j]);
  return sum;
}

double weighted_r_squared(const FitPoints& points, const LinearFit& fit) {
  double weight = 0, mean = 0, left = 0, all = 0;
  for (std::size_t i = 0; i < points.y.size(); ++i) {
    weight += points.weights[i];
    mean += points.weights[i] * points.y[i];
  }
  mean /= weight;
  for (std::size_t i = 0; i < points.y.size(); ++i) {
    const double residual = points.y[i] - predicted(fit, points.x[i]);
    left += points.weights[i] * residual * residual;
    all += points.weights[i] * (points.y[i] - mean) * (points.y[i] - mean);
  }
  return all > 0 ? 1 - left / all : 1;
}

/// x with a 1 behind it, for the intercept.
std::vector<double> with_one(const Presence& x) {
  std::vector<double> row(x.begin(), x.end());
  row.push_back(1);
  return row;
}

std::vector<double> robust_errors(const FitPoints& points, const LinearFit& fit, const Cholesky& normal) {
  const std::size_t n = fit.coefficients.size() + 1;
  std::vector<double> meat(n * n, 0.0);
  for (std::size_t i = 0; i < points.y.size(); ++i) {
    const double pull = points.weights[i] * (points.y[i] - predicted(fit, points.x[i]));
    add_square(meat, with_one(points.x[i]), pull * pull);
  }
  std::vector<double> errors = sandwich_errors(normal, meat, n);
  errors.pop_back();
  const auto count = static_cast<double>(points.y.size());
  const double freedom = std::max(1.0, count - static_cast<double>(n));
  for (double& error : errors) error *= std::sqrt(count / freedom);
  return errors;
}

/// Columns of weighted points around their means, and the means.
struct Centred {
  std::vector<std::vector<double>> columns;
  std::vector<double> means, y, weights;
  double mean_y = 0;

  explicit Centred(const FitPoints& points) : weights(points.weights) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= sum;
    for (std::size_t j = 0; j < points.x.front().size(); ++j) {
      std::vector<double> column;
      for (const Presence& x : points.x) column.push_back(double(x[j]));
      means.push_back(centre(column));
      columns.push_back(std::move(column));
    }
    y = points.y;
    mean_y = centre(y);
  }

 private:
  double centre(std::vector<double>& values) const {
    const double mean = std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
    for (double& value : values) value -= mean;
    return mean;
  }
};

/// One round over the coefficients; the largest change.
double descend(const Centred& data, double alpha, std::vector<double>& beta, std::vector<double>& residual) {
  double largest = 0;
  for (std::size_t j = 0; j < beta.size(); ++j) {
    const std::vector<double>& x = data.columns[j];
    double pull = 0, square = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      pull += data.weights[i] * x[i] * (residual[i] + x[i] * beta[j]);
      square += data.weights[i] * x[i] * x[i];
    }
    const double shrunk = std::max(std::abs(pull) - alpha, 0.0);
    const double next = square > 0 ? std::copysign(shrunk, pull) / square : 0;
    for (std::size_t i = 0; i < x.size(); ++i) residual[i] += x[i] * (beta[j] - next);
    largest = std::max(largest, std::abs(next - beta[j]));
    beta[j] = next;
  }
  return largest;
}

}  // namespace

LinearFit ridge_fit(const FitPoints& points, double alpha) {
  const std::size_t n = points.x.front().size() + 1;
  std::vector<double> matrix(n * n, 0.0), right(n, 0.0);
  for (std::size_t i = 0; i < points.y.size(); ++i) {
    const std::vector<double> row = with_one(points.x[i]);
    add_square(matrix, row, points.weights[i]);
    for (std::size_t j = 0; j < n; ++j) right[j] += points.weights[i] * row[j] * points.y[i];
  }
  for (std::size_t j = 0; j + 1 < n; ++j) matrix[j * n + j] += alpha;
  const Cholesky normal(matrix, n);
  PELLUCID_CHECK(normal.definite(), kUsage,
                 "method 'lime': {} samples don't tell {} features apart; give --option ridge_alpha=A above 0, or "
                 "--option n_samples=N above {}",
                 points.y.size(), n - 1, n);
  LinearFit fit;
  fit.coefficients = normal.solve(right);
  fit.intercept = fit.coefficients.back();
  fit.coefficients.pop_back();
  fit.errors = robust_errors(points, fit, normal);
  fit.r_squared = weighted_r_squared(points, fit);
  return fit;
}

LinearFit lasso_fit(const FitPoints& points, double alpha) {
  constexpr int kMostRounds = 10000;
  constexpr double kSettled = 1e-12;
  const Centred data(points);
  LinearFit fit;
  fit.coefficients.assign(data.columns.size(), 0.0);
  std::vector<double> residual = data.y;
  for (int round = 0; round < kMostRounds; ++round)
    if (descend(data, alpha, fit.coefficients, residual) < kSettled) break;
  fit.intercept = data.mean_y;
  for (std::size_t j = 0; j < data.means.size(); ++j) fit.intercept -= fit.coefficients[j] * data.means[j];
  fit.r_squared = weighted_r_squared(points, fit);
  return fit;
}

}  // namespace pellucid::methods
