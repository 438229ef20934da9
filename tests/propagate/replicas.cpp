#include "propagate/replicas.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pellucid::tests::replica {
namespace {

double positive(double x) { return std::max(x, 0.0); }
double negative(double x) { return std::min(x, 0.0); }

Matrix each(const Matrix& m, double (*f)(double)) {
  Matrix out = m;
  std::transform(m.data.begin(), m.data.end(), out.data.begin(), f);
  return out;
}

/// x ⊙ (S Wᵀ), added to `to`.
void add_share(Matrix& to, const Matrix& x, const Matrix& s, const Matrix& w) {
  const Matrix back = product(s, transposed(w));
  for (std::size_t i = 0; i < to.data.size(); ++i) to.data[i] += x.data[i] * back.data[i];
}

Matrix quotient(const Matrix& r, const Matrix& z) {
  Matrix s = r;
  for (std::size_t i = 0; i < s.data.size(); ++i) s.data[i] = sd(r.data[i], z.data[i]);
  return s;
}

double sum(const Vector& v) { return std::accumulate(v.begin(), v.end(), 0.0); }

/// W + γ max(W, 0) or W + γ min(W, 0).
double raised(double w, double gamma, bool up) { return w + gamma * (up ? positive(w) : negative(w)); }

}  // namespace

Matrix zeros(std::size_t rows, std::size_t columns) { return {rows, columns, Vector(rows * columns, 0.0)}; }

Matrix transposed(const Matrix& m) {
  Matrix out = zeros(m.columns, m.rows);
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t j = 0; j < m.columns; ++j) out(j, i) = m(i, j);
  return out;
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix out = zeros(a.rows, b.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t k = 0; k < a.columns; ++k)
      for (std::size_t j = 0; j < b.columns; ++j) out(i, j) += a(i, k) * b(k, j);
  return out;
}

double sd(double a, double b, double epsilon) { return b == 0 ? 0 : a / (b + epsilon); }

Matrix chefer_linear(const Matrix& x, const Matrix& w, const Matrix& r) {
  const Matrix xp = each(x, positive), xn = each(x, negative), wp = each(w, positive), wn = each(w, negative);
  Matrix z = product(xp, wp);
  const Matrix other = product(xn, wn);
  for (std::size_t i = 0; i < z.data.size(); ++i) z.data[i] += other.data[i];
  const Matrix s = quotient(r, z);
  Matrix out = zeros(x.rows, x.columns);
  add_share(out, xp, s, wp);
  add_share(out, xn, s, wn);
  return out;
}

Matrix lrp_linear(const Matrix& x, const Matrix& w, const Matrix& r) {
  Matrix out = zeros(x.rows, x.columns);
  for (const auto part : {positive, negative}) {
    const Matrix xs = each(x, part), ws = each(w, part);
    add_share(out, xs, quotient(r, product(xs, ws)), ws);
  }
  return out;
}

std::pair<Matrix, Matrix> product_shares(const Matrix& u, const Matrix& v, const Matrix& r) {
  const Matrix s = quotient(r, product(u, v));
  Matrix to_u = zeros(u.rows, u.columns), to_v = zeros(v.columns, v.rows);
  add_share(to_u, u, s, v);
  add_share(to_v, transposed(v), transposed(s), transposed(u));
  to_v = transposed(to_v);
  for (Matrix* part : {&to_u, &to_v})
    for (double& value : part->data) value /= 2;
  return {to_u, to_v};
}

std::pair<Vector, Vector> sum_shares(const Vector& u, const Vector& v, const Vector& r) {
  Vector a = u, b = v;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double s = sd(r[i], u[i] + v[i]);
    a[i] *= s;
    b[i] *= s;
  }
  return {a, b};
}

std::pair<Vector, Vector> normalised_shares(const Vector& u, const Vector& v, const Vector& r) {
  auto [a, b] = sum_shares(u, v, r);
  const double of_a = sum(a), of_b = sum(b), rho = sum(r), sizes = std::fabs(of_a) + std::fabs(of_b);
  for (double& value : a) value *= sd(sd(std::fabs(of_a), sizes) * rho, of_a);
  for (double& value : b) value *= sd(sd(std::fabs(of_b), sizes) * rho, of_b);
  return {a, b};
}

Vector cloned(const Vector& x, const Vector& r) {
  Vector out = x;
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = x[i] * sd(r[i], x[i]);
  return out;
}

Matrix gamma_linear(const Matrix& x, const Matrix& w, const Vector& b, const Matrix& g, double gamma) {
  Matrix out = zeros(x.rows, x.columns);
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t j = 0; j < w.columns; ++j) {
      double z = b[j];
      for (std::size_t i = 0; i < w.rows; ++i) z += x(n, i) * w(i, j);
      if (z == 0) continue;
      const bool up = z > 0;
      double d = raised(b[j], gamma, up);
      for (std::size_t i = 0; i < w.rows; ++i) d += x(n, i) * raised(w(i, j), gamma, (x(n, i) > 0) == up);
      const double s = g(n, j) * z / (d + (d < 0 ? -1e-6 : 1e-6));
      for (std::size_t i = 0; i < w.rows; ++i)
        if (x(n, i) != 0) out(n, i) += raised(w(i, j), gamma, (x(n, i) > 0) == up) * s;
    }
  }
  return out;
}

}  // namespace pellucid::tests::replica
