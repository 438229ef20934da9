#include <algorithm>
#include <cmath>

#include <pellucid/error.hpp>

#include "base/check.hpp"
#include "base/sha256.hpp"
#include "explain/perturb/answer_store.hpp"
#include "explain/perturb/features.hpp"
#include "explain/perturb/forward.hpp"
#include "methods/perturbation/perturbation_options.hpp"

namespace pellucid::explain {
namespace {

using methods::Estimate;
using methods::Perturbation;
using methods::Presence;

double largest_of(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

/// The largest standard error over the largest score.
double relative_error(const Estimate& estimate) {
  const double error = largest_of(estimate.errors);
  return error == 0 ? 0 : error / std::max(largest_of(estimate.scores), 1e-300);
}

/// Everything that the scores of changed inputs depend on.
std::string identity_of(const Explainer& explainer) {
  const Resolved& resolved = explainer.resolved();
  std::string text = explainer.state().file.sha256() + "|" + resolved.method->name + "|" +
                     precision_name(resolved.precision) + "|" + std::to_string(explainer.state().options.seed);
  for (const auto& [name, tensor] : explainer.request().inputs)
    text += "|" + name + sha256_hex({tensor.data(), tensor.bytes()});
  for (const std::string& option : explainer.request().options)
    if (option.rfind("resume=", 0) != 0 && option.rfind("tolerance=", 0) != 0 &&
        option.rfind("perturbations_per_eval=", 0) != 0)
      text += "|" + option;
  for (const Target& target : resolved.targets) text += "|" + target.spec;
  return text + "|" + std::to_string(resolved.target_count);
}

std::filesystem::path kept_in(const methods::ResolvedOptions& options) {
  const std::string file = options.word("resume");
  return file == methods::kNoFile ? "" : file;
}

/// Asks the model about the changed inputs of every sample and makes scores of the answers.
class PerturbationRun {
 public:
  PerturbationRun(const Explainer& explainer, const Features& features, const Forward& forward)
      : explainer_(explainer),
        features_(features),
        forward_(forward),
        options_(explainer.resolved().options),
        store_(kept_in(options_), identity_of(explainer)) {
    std::uint64_t fed = 0, largest = 0;
    for (const auto& [name, tensor] : explainer.request().inputs) {
      fed += tensor.bytes();
      largest = std::max<std::uint64_t>(largest, tensor.bytes() / static_cast<std::uint64_t>(explainer.batch()));
    }
    constexpr std::uint64_t kCopies = 4;  // presences, and the changed input in double and in single precision
    rows_ = forward.rows(2 * fed, kCopies * largest);
  }

  /// [batch][K]
  std::vector<std::vector<Estimate>> run() {
    std::vector<std::vector<Estimate>> estimates;
    try {
      for (std::int64_t b = 0; b < explainer_.batch(); ++b) estimates.push_back(run_sample(b));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInterrupted) throw;
      say_how_far();
    }
    store_.save();
    return estimates;
  }

  [[nodiscard]] const std::vector<double>& wholes() const { return wholes_; }  ///< [batch·K]
  [[nodiscard]] std::int64_t passes() const { return passes_; }
  [[nodiscard]] bool limited() const { return limited_; }

 private:
  [[nodiscard]] std::unique_ptr<Perturbation> plan_of(std::int64_t b, std::int64_t samples) const {
    return explainer_.resolved().method->perturb({.options = options_,
                                                  .space = features_.space(b),
                                                  .seed = explainer_.state().options.seed,
                                                  .samples = samples,
                                                  .similarity = features_.similarity(b)});
  }

  std::vector<Estimate> run_sample(std::int64_t b) {
    const double tolerance = options_.has("tolerance") ? options_.number("tolerance") : 0;
    std::unique_ptr<Perturbation> plan = plan_of(b, 0);
    std::int64_t number = 0;
    while (true) {
      AnswerTable& table = store_.table(b, number);
      answer(b, *plan, table);
      std::vector<Estimate> estimates = estimates_of(*plan, table);
      double worst = 0;
      for (const Estimate& estimate : estimates) worst = std::max(worst, relative_error(estimate));
      const std::int64_t samples = plan->twice();
      const bool goes_on = tolerance > 0 && worst > tolerance;
      if (!goes_on || samples == 0) {
        limited_ = limited_ || goes_on;
        for (const std::vector<double>& row : table) wholes_.push_back(row.front());
        return estimates;
      }
      if (!plan->nested()) number = samples;
      plan = plan_of(b, samples);
    }
  }

  static std::vector<Estimate> estimates_of(const Perturbation& plan, const AnswerTable& table) {
    std::vector<Estimate> estimates;
    for (const std::vector<double>& row : table) {
      const std::vector<double> changed(row.begin() + 1, row.begin() + 1 + plan.count());
      estimates.push_back(plan.estimate({row.front(), changed}));
    }
    return estimates;
  }

  /// Asks for what the table lacks: entry 0 is the whole input's, entry i + 1 that of changed input i.
  void answer(std::int64_t b, const Perturbation& plan, AnswerTable& table) {
    const std::int64_t due = plan.count() + 1;
    table.resize(static_cast<std::size_t>(explainer_.resolved().target_count));
    done_ = std::ssize(table.front());
    due_ = due;
    while (done_ < due) {
      const std::int64_t count = std::min(rows_, due - done_);
      std::vector<Presence> rows;
      for (std::int64_t i = done_; i < done_ + count; ++i) rows.push_back(presence(b, plan, i));
      if (!explainer_.prepared().batch_free) rows.resize(static_cast<std::size_t>(rows_), rows.back());
      const auto scores = forward_.scores(b, features_.changed(b, rows), std::ssize(rows));
      for (std::size_t k = 0; k < table.size(); ++k)
        table[k].insert(table[k].end(), scores[k].begin(), scores[k].begin() + count);
      done_ += count;
      asked_ += count;
      explainer_.state().report(explainer_.resolved().method->name, b * due + done_, explainer_.batch() * due);
    }
    passes_ = std::max(passes_, due);
  }

  [[nodiscard]] Presence presence(std::int64_t b, const Perturbation& plan, std::int64_t entry) const {
    if (entry == 0) return Presence(static_cast<std::size_t>(features_.space(b).count), 1.0F);
    return plan.presence(entry - 1);
  }

  [[noreturn]] void say_how_far() const {
    store_.save();
    fail(ErrorCode::kInterrupted, "interrupted after {} of {} changed inputs{}", done_, due_,
         store_.keeps() ? "; the same command goes on from '" + store_.file().string() + "'"
                        : "; --resume FILE keeps what is done");
  }

  const Explainer& explainer_;
  const Features& features_;
  const Forward& forward_;
  const methods::ResolvedOptions& options_;
  AnswerStore store_;
  std::int64_t rows_ = 1, done_ = 0, due_ = 0, asked_ = 0, passes_ = 0;
  std::vector<double> wholes_;
  bool limited_ = false;
};

using PerSample = std::vector<std::vector<Estimate>>;  ///< [batch][K]

/// A gap of numbers that every estimate has: what it is, and over what it should be small.
template <class Absolute, class Scale>
void add_gap(Certificate& certificate, const PerSample& estimates, std::string name, std::string note,
             const Absolute& absolute, const Scale& scale) {
  Gap gap;
  gap.name = std::move(name);
  gap.note = std::move(note);
  bool any = false;
  for (std::size_t k = 0; k < estimates.front().size(); ++k) {
    gap.absolute.emplace_back();
    gap.relative.emplace_back();
    for (const std::vector<Estimate>& of_sample : estimates) {
      const std::optional<double> value = absolute(of_sample[k]);
      any = any || value.has_value();
      gap.absolute.back().push_back(value.value_or(0));
      gap.relative.back().push_back(value.value_or(0) == 0 ? 0 : *value / std::max(scale(of_sample[k]), 1e-300));
    }
  }
  if (any) certificate.gaps.push_back(std::move(gap));
}

void add_gaps_of(Certificate& certificate, const PerSample& estimates) {
  const auto one = [](const Estimate&) { return 1.0; };
  add_gap(
      certificate, estimates, "completeness", "sum of the scores against y(input) - y(everything replaced)",
      [](const Estimate& e) { return e.completeness ? std::optional(std::abs(*e.completeness)) : std::nullopt; },
      [](const Estimate& e) { return std::abs(e.complete); });
  add_gap(
      certificate, estimates, "standard error", "largest standard error of a score over the largest score",
      [](const Estimate& e) { return e.errors.empty() ? std::nullopt : std::optional(largest_of(e.errors)); },
      [](const Estimate& e) { return largest_of(e.scores); });
  add_gap(
      certificate, estimates, "halves", "1 - rank correlation of the scores of both halves of the samples",
      [](const Estimate& e) { return e.halves; }, one);
  add_gap(
      certificate, estimates, "unexplained", "1 - weighted R² of the linear model whose coefficients the scores are",
      [](const Estimate& e) { return e.unexplained; }, one);
}

}  // namespace

void Explainer::run_perturbation(Explanation& explanation) {
  const std::unique_ptr<Features> features = make_features(*this);
  const Forward forward(*this, compile_seconds_);
  PerturbationRun run(*this, *features, forward);
  const PerSample estimates = run.run();
  Shape shape = features->shape();
  const auto each = static_cast<std::size_t>(element_count(shape));
  shape.insert(shape.begin(), {resolved_.target_count, batch_});
  std::vector<double> all(static_cast<std::size_t>(element_count(shape)), 0.0);
  values_.assign(static_cast<std::size_t>(resolved_.target_count * batch_), 0.0);
  for (std::int64_t k = 0; k < resolved_.target_count; ++k)
    for (std::int64_t b = 0; b < batch_; ++b) {
      const auto at = static_cast<std::size_t>(k * batch_ + b);
      const Estimate& estimate = estimates[static_cast<std::size_t>(b)][static_cast<std::size_t>(k)];
      features->place(b, estimate.scores, std::span(all).subspan(at * each, each));
      values_[at] = run.wholes()[static_cast<std::size_t>(b * resolved_.target_count + k)];
    }
  explanation.token_scores = Tensor(shape, all).cast(ElementType::kFloat32);
  explanation.scores = features->per_token() ? content_of(explanation.token_scores) : explanation.token_scores;
  explanation.logits = forward.logits();
  top_classes_ = forward.top_classes();
  explanation.certificate.forward_passes = run.passes();
  explanation.certificate.backward_passes = 0;
  add_gaps_of(explanation.certificate, estimates);
  if (run.limited())
    explanation.certificate.notes.push_back(fmt::format(
        "the standard error is still above the tolerance at {} samples, the most that are drawn", run.passes() - 1));
}

}  // namespace pellucid::explain
