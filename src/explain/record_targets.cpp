#include <cmath>

#include "base/check.hpp"
#include "explain/explainer.hpp"
#include "explain/probabilities.hpp"
#include "methods/settle.hpp"

namespace pellucid::explain {
Explanation Explainer::frame() const {
  Explanation explanation;
  explanation.method = resolved_.method->name;
  explanation.rules = resolved_.method->walks ? resolved_.rules : "";
  explanation.signed_scores = methods::gives_signed_scores(*resolved_.method, resolved_.options);
  explanation.target_free = resolved_.method->target_free;
  explanation.options = resolved_.options.all();
  explanation.layout = stream_->layout;
  explanation.certificate.precision = precision_name(resolved_.precision);
  explanation.certificate.seed = state_.options.seed;
  explanation.certificate.notes = resolved_.notes;
  explanation.model_path = state_.file.path().string();
  explanation.model_sha256 = state_.file.sha256();
  for (const auto& [name, tensor] : request_.inputs)
    explanation.model_inputs.push_back({name, tensor.type(), tensor.shape()});
  explanation.class_labels = state_.folder.id2label;
  explanation.texts = request_.texts;
  for (const TokenizedText& text : request_.texts)
    if (text.cut > 0)
      explanation.certificate.notes.push_back(
          fmt::format("{} token{} of the text were cut: what they say has no score; --window explains a text whole",
                      text.cut, text.cut == 1 ? "" : "s"));
  return explanation;
}

void Explainer::finish(Explanation& explanation) const {
  for (const double score : explanation.token_scores.to_doubles())
    PELLUCID_CHECK(std::isfinite(score), kBadInput,
                   "the scores are not finite: the model's weights or activations hold NaN or overflow");
  const Shape& logits = explanation.logits.shape();
  const bool classes = logits.size() == 2 && logits[0] == batch_ && state_.task != Task::kRegression;
  std::vector<std::vector<double>> probabilities;
  const std::vector<double> all = classes ? explanation.logits.to_doubles() : std::vector<double>();
  for (std::int64_t b = 0; classes && b < batch_; ++b)
    probabilities.push_back(probabilities_of(
        std::span(all).subspan(static_cast<std::size_t>(b * logits[1]), static_cast<std::size_t>(logits[1])),
        state_.task != Task::kMultiLabel));
  for (std::int64_t k = 0; k < resolved_.target_count; ++k) {
    TargetRecord record;
    record.spec =
        resolved_.targets.empty() ? fmt::format("top:{}", k + 1) : resolved_.targets[static_cast<std::size_t>(k)].spec;
    for (std::int64_t b = 0; b < batch_; ++b) {
      SampleTarget sample;
      if (resolved_.targets.empty()) {
        sample.class_index =
            top_classes_.values<std::int64_t>()[static_cast<std::size_t>(b * resolved_.target_count + k)];
        sample.label = state_.label_of(*sample.class_index);
      } else {
        const Target& target = resolved_.targets[static_cast<std::size_t>(k)];
        sample.class_index = target.class_index;
        sample.label =
            target.label_of_sample.empty() ? target.label : target.label_of_sample[static_cast<std::size_t>(b)];
      }
      sample.value = values_[static_cast<std::size_t>(k * batch_ + b)];
      if (sample.class_index && classes)
        sample.probability = probabilities[static_cast<std::size_t>(b)][static_cast<std::size_t>(*sample.class_index)];
      record.samples.push_back(sample);
    }
    explanation.targets.push_back(record);
  }
}

}  // namespace pellucid::explain
