#include "explain/default_targets.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "explain/token_roles.hpp"

namespace pellucid::explain {
namespace {

/// One element [tokens…] of an output, batch in front.
std::vector<double> row_of(const Tensor& output, std::int64_t sample) {
  const std::vector<double> all = output.to_doubles();
  const std::int64_t each = output.size() / output.shape().at(0);
  return {all.begin() + sample * each, all.begin() + (sample + 1) * each};
}

Term element(const std::string& output, std::size_t samples) {
  Term term;
  term.space = Space::kOutput;
  term.output = output;
  term.index_of_sample.resize(samples);
  return term;
}

/// Reads what would be explained off a run of the untouched model.
class Chooser {
 public:
  Chooser(Model::State& state, const Prepared& prepared, const Request& request)
      : state_(state), prepared_(prepared), request_(request), roles_(token_roles(state, prepared, request)) {}

  std::vector<Target> spans() {
    const TensorMap outputs = run({"start_logits", "end_logits"});
    const Tensor &starts = outputs.at("start_logits"), &ends = outputs.at("end_logits");
    std::vector<Target> targets(static_cast<std::size_t>(request_.top));
    for (Target& target : targets) {
      target.terms = {element("start_logits", samples()), element("end_logits", samples())};
      target.label_of_sample.resize(samples());
    }
    for (std::size_t b = 0; b < samples(); ++b) {
      const auto sample = static_cast<std::int64_t>(b);
      const std::vector<Span> best = best_spans(row_of(starts, sample), row_of(ends, sample), answerable(b),
                                                static_cast<std::int64_t>(targets.size()));
      PELLUCID_CHECK(best.size() == targets.size(), kUsage, "--top {}: the text has {} spans that can be an answer",
                     targets.size(), best.size());
      for (std::size_t k = 0; k < best.size(); ++k) set_span(targets[k], b, best[k]);
    }
    return targets;
  }

  /// The most likely class of every word that isn't left untagged, at the word's first token.
  std::vector<Target> tags() {
    const std::string name = scores_name();
    PELLUCID_CHECK(samples() == 1, kUsage,
                   "each token of a text is a target of its own: explain one text at a time, or name one with --target "
                   "'output:{}[token,class]'",
                   name);
    const Tensor scores = run({name}).at(name);
    std::vector<Target> tagged, all;
    for (const std::int64_t token : first_tokens()) {
      Target target = best_class(name, scores, token);
      all.push_back(target);
      if (state_.label_of(target.terms[0].index[1]) != "O") tagged.push_back(std::move(target));
    }
    return tagged.empty() ? all : tagged;
  }

  /// The most likely words behind the first [MASK] of every text.
  std::vector<Target> masked_words() {
    const std::string name = scores_name();
    const Tensor scores = run({name}).at(name);
    std::vector<Target> targets(static_cast<std::size_t>(request_.top));
    for (Target& target : targets) {
      target.terms = {element(name, samples())};
      target.label_of_sample.resize(samples());
    }
    for (std::size_t b = 0; b < samples(); ++b) {
      const std::int64_t token = roles_.first_mask(b);
      PELLUCID_CHECK(token >= 0, kUsage,
                     "the model fills in masked words, and the text has none: write {} into it, or name a token with "
                     "--target 'output:{}[token,word]'",
                     roles_.mask_piece.empty() ? "the mask token" : roles_.mask_piece, name);
      const std::vector<std::int64_t> best = best_entries(scores, static_cast<std::int64_t>(b), token);
      for (std::size_t k = 0; k < best.size(); ++k) {
        targets[k].terms[0].index_of_sample[b] = {token, best[k]};
        targets[k].label_of_sample[b] = state_.piece_of(best[k]);
      }
    }
    return targets;
  }

 private:
  [[nodiscard]] std::size_t samples() const { return roles_.content.size(); }
  [[nodiscard]] std::string scores_name() const { return prepared_.graph.value(prepared_.anatomy.head.output).name; }
  TensorMap run(const std::vector<std::string>& outputs) {
    return state_.untouched_session().run(request_.inputs, outputs);
  }

  /// Tokens of the second text where there is one, else of the only one.
  [[nodiscard]] std::vector<bool> answerable(std::size_t sample) const {
    std::vector<bool> found = roles_.content[sample];
    const std::vector<bool>& second = roles_.second[sample];
    if (std::find(second.begin(), second.end(), true) == second.end()) return found;
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = found[i] && second[i];
    return found;
  }

  void set_span(Target& target, std::size_t sample, const Span& span) const {
    target.terms[0].index_of_sample[sample] = {span.start};
    target.terms[1].index_of_sample[sample] = {span.end};
    const std::string text = request_.texts.empty() ? "" : text_between(request_.texts[sample], span.start, span.end);
    target.label_of_sample[sample] =
        text.empty() ? fmt::format("tokens {} to {}", span.start, span.end) : "“" + text + "”";
  }

  [[nodiscard]] std::vector<std::int64_t> first_tokens() const {
    std::vector<std::int64_t> tokens;
    if (!request_.texts.empty()) {
      for (const TextWord& word : request_.texts[0].words) tokens.push_back(word.tokens.front());
      return tokens;
    }
    for (std::size_t i = 0; i < roles_.content[0].size(); ++i)
      if (roles_.content[0][i]) tokens.push_back(static_cast<std::int64_t>(i));
    return tokens;
  }

