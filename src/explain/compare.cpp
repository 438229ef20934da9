#include <algorithm>
#include <memory>

#include <pellucid/error.hpp>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"
#include "base/rank_correlation.hpp"
#include "explain/agreement.hpp"
#include "explain/deletion.hpp"
#include "explain/deletion_run.hpp"
#include "explain/place_scores.hpp"
#include "explain/token_roles.hpp"

namespace pellucid {
namespace {

using explain::DeletionRun;
using explain::PlaceScores;
using explain::RemovalPlan;

void check_alike(const std::vector<Explanation>& explanations) {
  PELLUCID_CHECK(!explanations.empty(), kUsage, "there is nothing to compare");
  const Explanation& first = explanations.front();
  PELLUCID_CHECK(!first.targets.empty() && !first.targets.front().samples.empty(), kUsage,
                 "an explanation without targets or samples can't be compared");
  for (const Explanation& other : explanations) {
    bool alike = other.targets.size() == first.targets.size() && other.texts.size() == first.texts.size();
    for (std::size_t k = 0; alike && k < first.targets.size(); ++k) {
      const auto &mine = first.targets[k].samples, &theirs = other.targets[k].samples;
      alike = std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                         [](const SampleTarget& a, const SampleTarget& b) { return a.class_index == b.class_index; });
    }
    PELLUCID_CHECK(alike, kUsage, "the explanations by '{}' and '{}' are not of the same inputs and targets",
                   first.method, other.method);
  }
}

/// Which tokens are neither special nor padding, where the input is token ids and no text.
PlaceScores::Content content_of_ids(Model::State& state, const Request& request) {
  if (!request.texts.empty()) return {};
  const explain::Prepared& prepared = state.prepare(request.inputs, explain::stream_of(request));
  if (anatomy::find_word_table(prepared.graph).ids == graph::kNone) return {};
  return explain::token_roles(state, prepared, request).content;
}

/// Puts a comparison together, sample by sample.
class Comparing {
 public:
  Comparing(const std::vector<Explanation>& explanations, const ComparisonOptions& options, std::uint64_t seed,
            PlaceScores::Content content)
      : options_(options), first_(explanations.front()), content_(std::move(content)) {
    batch_ = std::ssize(first_.targets.front().samples);
    made_.seed = seed;
    made_.random_orders = options.curves ? options.random : 0;
    for (const Explanation& explanation : explanations) take(explanation);
    made_.targets.resize(first_.targets.size());
    for (auto& of_target : made_.targets) of_target.resize(static_cast<std::size_t>(batch_));
    for (std::int64_t b = 0; b < batch_ && !scores_.empty(); ++b) count_places(b);
  }

  void agree() {
    for (std::size_t k = 0; k < made_.targets.size(); ++k)
      for (std::size_t b = 0; b < made_.samples.size(); ++b) agree_on(k, b);
  }

  void draw_curves(Model::State& state, const Request& request) {
    if (scores_.empty()) return;
    if (made_.place == "element") {
      made_.no_curves = "the input is no picture of patches and no text, whose places could be replaced one by one";
      return;
    }
    try {
      DeletionRun run(state, request);
      if (!check_places(run)) return;
      made_.replacement = run.replacement();
      for (std::int64_t b = 0; b < batch_; ++b) draw_sample(run, b);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      made_.no_curves = error.what();
    }
  }

  [[nodiscard]] Comparison take_result() {
    if (!scores_.empty()) take_means();
    return std::move(made_);
  }

 private:
  void take(const Explanation& explanation) {
    PlaceScores scores(explanation, content_);
    std::string why = scores.why_not();
    if (why.empty() && !scores_.empty() && !has_places_of_first(scores))
      why = "its scores are of other places than those of " + first_compared_;
    made_.left_out.push_back(why);
    if (!why.empty()) return;
    if (scores_.empty()) {
      made_.place = scores.place();
      first_compared_ = explanation.method;
    }
    made_.compared.push_back(std::ssize(made_.left_out) - 1);
    scores_.push_back(std::move(scores));
  }

  [[nodiscard]] bool has_places_of_first(const PlaceScores& scores) const {
    return scores.place() == made_.place && scores.of(0, 0).size() == scores_.front().of(0, 0).size();
  }

  void count_places(std::int64_t b) {
    ComparedSample sample;
    sample.places = std::ssize(scores_.front().of(0, b));
    constexpr std::int64_t kTenth = 10, kLeast = 3;
    const std::int64_t tenth = std::max((sample.places + kTenth - 1) / kTenth, kLeast);
    const std::int64_t wanted = options_.strongest > 0 ? options_.strongest : tenth;
    sample.strongest = std::min(wanted, sample.places);
    made_.samples.push_back(std::move(sample));
  }

  void agree_on(std::size_t k, std::size_t b) {
    const std::int64_t strongest = made_.samples[b].strongest;
    std::vector<std::vector<double>> all;
    for (const PlaceScores& scores : scores_) all.push_back(scores.of(std::int64_t(k), std::int64_t(b)));
    ComparedTarget& to = made_.targets[k][b];
    for (const auto& mine : all) {
      auto& correlations = to.rank_correlation.emplace_back();
      auto& overlaps = to.overlap.emplace_back();
      for (const auto& theirs : all) {
        correlations.push_back(rank_correlation(mine, theirs));
        overlaps.push_back(strongest == 0 ? 0 : explain::strongest_overlap(mine, theirs, strongest));
      }
    }
  }

