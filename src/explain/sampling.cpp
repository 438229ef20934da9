#include "explain/sampling.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "base/safetensors.hpp"
#include "explain/gradient_calls.hpp"
#include "explain/reduction.hpp"

namespace pellucid::explain {
namespace {

using methods::Factor;
using methods::SamplingPass;
using methods::SamplingPlan;
using methods::Statistic;

/// Standard normal draws z_i of the shape of one sample: from the plan's file, or the counter-based stream (seed, i).
class Noise {
 public:
  Noise(const SamplingPlan& plan, std::uint64_t seed, std::size_t elements) : seed_(seed), elements_(elements) {
    if (plan.noise_file.empty()) return;
    const TensorMap tensors = read_safetensors(plan.noise_file);
    PELLUCID_CHECK(tensors.count("z") != 0, kBadInput, "{}: no tensor 'z' of noise draws in it", plan.noise_file);
    file_ = tensors.at("z").to_doubles();
    const Shape& shape = tensors.at("z").shape();
    PELLUCID_CHECK(shape.size() >= 2, kBadInput, "{}: 'z' must be [draws, 1 or batch, …]", plan.noise_file);
    draws_ = shape[0];
    per_sample_ = static_cast<std::size_t>(shape[1]);
    PELLUCID_CHECK(file_.size() == static_cast<std::size_t>(draws_) * per_sample_ * elements, kBadInput,
                   "{}: 'z' has the shape {}, which doesn't fit {} elements a sample", plan.noise_file,
                   to_string(shape), elements);
  }

  void fill(std::int64_t draw, std::int64_t sample, std::vector<double>& z) const {
    if (file_.empty()) {
      const CounterRandom random(seed_, static_cast<std::uint64_t>(draw));
      for (std::size_t e = 0; e < elements_; ++e) z[e] = random.normal(e);
      return;
    }
    PELLUCID_CHECK(draw < draws_, kBadInput, "the noise file holds {} draws, more are needed", draws_);
    PELLUCID_CHECK(per_sample_ == 1 || static_cast<std::size_t>(sample) < per_sample_, kBadInput,
                   "the noise file holds draws for {} samples, more are explained", per_sample_);
    const std::size_t which = per_sample_ == 1 ? 0 : static_cast<std::size_t>(sample);
    const double* from = file_.data() + (static_cast<std::size_t>(draw) * per_sample_ + which) * elements_;
    std::copy(from, from + elements_, z.begin());
  }

 private:
  std::uint64_t seed_;
  std::size_t elements_;
  std::vector<double> file_;
  std::int64_t draws_ = 0;
  std::size_t per_sample_ = 1;
};

/// Accumulates one (target, sample): sums within a group, then moments over the groups.
struct Accumulator {
  std::vector<double> group, first, second;
  explicit Accumulator(std::size_t count) : group(count), first(count), second(count) {}
  void add(const std::vector<double>& reduced, double weight) {
    for (std::size_t i = 0; i < group.size(); ++i) group[i] += weight * reduced[i];
  }
  void close_group() {
    for (std::size_t i = 0; i < group.size(); ++i) {
      first[i] += group[i];
      second[i] += group[i] * group[i];
      group[i] = 0;
    }
  }
};

class Run {
 public:
  Run(const run::Session& session, const ProgramGraph& program, const std::string& at, bool batch_free,
      const SamplingPlan& plan, const SamplingInput& input)
      : calls_(session, program, at, input),
        batch_free_(batch_free),
        plan_(plan),
        input_(input),
        x_(input.x.to_doubles()),
        batch_(input.x.shape().at(0)),
        elements_(static_cast<std::size_t>(input.x.size() / batch_)),
        reduction_(plan, input.x.shape()),
        noise_(plan, input.seed, elements_),
        z_(elements_) {
    baseline_ = full_baseline(input);
    set_sigma();
    targets_ = program.seeds.front().dims.at(0).size;
    accumulators_.assign(static_cast<std::size_t>(targets_ * batch_), Accumulator(reduction_.count()));
  }

  SamplingResult run() {
    const auto passes = static_cast<std::int64_t>(plan_.passes.size());
    const std::int64_t per_call = batch_free_ ? std::max<std::int64_t>(1, input_.rows) : batch_;
    const std::int64_t samples_at_once = std::min(batch_, per_call);
    const std::int64_t passes_at_once = batch_free_ ? std::max<std::int64_t>(1, per_call / samples_at_once) : 1;
    std::int64_t done = 0;
    for (std::int64_t s = 0; s < batch_; s += samples_at_once) {
      const std::int64_t samples = std::min(samples_at_once, batch_ - s);
      for (std::int64_t p = 0; p < passes; p += passes_at_once) {
        const std::int64_t count = std::min(passes_at_once, passes - p);
        run_chunk(s, samples, p, count);
        done += samples * count;
        if (input_.progress) input_.progress(done, batch_ * passes);
      }
    }
    return finish();
  }

