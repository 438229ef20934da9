#include "apps/pellucid/request_options.hpp"

#include "base/check.hpp"

namespace pellucid::cli {

void RequestOptions::declare_method(CLI::App& app) {
  app.add_option("--method", method, "How to explain; 'pellucid methods' lists them (default: auto)")
      ->type_name("NAME");
  app.add_option("--rules", rules, "Rule set of the walk back (default: the method's own)")->type_name("SET");
}

void RequestOptions::declare_targets(CLI::App& app) {
  app.add_option("--target", targets,
                 "What to explain, repeatable: logit:N or logit:LABEL, prob:N, logprob:N, contrast:A,B, "
                 "concept:FILE#TENSOR, output:NAME[i,j], sums A+B (default: the top class)")
      ->type_name("TARGET")
      ->allow_extra_args(false);
  top_option_ = app.add_option("--top", top, "Explain the K most likely classes of each sample")
                    ->type_name("K")
                    ->check(CLI::Range(1, 100000));
  app.add_option("--option", options, "Option of the method or rule set, repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--precision", precision, "float32, mixed or float64 (default: as the rule set needs)")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"float32", "mixed", "float64"}));
}

Request RequestOptions::request(const ModelInputs& inputs) const {
  PELLUCID_CHECK(targets.empty() || !top_given(), kUsage, "give either --target or --top, not both");
  Request request;
  request.method = method;
  request.rules = rules;
  request.options = options;
  request.targets = targets;
  request.top = top;
  request.precision = precision;
  request.inputs = inputs.tensors;
  request.black = inputs.black;
  return request;
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
