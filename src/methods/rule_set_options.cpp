#include "methods/rule_set_options.hpp"

namespace pellucid::methods {
namespace {

using propagate::LinearRole;

OptionSpec gamma_option(const std::string& name, const std::string& layers) {
  return {.name = name,
          .kind = OptionKind::kNumber,
          .otherwise = 0.0,
          .words = {},
          .least = 0,
          .meaning = "gamma rule of " + layers + ": how much contributions of the output's sign are raised; 0 is off"};
}

OptionSpec gamma_scope_option() {
  return {.name = "gamma_scope",
          .kind = OptionKind::kWords,
          .otherwise = std::vector<std::string>{"conv", "mlp", "head"},
          .words = {"conv", "mlp", "head", "attention"},
          .meaning =
              "layers that gamma reaches: patch convolution, both linear layers of an MLP, classifier, "
              "attention's projections"};
}

OptionSpec epsilon_option() {
  return {.name = "epsilon",
          .kind = OptionKind::kNumberMap,
          .otherwise = 0.0,
          .words = {"linear", "layer_norm", "matmul", "attention_value", "add"},
          .least = 0,
          .meaning = "stabilisers of denominators; 0 needs none"};
}

OptionSpec epsilon_sign_option() {
  return {.name = "epsilon_sign",
          .kind = OptionKind::kWord,
          .otherwise = std::string("sign"),
          .words = {"sign", "plus"},
          .meaning = "denominators z + e sign(z), or z + e"};
}

OptionSpec activation_option() {
  return {.name = "activation",
          .kind = OptionKind::kWord,
          .otherwise = std::string("identity"),
          .words = {"identity", "gradient"},
          .meaning = "activations pass by their gate f(x)/x held constant, or by their derivative"};
}

OptionSpec relevance_epsilon_option() {
  return {.name = "epsilon",
          .kind = OptionKind::kNumber,
          .otherwise = std::string("authors"),
          .words = {"authors"},
          .least = 0,
          .meaning = "added to every denominator whatever its sign; the authors have 1e-9"};
}

OptionSpec add_norm_option() {
  return {.name = "add_norm",
          .kind = OptionKind::kWord,
          .otherwise = std::string("sample"),
          .words = {"sample"},
          .meaning = "what the sums of the Add rule run over: one sample"};
}

LinearRole role_named(const std::string& name) {
  if (name == "conv") return LinearRole::kConv;
  if (name == "mlp") return LinearRole::kMlp;
  return name == "head" ? LinearRole::kHead : LinearRole::kAttention;
}

}  // namespace

std::vector<OptionSpec> rule_set_options(const std::string& rules) {
  if (rules == "lrp") return {relevance_epsilon_option()};
  if (rules == "chefer") return {relevance_epsilon_option(), add_norm_option()};
  if (rules != "attnlrp" && rules != "cp-lrp") return {};
  std::vector<OptionSpec> specs{gamma_option("gamma_conv", "convolutions"),
                                gamma_option("gamma_linear", "linear layers"), gamma_scope_option(), epsilon_option(),
                                epsilon_sign_option()};
  if (rules == "cp-lrp") specs.insert(specs.begin(), activation_option());
  return specs;
}

propagate::RuleOptions rule_options(const std::string& rules, const ResolvedOptions& options) {
  propagate::RuleOptions made;
  if ((rules == "chefer" || rules == "lrp") && !options.is_word("epsilon"))
    made.relevance_epsilon = options.number("epsilon");
  if (rules == "cp-lrp") made.gradient_activations = options.word("activation") == "gradient";
  if (rules != "attnlrp" && rules != "cp-lrp") return made;
  made.gamma.conv = options.number("gamma_conv");
  made.gamma.linear = options.number("gamma_linear");
  made.gamma.scope.clear();
  for (const std::string& name : options.words("gamma_scope")) made.gamma.scope.insert(role_named(name));
  made.epsilon = {options.number_of("epsilon", "linear"), options.number_of("epsilon", "layer_norm"),
                  options.number_of("epsilon", "matmul"), options.number_of("epsilon", "attention_value"),
                  options.number_of("epsilon", "add"),    options.word("epsilon_sign") == "sign"};
  return made;
}

}  // namespace pellucid::methods