  /// Whether what can be removed is what has scores.
  [[nodiscard]] bool check_places(const DeletionRun& run) {
    PELLUCID_ASSERT(run.targets() == std::ssize(made_.targets));
    for (std::int64_t b = 0; b < batch_; ++b) {
      const std::int64_t places = made_.samples[static_cast<std::size_t>(b)].places;
      if (places > 0 && run.places(b) == places) continue;
      made_.no_curves =
          fmt::format("the input has {} scores, but {} places that can be removed", places, run.places(b));
      return false;
    }
    return true;
  }

  void draw_sample(DeletionRun& run, std::int64_t b) {
    ComparedSample& sample = made_.samples[static_cast<std::size_t>(b)];
    sample.removed = explain::removal_counts(sample.places, options_.steps);
    RemovalPlan plan(sample.removed);
    for (std::int64_t i = 0; i < options_.random; ++i) plan.add(explain::random_order(sample.places, made_.seed, i));
    for (std::size_t k = 0; k < made_.targets.size(); ++k)
      for (const PlaceScores& scores : scores_) plan.add(explain::strongest_first(scores.of(std::int64_t(k), b)));
    const auto answers = run.answers(b, plan.inputs(), classes_of(b));
    sample.forward_passes = std::ssize(plan.inputs());
    std::size_t order = static_cast<std::size_t>(options_.random);
    for (std::size_t k = 0; k < made_.targets.size(); ++k) {
      ComparedTarget& to = made_.targets[k][static_cast<std::size_t>(b)];
      to.probability = classes_of(b)[k].has_value();
      for (std::size_t i = 0; i < scores_.size(); ++i) to.curves.push_back(plan.curve(order++, answers[k]));
      std::vector<DeletionCurve> random;
      for (std::int64_t i = 0; i < options_.random; ++i)
        random.push_back(plan.curve(static_cast<std::size_t>(i), answers[k]));
      if (!random.empty()) to.random = explain::mean_curve(random);
    }
  }

  /// Of targets that are one class with a probability, which.
  [[nodiscard]] std::vector<std::optional<std::int64_t>> classes_of(std::int64_t b) const {
    std::vector<std::optional<std::int64_t>> classes;
    for (const TargetRecord& target : first_.targets) {
      const SampleTarget& facts = target.samples[static_cast<std::size_t>(b)];
      classes.push_back(facts.probability ? facts.class_index : std::nullopt);
    }
    return classes;
  }

  void take_means() {
    const std::size_t count = scores_.size();
    made_.mean.rank_correlation.assign(count, std::vector<std::optional<double>>(count));
    made_.mean.overlap.assign(count, std::vector<double>(count, 0.0));
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) mean_of(i, j);
    mean_areas();
  }

  /// Correlations that are not defined don't count.
  void mean_of(std::size_t i, std::size_t j) {
    double correlations = 0, overlaps = 0, defined = 0, all = 0;
    for (const auto& of_target : made_.targets)
      for (const ComparedTarget& one : of_target) {
        if (one.rank_correlation[i][j]) {
          correlations += *one.rank_correlation[i][j];
          ++defined;
        }
        overlaps += one.overlap[i][j];
        ++all;
      }
    if (defined > 0) made_.mean.rank_correlation[i][j] = correlations / defined;
    made_.mean.overlap[i][j] = overlaps / all;
  }

  void mean_areas() {
    double count = 0;
    for (const auto& of_target : made_.targets)
      for (const ComparedTarget& one : of_target) {
        if (!one.probability || one.curves.empty()) return;
        ++count;
      }
    made_.mean.probability = true;
    made_.mean.curves.resize(scores_.size());
    for (const auto& of_target : made_.targets)
      for (const ComparedTarget& one : of_target) {
        made_.mean.random.area += one.random.area / count;
        for (std::size_t i = 0; i < scores_.size(); ++i) made_.mean.curves[i].area += one.curves[i].area / count;
      }
  }

  const ComparisonOptions& options_;
  const Explanation& first_;
  PlaceScores::Content content_;
  std::int64_t batch_ = 0;
  std::string first_compared_;
  std::vector<PlaceScores> scores_;  // of the compared explanations
  Comparison made_;
};

}  // namespace

Comparison Model::compare(const Request& request, const std::vector<Explanation>& explanations,
                          const ComparisonOptions& options) {
  PELLUCID_CHECK(options.steps >= 1 && options.random >= 0 && options.strongest >= 0, kUsage,
                 "a comparison needs at least one step, and no negative numbers");
  check_alike(explanations);
  Comparing comparing(explanations, options, state_->options.seed, content_of_ids(*state_, request));
  comparing.agree();
  if (options.curves) comparing.draw_curves(*state_, request);
  return comparing.take_result();
}

}  // namespace pellucid
