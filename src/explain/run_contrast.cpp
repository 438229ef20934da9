#include <algorithm>
#include <map>
#include <numeric>

#include "base/check.hpp"
#include "explain/contrast_cat.hpp"
#include "explain/explainer.hpp"
#include "explain/reference_states.hpp"
#include "explain/references.hpp"
#include "explain/rows.hpp"
#include "explain/token_roles.hpp"
#include "explain/token_rows.hpp"

namespace pellucid::explain {
namespace {

using Row = std::vector<double>;

/// The tokens of one sample that are no padding.
struct RealTokens {
  std::vector<std::size_t> places;  ///< on the tokens' axis
  TokenRow row;
  std::vector<bool> special;
};

RealTokens real_tokens(const TokenRoles& roles, std::size_t sample, bool zero_types) {
  RealTokens real;
  for (std::size_t i = 0; i < roles.ids[sample].size(); ++i) {
    if (!roles.real[sample][i]) continue;
    real.places.push_back(i);
    real.row.ids.push_back(roles.ids[sample][i]);
    real.row.types.push_back(zero_types ? 0 : roles.types[sample][i]);
    real.special.push_back(!roles.content[sample][i]);
  }
  PELLUCID_CHECK(!real.places.empty(), kBadInput, "sample {} of the inputs has no token: its mask is 0 everywhere",
                 sample);
  return real;
}

TokenRow part_of(const TokenRow& whole, const std::vector<std::size_t>& left) {
  TokenRow part;
  for (const std::size_t i : left) {
    part.ids.push_back(whole.ids[i]);
    part.types.push_back(whole.types[i]);
  }
  return part;
}

/// Entry [k, b] of a tensor [K, batch, …].
Row entry(const Tensor& tensor, std::int64_t k, std::int64_t b) {
  return cut(cut(tensor, 0, k, 1), 1, b, 1).to_doubles();
}

/// What the explanations of one sample need of the model beside their walk: texts without some of their tokens, every
/// one of them once.
class DeletionTest {
 public:
  explicit DeletionTest(const RealTokens& real) : real_(real) { number(real.row); }

  void add(const TokenMap& map) {
    std::vector<std::size_t>& rows = rows_of_map_.emplace_back();
    for (const std::int64_t count : deletion_counts(std::ssize(map)))
      rows.push_back(number(part_of(real_.row, tokens_left(map, real_.special, count))));
  }

  /// The mean drop of the class's probability for each of the maps [first, first + count).
  [[nodiscard]] std::vector<double> drops(const std::vector<Row>& probabilities, std::size_t first, std::size_t count,
                                          std::int64_t of_class) const {
    const auto at = static_cast<std::size_t>(of_class);
    std::vector<double> drops;
    for (std::size_t m = first; m < first + count; ++m) {
      double sum = 0;
      for (const std::size_t row : rows_of_map_[m]) sum += probabilities[0].at(at) - probabilities[row].at(at);
      drops.push_back(sum / static_cast<double>(rows_of_map_[m].size()));
    }
    return drops;
  }

  /// The whole text first.
  [[nodiscard]] const std::vector<TokenRow>& rows() const { return rows_; }

 private:
  std::size_t number(const TokenRow& row) {
    const auto [at, fresh] = numbers_.try_emplace(row, rows_.size());
    if (fresh) rows_.push_back(row);
    return at->second;
  }

  const RealTokens& real_;
  std::map<TokenRow, std::size_t> numbers_;
  std::vector<TokenRow> rows_;
  std::vector<std::vector<std::size_t>> rows_of_map_;
};

/// The maps of every target and sample against every reference, and what becomes of them.
class Contrast {
 public:
  Contrast(Model::State& state, const Explainer& explainer, const Request& request)
      : state_(state), explainer_(explainer), options_(explainer.resolved().options) {
    PELLUCID_CHECK(state.task == Task::kClassification || state.task == Task::kUnknown, kUnsupported,
                   "method 'contrast-cat' needs classes of which one holds, and the model's task is {}; --task "
                   "classification says otherwise",
                   task_name(state.task));
    const TokenRoles roles = token_roles(state, explainer.prepared(), request);
    for (std::size_t b = 0; b < roles.ids.size(); ++b) samples_.push_back(real_tokens(roles, b, zero_types()));
    for (const RealTokens& sample : samples_) longest_ = std::max(longest_, std::ssize(sample.places));
    read_texts();
    for (const Target& target : explainer.resolved().targets) check_target(target);
    explanations_.resize(static_cast<std::size_t>(explainer.resolved().target_count) * samples_.size());
  }