 private:
  /// noise_level times the range of each sample, or the absolute stdevs.
  void set_sigma() {
    for (std::int64_t b = 0; b < batch_; ++b) {
      const auto begin = x_.begin() + static_cast<std::ptrdiff_t>(b) * static_cast<std::ptrdiff_t>(elements_);
      const auto [low, high] = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(elements_));
      sigma_.push_back(plan_.stdevs ? *plan_.stdevs : plan_.noise_level * (*high - *low));
    }
  }

  /// The point of one pass for one sample.
  void point(const SamplingPass& pass, std::int64_t sample, double* out) {
    const auto b = static_cast<std::size_t>(sample);
    const double* x = x_.data() + b * elements_;
    const double* base = baseline_.data() + b * elements_;
    if (pass.noise >= 0)
      noise_.fill(pass.noise, sample, z_);
    else
      std::fill(z_.begin(), z_.end(), 0.0);
    for (std::size_t e = 0; e < elements_; ++e) {
      const double shaken = sigma_[b] * z_[e];
      out[e] = pass.noise_inside ? base[e] + pass.alpha * (x[e] + shaken - base[e])
                                 : base[e] + pass.alpha * (x[e] - base[e]) + shaken;
    }
  }

  /// What multiplies the gradient, given the pass's point.
  double factor(const SamplingPass& pass, std::size_t b, std::size_t e, double at) const {
    const double x = x_[b * elements_ + e], base = baseline_[b * elements_ + e];
    switch (plan_.factor) {
      case Factor::kOne: return 1;
      case Factor::kPoint: return at;
      case Factor::kInputMinusBaseline:
        // With the noise inside, the input itself is the shaken one: (point − baseline)/α.
        return pass.noise_inside && pass.noise >= 0 && pass.alpha != 0 ? (at - base) / pass.alpha : x - base;
    }
    return 1;
  }

  void run_chunk(std::int64_t first_sample, std::int64_t samples, std::int64_t first_pass, std::int64_t passes) {
    std::vector<double> points(static_cast<std::size_t>(samples * passes) * elements_);
    std::vector<std::int64_t> rows;
    for (std::int64_t p = 0; p < passes; ++p) {
      for (std::int64_t s = 0; s < samples; ++s) {
        point(plan_.passes[static_cast<std::size_t>(first_pass + p)], first_sample + s,
              points.data() + rows.size() * elements_);
        rows.push_back(first_sample + s);
      }
    }
    const TensorMap results = calls_.run(points, rows, {kGradient});
    const Tensor gradient = results.at(kGradient).cast(ElementType::kFloat64);
    std::vector<double> product(elements_), reduced(reduction_.count());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const SamplingPass& pass =
          plan_.passes[static_cast<std::size_t>(first_pass) + row / static_cast<std::size_t>(samples)];
      for (std::int64_t k = 0; k < targets_; ++k) {
        const double* g =
            gradient.values<double>().data() + (static_cast<std::size_t>(k) * rows.size() + row) * elements_;
        const double* at = points.data() + row * elements_;
        for (std::size_t e = 0; e < elements_; ++e) {
          product[e] = factor(pass, static_cast<std::size_t>(rows[row]), e, at[e]) * g[e];
          if (plan_.absolute) product[e] = std::abs(product[e]);
        }
        reduction_(product, reduced);
        Accumulator& sum = accumulators_[static_cast<std::size_t>(k * batch_ + rows[row])];
        sum.add(reduced, pass.weight);
        if (closes_group(first_pass + static_cast<std::int64_t>(row) / samples)) sum.close_group();
      }
    }
  }

  [[nodiscard]] bool closes_group(std::int64_t pass) const {
    const auto at = static_cast<std::size_t>(pass);
    return at + 1 == plan_.passes.size() || plan_.passes[at + 1].group != plan_.passes[at].group;
  }

  [[nodiscard]] double statistic(const Accumulator& sum, std::size_t i) const {
    const auto n = static_cast<double>(plan_.groups);
    if (plan_.statistic == Statistic::kMean) return sum.first[i] / n;
    const double squares = sum.second[i] / n;
    return plan_.statistic == Statistic::kMeanOfSquares ? squares : squares - (sum.first[i] / n) * (sum.first[i] / n);
  }

