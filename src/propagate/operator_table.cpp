#include <nlohmann/json.hpp>
#include <pellucid/operators.hpp>
#include <set>

#include "propagate/operators/operators.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid {
namespace {

using nlohmann::ordered_json;
using propagate::Rule;
using propagate::RuleKind;
using propagate::RuleSet;

std::string how(const Rule& rule) {
  if (rule.kind == RuleKind::kZero) return "zero";
  return rule.is_gradient ? "gradient" : "own";
}

ordered_json rules_of(const RuleSet& rules, const std::string& op) {
  ordered_json list = ordered_json::array();
  for (const Rule& rule : rules.rules()) {
    if (!rule.names(op)) continue;
    const bool conditional = static_cast<bool>(rule.matches);
    list.push_back({{"rule", rule.name}, {"formula", rule.why}, {"how", how(rule)}, {"some_roles", conditional}});
    if (!conditional) break;
  }
  return list;
}

}  // namespace

std::string operator_table() {
  std::vector<RuleSet> sets;
  std::set<std::string> names;
  for (const std::string& name : propagate::rule_set_names()) {
    sets.push_back(propagate::make_rule_set(name));
    for (const Rule& rule : sets.back().rules()) names.insert(rule.operators.begin(), rule.operators.end());
  }
  ordered_json table = ordered_json::array();
  for (const std::string& op : names) {
    ordered_json entry{{"operator", op}, {"rules", ordered_json::object()}};
    for (const RuleSet& rules : sets) entry["rules"][rules.name()] = rules_of(rules, op);
    table.push_back(entry);
  }
  for (const auto& refused : propagate::operators::refused())
    table.push_back({{"operator", refused.op}, {"refused", refused.why}});
  return table.dump(1);
}

}  // namespace pellucid
