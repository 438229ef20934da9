#include <algorithm>

#include "base/check.hpp"
#include "explain/default_targets.hpp"
#include "explain/explainer.hpp"
#include "explain/spaces.hpp"

namespace pellucid::explain {
namespace {

/// What to do where the first output isn't one row of classes for each sample.
std::string no_classes(const graph::Graph& graph, graph::ValueId logits) {
  const graph::Dims& dims = graph.dims(logits);
  std::string last;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (i != static_cast<std::size_t>(batch_axis(dims)))
      last += (last.empty() ? "" : ",") + std::to_string(dims[i].size - 1);
  return fmt::format(
      "the model's output '{0}' is {1}, not [batch, classes]; name an element of it, such as --target "
      "'output:{0}[{2}]'",
      graph.value(logits).name, graph::to_string(dims), last);
}

/// Whether a term counts classes on the last axis of the first output.
bool names_class(const Term& term) {
  return term.space == Space::kLogits || term.space == Space::kProbabilities || term.space == Space::kLogProbabilities;
}

}  // namespace

TargetNames Explainer::target_names(std::int64_t classes) const {
  TargetNames names;
  const bool vocabulary = prepared_->answer.row != graph::kNone;
  names.class_of = [this, classes, vocabulary](const std::string& text) {
    const std::int64_t index = vocabulary ? state_.token_of(text) : class_index(state_.folder, text);
    PELLUCID_CHECK(classes < 0 || index < classes, kUsage,
                   "class {} is out of range: the model has {} classes, 0 to {}", index, classes, classes - 1);
    return index;
  };
  names.token_of = [class_of = names.class_of, vocabulary](const std::string& text) {
    PELLUCID_CHECK(vocabulary, kUsage,
                   "target 'next:{}': the model gives no scores of next tokens; --target takes logit:CLASS or "
                   "output:NAME[i,j]",
                   text);
    return class_of(text);
  };
  names.label_of = [this](std::int64_t index) { return state_.label_of(index); };
  names.cosine = resolved_.options.has("similarity") && resolved_.options.word("similarity") == "cosine";
  names.concepts = request_.concepts;
  return names;
}

void Explainer::resolve_targets() {
  const graph::ValueId output = prepared_->anatomy.head.logits;
  const graph::Dims& logits = prepared_->graph.dims(output);
  const std::int64_t classes = logits.size() == 2 ? logits[1 - static_cast<std::size_t>(batch_axis(logits))].size : -1;
  const TargetNames names = target_names(classes);
  for (const std::string& text : request_.targets) resolved_.targets.push_back(parse_target(text, names));
  PELLUCID_CHECK(request_.top >= 1, kUsage, "--top {}: a whole number of at least 1 is expected", request_.top);
  if (resolved_.targets.empty()) resolved_.targets = default_targets(state_, *prepared_, request_);
  if (is_relevance_form(resolved_.rules) && resolved_.method->walks)
    resolved_.walks = split_into_walks(resolved_.targets, resolved_.rules);
  if (resolved_.walks)
    resolved_.notes.push_back(
        fmt::format("relevance starts at one score: {} walks were made, and contrasts and sums are those of their maps",
                    resolved_.targets.size()));
  for (const Target& target : resolved_.targets) {
    for (const Term& term : target.terms) {
      PELLUCID_CHECK(!names_class(term) || logits.size() == 2, kUsage, "target '{}' names a class: {}", target.spec,
                     no_classes(prepared_->graph, output));
      if (std::find(resolved_.spaces.begin(), resolved_.spaces.end(), term.key()) == resolved_.spaces.end())
        resolved_.spaces.push_back(term.key());
    }
  }
  resolved_.target_count =
      resolved_.targets.empty() ? request_.top : static_cast<std::int64_t>(resolved_.targets.size());
  const bool pair = logits.size() == 2 && batch_axis(logits) == 0;
  PELLUCID_CHECK(!resolved_.targets.empty() || pair, kUsage, "there is no top class: {}",
                 no_classes(prepared_->graph, output));
  PELLUCID_CHECK(!resolved_.targets.empty() || request_.top <= classes, kUsage, "--top {}: the model has {} classes",
                 request_.top, classes);
}

}  // namespace pellucid::explain
