#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "base/random.hpp"
#include "explain/explainer.hpp"
#include "explain/fed_tokens.hpp"
#include "explain/quantised.hpp"
#include "explain/rows.hpp"
#include "explain/spaces.hpp"

namespace pellucid {
namespace {

constexpr double kLogitsBound = 1e-4, kHalfLogitsBound = 1e-2, kQuantisedLogitsBound = 0.25;
constexpr double kGradientBound = 2e-2;
constexpr double kFlat = 5e-3;               ///< of y, gained on a way as long as x: less counts as no slope at all
constexpr double kCompletenessBound = 5e-2;  ///< of integrals, which are as exact as their steps
constexpr double kTotalBound = 1e-3;         ///< of sums that a walk keeps exactly, but for rounding

struct Site {
  std::string name;
  graph::ValueId value = graph::kNone;
};

/// Where gradients are checked: the input, the tokens, the middle of the stream, the first and the last attention.
std::vector<Site> sites_of(const graph::Graph& graph, const anatomy::Stream& stream) {
  std::vector<Site> sites;
  for (const graph::ValueId input : graph.inputs)
    if (graph.is_float(input)) sites.push_back({"input '" + graph.value(input).name + "'", input});
  if (stream.tokens != graph::kNone) sites.push_back({"tokens entering block 0", stream.tokens});
  const auto blocks = stream.blocks.size();
  if (blocks > 1)
    sites.push_back({fmt::format("stream entering block {}", blocks / 2), stream.blocks[blocks / 2].input});
  if (blocks > 0 && stream.blocks.front().site.probabilities != graph::kNone) {
    sites.push_back({"attention of block 0", stream.blocks.front().site.probabilities});
    if (blocks > 1)
      sites.push_back({fmt::format("attention of block {}", blocks - 1), stream.blocks.back().site.probabilities});
  }
  sites.erase(std::remove_if(sites.begin(), sites.end(), [](const Site& site) { return site.value == graph::kNone; }),
              sites.end());
  return sites;
}

double norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

/// y as a function of one tensor of the model, and its compiled gradient there.
class Probe {
 public:
  Probe(Model::State& state, const explain::Explainer& explainer, const TensorMap& inputs, graph::ValueId at)
      : split_(explain::compile_split(explainer.prepared().graph, explainer.prepared().anatomy, at, explainer.spec(1))),
        gradient_(state.load(graph::write_graph(split_.gradient.graph), "the gradient program")) {
    const auto upstream = state.load(graph::write_graph(split_.upstream.graph), "the forward part");
    std::vector<std::string> names = split_.frontier;
    names.push_back(split_.at);
    feeds_ = inputs;
    std::vector<std::string> computed;
    for (const std::string& name : names)
      if (inputs.count(name) == 0) computed.push_back(name);
    if (!computed.empty())
      for (auto& [name, tensor] : upstream->run(inputs, computed)) feeds_[name] = tensor;
    for (const explain::SeedInput& seed : split_.gradient.seeds)
      feeds_[seed.name] = explainer.seed_for(seed, 0, 1, {0, explainer.batch()});
    x_ = feeds_.at(split_.at).to_doubles();
  }

  [[nodiscard]] const std::vector<double>& x() const { return x_; }
  [[nodiscard]] std::vector<double> gradient() const {
    return gradient_->run(feeds_, {explain::kGradient}).at(explain::kGradient).to_doubles();
  }

  /// Σ over the samples of y at x + step·direction.
  [[nodiscard]] double value(const std::vector<double>& direction, double step) const {
    std::vector<double> moved = x_;
    for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += step * direction[i];
    TensorMap feeds = feeds_;
    feeds[split_.at] = Tensor(feeds_.at(split_.at).shape(), moved).cast(feeds_.at(split_.at).type());
    double sum = 0;
    for (const double y : gradient_->run(feeds, {explain::kTargetValues}).at(explain::kTargetValues).to_doubles())
      sum += y;
    return sum;
  }