  SamplingResult finish() {
    SamplingResult result;
    result.passes = static_cast<std::int64_t>(plan_.passes.size());
    Shape shape{targets_, batch_};
    shape.insert(shape.end(), reduction_.shape.begin(), reduction_.shape.end());
    std::vector<double> scores;
    for (const Accumulator& sum : accumulators_)
      for (std::size_t i = 0; i < reduction_.count(); ++i) scores.push_back(statistic(sum, i));
    result.scores = Tensor(shape, scores).cast(ElementType::kFloat32);
    if (plan_.groups > 1) add_standard_error(scores, result);
    if (plan_.complete) add_completeness(scores, result);
    return result;
  }

  void add_standard_error(const std::vector<double>& scores, SamplingResult& result) const {
    const auto n = static_cast<double>(plan_.groups);
    for (std::int64_t k = 0; k < targets_; ++k) {
      result.standard_error.emplace_back();
      for (std::int64_t b = 0; b < batch_; ++b) {
        const auto at = static_cast<std::size_t>(k * batch_ + b);
        const Accumulator& sum = accumulators_[at];
        double largest = 0, error = 0;
        for (std::size_t i = 0; i < reduction_.count(); ++i) {
          const double mean = sum.first[i] / n, variance = std::max(0.0, sum.second[i] / n - mean * mean) * n / (n - 1);
          error = std::max(error, std::sqrt(variance / n));
          largest = std::max(largest, std::abs(scores[at * reduction_.count() + i]));
        }
        result.standard_error.back().push_back(largest > 0 ? error / largest : 0);
      }
    }
  }

  /// y at a tensor of the shape of x: [K, batch].
  [[nodiscard]] std::vector<double> values_at(const std::vector<double>& points) const {
    const std::int64_t at_once = batch_free_ ? std::max<std::int64_t>(1, input_.rows) : batch_;
    std::vector<double> values(static_cast<std::size_t>(targets_ * batch_));
    for (std::int64_t first = 0; first < batch_; first += at_once) {
      const std::int64_t count = std::min(at_once, batch_ - first);
      std::vector<std::int64_t> samples;
      for (std::int64_t s = 0; s < count; ++s) samples.push_back(first + s);
      const auto begin = points.begin() + static_cast<std::ptrdiff_t>(first) * static_cast<std::ptrdiff_t>(elements_);
      const std::vector<double> part(
          begin, begin + static_cast<std::ptrdiff_t>(count) * static_cast<std::ptrdiff_t>(elements_));
      const std::vector<double> y = calls_.run(part, samples, {kTargetValues}).at(kTargetValues).to_doubles();
      for (std::int64_t k = 0; k < targets_; ++k)
        for (std::int64_t s = 0; s < count; ++s)
          values[static_cast<std::size_t>(k * batch_ + first + s)] = y[static_cast<std::size_t>(k * count + s)];
    }
    return values;
  }

  void add_completeness(const std::vector<double>& scores, SamplingResult& result) const {
    const std::vector<double> end = values_at(x_), start = values_at(baseline_);
    for (std::int64_t k = 0; k < targets_; ++k) {
      result.completeness.emplace_back();
      result.completeness_relative.emplace_back();
      for (std::int64_t b = 0; b < batch_; ++b) {
        const auto at = static_cast<std::size_t>(k * batch_ + b);
        double sum = 0;
        for (std::size_t i = 0; i < reduction_.count(); ++i) sum += scores[at * reduction_.count() + i];
        const double due = end[at] - start[at], gap = sum - due;
        result.completeness.back().push_back(gap);
        result.completeness_relative.back().push_back(due != 0 ? std::abs(gap / due) : INFINITY);
      }
    }
  }

  const GradientCalls calls_;
  const bool batch_free_;
  const SamplingPlan& plan_;
  const SamplingInput& input_;
  std::vector<double> x_, baseline_, sigma_;
  std::int64_t batch_, targets_ = 0;
  std::size_t elements_;
  Reduction reduction_;
  Noise noise_;
  std::vector<double> z_;
  std::vector<Accumulator> accumulators_;
};

}  // namespace

Shape reduced_shape(const methods::SamplingPlan& plan, const Shape& x) { return Reduction(plan, x).shape; }

SamplingResult run_sampling(const run::Session& session, const ProgramGraph& program, const std::string& at,
                            bool batch_free, const methods::SamplingPlan& plan, const SamplingInput& input) {
  return Run(session, program, at, batch_free, plan, input).run();
}

}  // namespace pellucid::explain
