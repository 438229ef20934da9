#include "apps/pellucid/request_options.hpp"

#include "apps/pellucid/parameters.hpp"
#include "base/check.hpp"

namespace pellucid::cli {

void RequestOptions::declare_method(Parameters& parameters) {
  parameters.text(method, {.name = "--method",
                           .value = "NAME",
                           .help = "How to explain; 'pellucid methods' lists them (default: auto)",
                           .offer = Offer::kMethods});
  parameters.text(rules, {.name = "--rules",
                          .value = "SET",
                          .help = "Rule set of the walk back (default: the method's own)",
                          .offer = Offer::kRuleSets});
}

void RequestOptions::declare_targets(Parameters& parameters) {
  parameters.repeated_text(
      targets,
      {.name = "--target",
       .value = "TARGET",
       .help = "What to explain, repeatable: logit:N or logit:LABEL, prob:N, logprob:N, contrast:A,B, "
               "concept:FILE#TENSOR, output:NAME[i,j], next:TOKEN, sums A+B (default: the top class; a question's best "
               "span, the tags of a text)"});
  parameters.text(similar_to, {.name = "--similar-to",
                               .value = "TEXT",
                               .help = "Explain how close the input is to this text, as the model embeds both"});
  parameters.number(top, {.name = "--top", .value = "K", .help = "Explain the K most likely classes of each sample"},
                    Limits{1, 100000});
  parameters.repeated_text(
      options, {.name = "--option", .value = "NAME=VALUE", .help = "Option of the method or rule set, repeatable"});
  parameters.choice(precision, {.name = "--precision",
                                .value = "TYPE",
                                .help = "float32, mixed or float64 (default: as the rule set needs)",
                                .words = {"float32", "mixed", "float64"}});
}

void RequestOptions::declare_measurements(Parameters& parameters) {
  parameters.flag(check_precision, {.name = "--check-precision",
                                    .help = "Explain again in float64 and certify how far apart the scores are"});
  parameters.flag(measure_forward, {.name = "--measure-forward",
                                    .help = "Time a pass of the untouched model, too: the record has multiples of it"});
}

void RequestOptions::declare_sampling(Parameters& parameters) {
  parameters.text(tolerance, {.name = "--tolerance",
                              .value = "SHARE",
                              .help = "Methods that draw samples: draw more until the standard error is at most this "
                                      "share of the largest score; integrated-gradients: choose the steps until the "
                                      "completeness gap is at most this share"});
  parameters.text(resume, {.name = "--resume",
                           .value = "FILE",
                           .help = "Methods that run changed inputs: keep their scores in this file and go on from it "
                                   "after an interruption"});
}

Request RequestOptions::request(const ModelInputs& inputs) const {
  PELLUCID_CHECK(targets.empty() || !top, kUsage, "give either --target or --top, not both");
  Request request;
  request.method = method;
  request.rules = rules;
  request.options = options;
  if (!tolerance.empty()) request.options.push_back("tolerance=" + tolerance);
  if (!resume.empty()) request.options.push_back("resume=" + resume);
  request.targets = targets;
  if (top) request.top = *top;
  request.precision = precision;
  request.check_precision = check_precision;
  request.measure_forward = measure_forward;
  request.inputs = inputs.tensors;
  request.black = inputs.black;
  request.texts = inputs.texts;
  return request;
}

Request RequestOptions::request(const ModelInputs& inputs, Model& model) const {
  Request made = request(inputs);
  if (similar_to.empty()) return made;
  PELLUCID_CHECK(!top, kUsage, "--similar-to is a target: give it without --top");
  const TensorMap other = model.tensors_of(model.tokenize({similar_to, {}}));
  made.concepts["similar-to"] = model.concept_vector(other);
  made.targets.emplace_back("concept:similar-to");
  return made;
}

std::vector<MethodChoice> parse_methods(const std::vector<std::string>& texts) {
  std::vector<MethodChoice> choices;
  for (const std::string& text : texts) {
    const std::size_t at = text.find('@');
    MethodChoice choice{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
    PELLUCID_CHECK(!choice.method.empty() && (at == std::string::npos || !choice.rules.empty()), kUsage,
                   "--methods takes names separated by commas, each as METHOD or METHOD@RULES, not '{}'", text);
    choices.push_back(std::move(choice));
  }
  PELLUCID_CHECK(!choices.empty(), kUsage, "--methods names no method");
  return choices;
}

}  // namespace pellucid::cli