  /// Bytes that are held beside a run: the hidden states of all references.
  [[nodiscard]] std::uint64_t held() const {
    std::uint64_t tokens = 0;
    for (const auto& [index, texts] : texts_)
      for (const TokenizedText& text : texts)
        tokens += std::min<std::uint64_t>(text.tokens.size(), std::uint64_t(longest_));
    const anatomy::Stream& stream = explainer_.stream();
    return tokens * stream.blocks.size() * static_cast<std::uint64_t>(stream.width) * sizeof(float);
  }

  /// A chunk of targets and samples as the program gives it.
  void take(std::int64_t first_target, std::int64_t first_sample, TensorMap& outputs) {
    const Tensor weights = outputs.extract(kContrastWeights).mapped(), &own = outputs.at(kTokenScores);
    const std::int64_t targets = std::min(own.shape()[0], explainer_.resolved().target_count - first_target);
    for (std::int64_t k = 0; k < targets; ++k)
      for (std::int64_t b = 0; b < own.shape()[1]; ++b) {
        OneExplanation& one = at(first_target + k, first_sample + b);
        one.of_class = class_of(first_target + k, b, outputs);
        one.maps = maps(entry(own, k, b), entry(weights, k, b), samples_[std::size_t(first_sample + b)], one.of_class);
      }
  }

  /// Chooses and averages the maps: [targets, batch, tokens].
  [[nodiscard]] Tensor scores(const Shape& shape, Certificate& certificate) {
    Row all(static_cast<std::size_t>(element_count(shape)), 0.0);
    for (std::size_t b = 0; b < samples_.size(); ++b) {
      choose(b);
      for (std::int64_t k = 0; k < shape[0]; ++k) {
        const OneExplanation& one = at(k, std::int64_t(b));
        TokenMap mean = mean_map(one.maps, one.kept);
        if (options_.word("scale") == "minmax") mean = explain::min_max(mean);
        const std::size_t first =
            (static_cast<std::size_t>(k) * samples_.size() + b) * static_cast<std::size_t>(shape[2]);
        for (std::size_t i = 0; i < mean.size(); ++i) all[first + samples_[b].places[i]] = mean[i];
      }
    }
    note(certificate);
    return Tensor(shape, all).cast(ElementType::kFloat32);
  }

 private:
  struct OneExplanation {
    std::int64_t of_class = 0;
    std::vector<TokenMap> maps;
    std::vector<bool> kept;
  };

  [[nodiscard]] bool zero_types() const { return options_.word("token_types") == "zero"; }
  OneExplanation& at(std::int64_t k, std::int64_t b) {
    return explanations_[static_cast<std::size_t>(k) * samples_.size() + static_cast<std::size_t>(b)];
  }

  void read_texts() {
    const auto most = static_cast<std::size_t>(options_.integer("max_references"));
    for (auto& [index, list] : read_references(options_.word("references"))) {
      std::vector<TokenizedText>& texts = texts_[index];
      for (std::size_t i = 0; i < std::min(most, list.size()); ++i) {
        texts.push_back(state_.tokenizer().encode(list[i].input.text, list[i].input.pair, {}));
        for (TextToken& token : texts.back().tokens)
          if (zero_types()) token.type = 0;
      }
    }
  }

  void check_target(const Target& target) const {
    PELLUCID_CHECK(target.class_index, kUsage,
                   "method 'contrast-cat' explains one class, which '{}' is not: give --target logit:CLASS",
                   target.spec);
    check_class(*target.class_index);
  }

  void check_class(std::int64_t index) const {
    const auto found = texts_.find(index);
    PELLUCID_CHECK(
        found != texts_.end() && !found->second.empty(), kBadInput,
        "'{}' has no references for class {}, which is explained; `pellucid references` makes a file that has",
        options_.word("references"), index);
  }

  [[nodiscard]] std::int64_t class_of(std::int64_t k, std::int64_t sample_of_chunk, const TensorMap& outputs) const {
    const Resolved& resolved = explainer_.resolved();
    if (!resolved.targets.empty()) return *resolved.targets[static_cast<std::size_t>(k)].class_index;
    return outputs.at(kTopClasses)
        .values<std::int64_t>()[static_cast<std::size_t>(sample_of_chunk * resolved.target_count + k)];
  }