 private:
  explain::SplitPrograms split_;
  std::unique_ptr<run::Session> gradient_;
  TensorMap feeds_;
  std::vector<double> x_;
};

/// The slope by central differences. Large steps are bent, small ones noisy, and a bent curve can look straight from
/// afar: the smallest step is taken that agrees with its double and stands clear of rounding, else the one that comes
/// nearest to that. Where none does, there may be no slope, and the one that is known best is taken. The compiled
/// gradient isn't looked at.
double central_slope(const Probe& probe, const std::vector<double>& direction, double scale) {
  constexpr double kRounding = 1e-6;  // of a forward pass in float32
  constexpr double kGood = 5e-3, kUsable = 0.2;
  const double size = std::abs(probe.value(direction, 0));
  const auto slope_at = [&](double step) {
    return (probe.value(direction, step) - probe.value(direction, -step)) / (2 * step);
  };
  double nearest = 0, doubt_of_nearest = INFINITY, known = 0, doubt_of_known = INFINITY;
  double slope = slope_at(4e-6 * scale);
  for (double step = 4e-6 * scale; step < 0.05 * scale && doubt_of_nearest >= kGood; step *= 2) {
    const double next = slope_at(2 * step);
    const double doubt = std::abs(next - slope) + kRounding * size / step;
    const double share = doubt / std::max(std::abs(slope), 1e-30);
    if (share < doubt_of_nearest) std::tie(nearest, doubt_of_nearest) = std::pair(slope, share);
    if (doubt < doubt_of_known) std::tie(known, doubt_of_known) = std::pair(slope, doubt);
    slope = next;
  }
  return doubt_of_nearest < kUsable ? nearest : known;
}

/// The compiled gradient against central differences along a direction that mixes the gradient's own with a random one.
Check gradient_check(const Probe& probe, const std::string& site, std::uint64_t seed) {
  const std::vector<double> gradient = probe.gradient();
  const CounterRandom random(seed, 0);
  std::vector<double> direction(gradient.size());
  const double length = norm(gradient);
  for (std::size_t i = 0; i < direction.size(); ++i)
    direction[i] =
        random.normal(i) / std::sqrt(static_cast<double>(direction.size())) + (length > 0 ? gradient[i] / length : 0);
  double slope = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) slope += gradient[i] * direction[i];
  const double scale = norm(probe.x()) / norm(direction);
  const double best = central_slope(probe, direction, scale);
  Check check;
  check.name = "gradient at the " + site;
  // Where y doesn't depend on x, both slopes are rounding.
  const double flat = scale > 0 ? kFlat * std::abs(probe.value(direction, 0)) / scale : 0;
  const double size = std::max({std::abs(best), std::abs(slope), flat});
  check.measured = size > 0 ? std::abs(slope - best) / size : 0;
  check.bound = kGradientBound;
  check.note = fmt::format("compiled {:.6g}, central differences {:.6g}", slope, best);
  return check;
}

Check logits_check(const Tensor& program, const Tensor& untouched, double bound) {
  return {"logits against the untouched model", explain::relative_difference(program, untouched), bound, true,
          "largest difference over the largest logit"};
}

/// Half-precision and quantised models are rounded by the untouched run; the program computes them in float32.
double logits_bound(const graph::ModelFile& file) {
  if (!file.quantised().empty()) return kQuantisedLogitsBound;
  const TensorMap& weights = file.weights();
  const bool half = std::any_of(weights.begin(), weights.end(), [](const auto& weight) {
    return weight.second.type() == ElementType::kFloat16 || weight.second.type() == ElementType::kBFloat16;
  });
  return half ? kHalfLogitsBound : kLogitsBound;
}

/// The sums that a method promises, at every place on the way back where it is known.
void add_gap_checks(const Gap& gap, std::vector<Check>& checks) {
  if ((gap.name != "completeness" && gap.name != "conservation") || !gap.promised) return;
  for (const GapAt& at : gap.along)
    checks.push_back({gap.name + " at " + at.place, at.relative, kTotalBound, true, gap.note});
  if (!gap.along.empty()) return;
  Check check{gap.name, 0, kCompletenessBound, true, gap.note};
  for (const auto& row : gap.relative)
    for (const double relative : row) check.measured = std::max(check.measured, relative);
  checks.push_back(check);
}

}  // namespace

std::vector<Check> Model::verify(const Request& request) {
  const Explanation explanation = explain(request);
  Request settled = request;
  // Gradients are checked for one target: the first, or the class that is most likely for the first sample.
  if (settled.targets.empty())
    settled.targets = {"logit:" + std::to_string(explanation.targets.front().samples.front().class_index.value())};
  const explain::Explainer explainer(*state_, settled);
  const std::string output = explainer.prepared().graph.value(explainer.prepared().anatomy.head.output).name;
  const methods::ResolvedOptions& options = explainer.resolved().options;
  const TensorMap fed = explain::changes_feeding(options)
                            ? explain::fed_so(explainer.prepared(), request.inputs, options, state_->special_tokens())
                            : request.inputs;
  const Tensor untouched = state_->untouched_session().run(fed, {output}).at(output);
  std::vector<Check> checks;
  checks.push_back(logits_check(explanation.logits,
                                explain::answer_rows(explainer.prepared(), untouched, request.inputs),
                                logits_bound(state_->file)));
  if (explainer.resolved().method->walks && explainer.resolved().rules == "gradient") {
    for (const Site& site : sites_of(explainer.prepared().graph, explainer.stream()))
      checks.push_back(
          gradient_check(Probe(*state_, explainer, request.inputs, site.value), site.name, state_->options.seed));
  }
  if (const std::string nodes = explain::quantised_nodes(state_->file); !nodes.empty())
    checks.front().note += "; the untouched model rounds activations (" + nodes + "), its dequantised graph doesn't";
  for (const Gap& gap : explanation.certificate.gaps) add_gap_checks(gap, checks);
  for (Check& check : checks) check.holds = check.measured <= check.bound;
  return checks;
}

}  // namespace pellucid