  [[nodiscard]] Target best_class(const std::string& output, const Tensor& scores, std::int64_t token) const {
    const std::int64_t classes = scores.shape().back();
    const std::vector<double> all = row_of(scores, 0);
    const auto row = all.begin() + token * classes;
    const std::int64_t best = std::max_element(row, row + classes) - row;
    Target target;
    const std::string word =
        request_.texts.empty() ? fmt::format("token {}", token) : "“" + word_at(request_.texts[0], token) + "”";
    target.label = fmt::format("{} is {}", word, state_.label_of(best));
    target.spec = fmt::format("output:{}[{},{}]", output, token, best);
    Term term = element(output, 0);
    term.index = {token, best};
    target.terms = {term};
    return target;
  }

  [[nodiscard]] std::vector<std::int64_t> best_entries(const Tensor& scores, std::int64_t sample,
                                                       std::int64_t token) const {
    const std::int64_t words = scores.shape().back();
    PELLUCID_CHECK(request_.top <= words, kUsage, "--top {}: the model knows {} words", request_.top, words);
    const std::vector<double> all = row_of(scores, sample);
    std::vector<std::int64_t> order(static_cast<std::size_t>(words));
    for (std::int64_t i = 0; i < words; ++i) order[static_cast<std::size_t>(i)] = i;
    const double* row = all.data() + token * words;
    std::stable_sort(order.begin(), order.end(), [row](std::int64_t a, std::int64_t b) { return row[a] > row[b]; });
    order.resize(static_cast<std::size_t>(request_.top));
    return order;
  }

  Model::State& state_;
  const Prepared& prepared_;
  const Request& request_;
  TokenRoles roles_;
};

/// One element of a tensor, batch in front.
double value_at(const Tensor& tensor, std::size_t sample, const std::vector<std::int64_t>& index) {
  std::int64_t flat = static_cast<std::int64_t>(sample);
  for (std::size_t i = 0; i < index.size(); ++i) flat = flat * tensor.shape().at(i + 1) + index[i];
  return tensor.to_doubles().at(static_cast<std::size_t>(flat));
}

}  // namespace

TargetRecord recorded(const Target& target, const TensorMap& outputs) {
  TargetRecord record{target.spec, {}};
  const auto batch = static_cast<std::size_t>(outputs.at(target.terms.front().output).shape().at(0));
  for (std::size_t b = 0; b < batch; ++b) {
    SampleTarget sample;
    sample.label = target.label_of_sample.empty() ? target.label : target.label_of_sample[b];
    for (const Term& term : target.terms)
      sample.value += term.factor * value_at(outputs.at(term.output), b,
                                             term.index_of_sample.empty() ? term.index : term.index_of_sample[b]);
    record.samples.push_back(sample);
  }
  return record;
}

std::vector<Span> best_spans(const std::vector<double>& start, const std::vector<double>& end,
                             const std::vector<bool>& candidates, std::int64_t count, std::int64_t longest) {
  std::vector<Span> found;
  for (std::size_t i = 0; i < candidates.size(); ++i)
    for (std::size_t j = i; candidates[i] && j < candidates.size() && j - i < static_cast<std::size_t>(longest); ++j)
      if (candidates[j])
        found.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(j), start.at(i) + end.at(j)});
  std::stable_sort(found.begin(), found.end(), [](const Span& a, const Span& b) { return a.score > b.score; });
  if (static_cast<std::int64_t>(found.size()) > count) found.resize(static_cast<std::size_t>(count));
  return found;
}

std::vector<Target> answers_of(Model::State& state, const Prepared& prepared, const Request& request) {
  std::vector<Target> targets;
  if (state.task == Task::kQuestionAnswering) targets = Chooser(state, prepared, request).spans();
  if (state.task == Task::kTokenClassification) targets = Chooser(state, prepared, request).tags();
  if (state.task == Task::kFillMask) targets = Chooser(state, prepared, request).masked_words();
  for (std::size_t k = 0; k < targets.size(); ++k)
    if (targets[k].spec.empty()) targets[k].spec = fmt::format("top:{}", k + 1);
  return targets;
}

std::vector<Target> default_targets(Model::State& state, const Prepared& prepared, const Request& request) {
  std::vector<Target> targets = answers_of(state, prepared, request);
  PELLUCID_CHECK(state.task != Task::kSimilarity || !targets.empty(), kUsage,
                 "the model embeds and names no classes: say what the input is compared with, --target concept:FILE#{} "
                 "(made by `pellucid concept`) or --similar-to TEXT",
                 "TENSOR");
  return targets;
}

}  // namespace pellucid::explain

namespace pellucid {

std::vector<TargetRecord> Model::answers(const Request& request) {
  const explain::Prepared& prepared = state_->prepare(request.inputs, "tokens");
  const std::vector<explain::Target> targets = explain::answers_of(*state_, prepared, request);
  std::vector<std::string> names;
  for (const explain::Target& target : targets)
    for (const explain::Term& term : target.terms)
      if (std::find(names.begin(), names.end(), term.output) == names.end()) names.push_back(term.output);
  TensorMap outputs;
  if (!names.empty()) outputs = state_->untouched_session().run(request.inputs, names);
  std::vector<TargetRecord> records;
  for (const explain::Target& target : targets) records.push_back(explain::recorded(target, outputs));
  return records;
}

}  // namespace pellucid