  const std::vector<Tensor>& references(std::int64_t of_class) {
    check_class(of_class);
    const auto found = states_.find(of_class);
    if (found != states_.end()) return found->second;
    return states_
        .emplace(of_class, hidden_states_of(state_, texts_.at(of_class), explainer_.stream().name,
                                            explainer_.resolved().precision, longest_, held()))
        .first->second;
  }

  /// S_r[i] = own[i] − Σ_m W[i, m] h_r[i, m] at the real tokens, scaled, for every reference r of the class.
  std::vector<TokenMap> maps(const Row& own, const Row& weights, const RealTokens& real, std::int64_t of_class) {
    const std::size_t width = weights.size() / own.size();
    std::vector<TokenMap> made;
    for (const Tensor& reference : references(of_class)) {
      const Row states = reference.to_doubles();
      TokenMap& map = made.emplace_back();
      for (std::size_t i = 0; i < real.places.size(); ++i) {
        const double* w = weights.data() + real.places[i] * width;
        const bool reaches = i < static_cast<std::size_t>(reference.shape()[0]);
        map.push_back(own[real.places[i]] -
                      (reaches ? std::inner_product(w, w + width, states.data() + i * width, 0.0) : 0.0));
      }
      map = explain::min_max(map);
    }
    return made;
  }

  /// Which maps of a sample are kept, for all its targets.
  void choose(std::size_t b) {
    const std::int64_t targets = explainer_.resolved().target_count;
    DeletionTest test(samples_[b]);
    for (std::int64_t k = 0; k < targets; ++k) {
      OneExplanation& one = at(k, std::int64_t(b));
      one.kept.assign(one.maps.size(), true);
      for (const TokenMap& map : one.maps) test.add(map);
    }
    if (options_.word("keep") == "all") return;
    const std::vector<Row> probabilities = run(test.rows(), std::int64_t(b));
    std::size_t first = 0;
    for (std::int64_t k = 0; k < targets; ++k) {
      OneExplanation& one = at(k, std::int64_t(b));
      one.kept = kept_maps(test.drops(probabilities, first, one.maps.size(), one.of_class));
      first += one.maps.size();
    }
  }

  std::vector<Row> run(const std::vector<TokenRow>& rows, std::int64_t b) {
    const Prepared& prepared = explainer_.prepared();
    if (at_once_ == 0) at_once_ = rows_at_once(state_, prepared, held());
    const auto count = std::ssize(rows);
    most_passes_ = std::max<std::int64_t>(most_passes_, count);
    const std::int64_t total = count * std::ssize(samples_);
    return class_probabilities(
        state_, prepared.graph.value(prepared.anatomy.head.output).name, rows, at_once_,
        [&](std::int64_t done) { state_.report("contrast-cat's deletion test", b * count + done, total); });
  }

  void note(Certificate& certificate) const {
    std::size_t fewest = SIZE_MAX, most = 0, references = 0;
    for (const OneExplanation& one : explanations_) {
      const auto kept = static_cast<std::size_t>(std::count(one.kept.begin(), one.kept.end(), true));
      fewest = std::min(fewest, kept);
      most = std::max(most, kept);
      references = std::max(references, one.maps.size());
    }
    certificate.forward_passes += static_cast<std::int64_t>(references) + most_passes_;
    if (options_.word("keep") == "all") return;
    certificate.notes.push_back(
        fmt::format("{} of {} contrasts were kept, chosen by a deletion test with the explained class's probability: "
                    "deletion tests "
                    "of these scores, such as AOPC, flatter them",
                    fewest == most ? std::to_string(most) : fmt::format("{} to {}", fewest, most), references));
  }

  Model::State& state_;
  const Explainer& explainer_;
  const methods::ResolvedOptions& options_;
  std::vector<RealTokens> samples_;
  std::int64_t longest_ = 0, at_once_ = 0, most_passes_ = 0;
  std::map<std::int64_t, std::vector<TokenizedText>> texts_;  ///< by the explained class
  std::map<std::int64_t, std::vector<Tensor>> states_;        ///< their hidden states, made when first asked for
  std::vector<OneExplanation> explanations_;                  ///< [targets, batch]
};

}  // namespace

void Explainer::run_contrast(Explanation& explanation) {
  Contrast contrast(state_, *this, request_);
  run_program(
      explanation, [&contrast](std::int64_t k, std::int64_t b, TensorMap& outputs) { contrast.take(k, b, outputs); },
      contrast.held());
  explanation.token_scores = contrast.scores(explanation.token_scores.shape(), explanation.certificate);
  explanation.scores = explanation.token_scores;
}

}  // namespace pellucid::explain
