#include "explain/adaptive_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

#include "explain/gradient_calls.hpp"
#include "explain/reduction.hpp"

namespace pellucid::explain {
namespace {

/// One sample and target on its path. Its reduced products are kept in single precision until their weights are known.
struct Job {
  std::int64_t target, sample;
  AdaptiveQuadrature steps;
  std::map<double, std::vector<float>> products;
  double begin_value = 0, end_value = 0;

  Job(std::int64_t k, std::int64_t b, double tolerance, double rounding)
      : target(k), sample(b), steps(tolerance, kMostAdaptivePasses, rounding) {}
};

/// A point that is to be evaluated.
struct Wanted {
  Job* job;
  double at;
};

/// How far scores may be off by the rounding of a forward pass, relative to the largest: some units of its last place.
double rounding_of(const graph::Graph& program) {
  const bool is_double = program.value(program.find(kTargetValues)).type == ElementType::kFloat64;
  constexpr double kUnits = 16;
  return kUnits * (is_double ? 0x1p-53 : 0x1p-24);
}

class AdaptiveRun {
 public:
  AdaptiveRun(const run::Session& session, const ProgramGraph& program, const std::string& at, bool batch_free,
              const methods::SamplingPlan& plan, const SamplingInput& input)
      : calls_(session, program, at, input),
        batch_free_(batch_free),
        plan_(plan),
        input_(input),
        x_(input.x.to_doubles()),
        baseline_(full_baseline(input)),
        batch_(input.x.shape().at(0)),
        targets_(input.seeds.begin()->second.shape().at(0)),
        elements_(x_.size() / static_cast<std::size_t>(batch_)),
        reduction_(plan, input.x.shape()),
        rounding_(rounding_of(program.graph)),
        reduced_(reduction_.count()) {
    result_.sampling.completeness.resize(static_cast<std::size_t>(targets_));
    result_.sampling.completeness_relative.resize(static_cast<std::size_t>(targets_));
  }

  AdaptiveResult run(std::int64_t jobs_at_once) {
    // A fixed batch evaluates all its samples in one call.
    if (!batch_free_) jobs_at_once = (std::max(jobs_at_once, batch_) / batch_) * batch_;
    for (std::int64_t first = 0; first < targets_ * batch_; first += jobs_at_once) {
      std::deque<Job> jobs;
      for (std::int64_t j = first; j < std::min(first + jobs_at_once, targets_ * batch_); ++j)
        jobs.emplace_back(j / batch_, j % batch_, plan_.tolerance,
                          rounding_ * input_.sizes.at(static_cast<std::size_t>(j % batch_)));
      follow(jobs);
      for (Job& job : jobs) finish(job);
    }
    Shape shape{targets_, batch_};
    shape.insert(shape.end(), reduction_.shape.begin(), reduction_.shape.end());
    result_.sampling.scores = Tensor(shape, scores_).cast(ElementType::kFloat32);
    return std::move(result_);
  }

 private:
  /// Round by round, until no job wants another point.
  void follow(std::deque<Job>& jobs) {
    while (true) {
      std::vector<Wanted> wanted;
      for (Job& job : jobs)
        for (const double at : job.steps.wanted()) wanted.push_back({&job, at});
      if (wanted.empty()) return;
      evaluate(wanted);
      for (Job& job : jobs)
        if (!job.steps.wanted().empty()) job.steps.refine();
    }
  }

  void evaluate(const std::vector<Wanted>& wanted) {
    const auto rows = static_cast<std::size_t>(std::max<std::int64_t>(1, input_.rows));
    std::vector<Wanted> left = wanted;  // ordered by target
    while (!left.empty()) {
      std::vector<Wanted> now, later;
      for (const Wanted& one : left) {
        const bool fits = one.job->target == left.front().job->target &&
                          (batch_free_ ? now.size() < rows : !holds(now, one.job->sample));
        (fits ? now : later).push_back(one);
      }
      batch_free_ ? call(now, now) : call(now, every_sample(now));
      left = std::move(later);
      done_ += std::ssize(now);
      if (input_.progress) input_.progress(done_, done_ + std::ssize(left));
    }
  }

  static bool holds(const std::vector<Wanted>& points, std::int64_t sample) {
    return std::any_of(points.begin(), points.end(), [&](const Wanted& one) { return one.job->sample == sample; });
  }

  /// A fixed batch is fed whole: samples that want nothing stand at their input. [batch]
  [[nodiscard]] std::vector<Wanted> every_sample(const std::vector<Wanted>& points) const {
    std::vector<Wanted> all(static_cast<std::size_t>(batch_), Wanted{nullptr, 1.0});
    for (const Wanted& one : points) all[static_cast<std::size_t>(one.job->sample)] = one;
    return all;
  }

