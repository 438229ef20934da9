#include "propagate/rule_sets.hpp"

#include <map>

#include "base/check.hpp"
#include "propagate/rule_sets/attnlrp.hpp"
#include "propagate/rule_sets/chefer.hpp"
#include "propagate/rule_sets/cp_lrp.hpp"
#include "propagate/rule_sets/gradient.hpp"
#include "propagate/rule_sets/libra.hpp"
#include "propagate/rule_sets/lrp.hpp"

namespace pellucid::propagate {

const std::vector<std::string>& rule_set_names() {
  static const std::vector<std::string> kNames{"gradient", "libra", "attnlrp", "cp-lrp", "chefer", "lrp"};
  return kNames;
}

RuleSet make_rule_set(const std::string& name, const RuleOptions& options) {
  if (name == "gradient") return gradient_rule_set();
  if (name == "libra") return libra_rule_set();
  if (name == "attnlrp") return attnlrp_rule_set(options);
  if (name == "cp-lrp") return cp_lrp_rule_set(options);
  if (name == "chefer") return chefer_rule_set(options.relevance_epsilon);
  if (name == "lrp") return lrp_rule_set(options.relevance_epsilon);
  std::string known;
  for (const std::string& one : rule_set_names()) known += (known.empty() ? "" : ", ") + one;
  fail(ErrorCode::kUsage, "unknown rule set '{}'; known: {}", name, known);
}

}  // namespace pellucid::propagate