  void call(const std::vector<Wanted>& points, const std::vector<Wanted>& rows) {
    std::vector<double> values(rows.size() * elements_);
    std::vector<std::int64_t> samples;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::int64_t sample = rows[row].job != nullptr ? rows[row].job->sample : static_cast<std::int64_t>(row);
      samples.push_back(sample);
      const std::size_t from = static_cast<std::size_t>(sample) * elements_;
      for (std::size_t e = 0; e < elements_; ++e)
        values[row * elements_ + e] = baseline_[from + e] + rows[row].at * (x_[from + e] - baseline_[from + e]);
    }
    const TensorMap results = calls_.run(points.front().job->target, values, samples, {kGradient, kTargetValues});
    const Tensor gradient = results.at(kGradient).cast(ElementType::kFloat64);
    const std::vector<double> y = results.at(kTargetValues).to_doubles();
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (rows[row].job != nullptr) take(rows[row], gradient.values<double>().data() + row * elements_, y[row]);
  }

  /// φ = Σ_e (x − x')[e] ∂y/∂x[e] is the slope of y along the path.
  void take(const Wanted& point, const double* gradient, double y) {
    const std::size_t from = static_cast<std::size_t>(point.job->sample) * elements_;
    std::vector<double> product(elements_);
    double slope = 0;
    for (std::size_t e = 0; e < elements_; ++e) {
      product[e] = (x_[from + e] - baseline_[from + e]) * gradient[e];
      slope += product[e];
    }
    reduction_(product, reduced_);
    point.job->products[point.at].assign(reduced_.begin(), reduced_.end());
    point.job->steps.tell(point.at, y, slope);
    if (point.at == 0) point.job->begin_value = y;
    if (point.at == 1) point.job->end_value = y;
  }

  /// The scores: what the nodes hold, with their weights. Taken once, in the order of the nodes.
  void finish(Job& job) {
    const Nodes nodes = job.steps.nodes();
    const std::vector<double> coarse = job.steps.coarse_weights();
    std::vector<double> score(reduction_.count()), disagreement(reduction_.count());
    for (std::size_t n = 0; n < nodes.at.size(); ++n) {
      const std::vector<float>& product = job.products.at(nodes.at[n]);
      for (std::size_t i = 0; i < score.size(); ++i) {
        score[i] += nodes.weight[n] * product[i];
        disagreement[i] += (nodes.weight[n] - coarse[n]) * product[i];
      }
    }
    double sum = 0, largest = 0, error = 0;
    for (std::size_t i = 0; i < score.size(); ++i) {
      sum += score[i];
      largest = std::max(largest, std::abs(score[i]));
      error = std::max(error, std::abs(disagreement[i]));
    }
    scores_.insert(scores_.end(), score.begin(), score.end());
    add_gap(job, sum);
    add_steps(job, largest > 0 ? error / largest : 0);
    job.products.clear();
  }

  void add_gap(const Job& job, double sum) {
    const auto k = static_cast<std::size_t>(job.target);
    const double due = job.end_value - job.begin_value, gap = sum - due;
    result_.sampling.completeness[k].push_back(gap);
    result_.sampling.completeness_relative[k].push_back(due != 0 ? std::abs(gap / due) : gap == 0 ? 0 : INFINITY);
    result_.sampling.passes = std::max(result_.sampling.passes, job.steps.evaluations());
    result_.values.push_back(job.end_value);
  }

  void add_steps(const Job& job, double score_error) {
    const double error = job.steps.error(), due = std::abs(job.steps.integral());
    ChosenSteps steps;
    steps.passes = job.steps.evaluations();
    steps.converged = job.steps.converged();
    steps.due = job.steps.integral();
    steps.error = due > 0 ? error / due : error == 0 ? 0 : INFINITY;
    steps.score_error = score_error;
    for (const AdaptiveQuadrature::Interval& interval : job.steps.intervals())
      if (interval.end <= kStart && error > 0) steps.at_start += interval.error / error;
    if (due > 0) steps.risen_at_start = std::abs(job.steps.risen_below(kStart)) / due;
    steps.intervals = job.steps.intervals();
    result_.steps.push_back(std::move(steps));
  }

  const GradientCalls calls_;
  const bool batch_free_;
  const methods::SamplingPlan& plan_;
  const SamplingInput& input_;
  const std::vector<double> x_, baseline_;
  const std::int64_t batch_, targets_;
  const std::size_t elements_;
  const Reduction reduction_;
  const double rounding_;
  std::vector<double> reduced_, scores_;
  std::int64_t done_ = 0;
  AdaptiveResult result_;
};

}  // namespace

AdaptiveResult run_adaptive(const run::Session& session, const ProgramGraph& program, const std::string& at,
                            bool batch_free, const methods::SamplingPlan& plan, const SamplingInput& input,
                            std::int64_t jobs) {
  return AdaptiveRun(session, program, at, batch_free, plan, input).run(jobs);
}

std::uint64_t adaptive_bytes(const methods::SamplingPlan& plan, const Shape& x) {
  return static_cast<std::uint64_t>(kMostAdaptivePasses) * Reduction(plan, x).count() * sizeof(float);
}

}  // namespace pellucid::explain
