#include "apps/pellucid/completed_words.hpp"

#include <nlohmann/json.hpp>
#include <pellucid/model.hpp>

#include "propagate/rule_sets.hpp"

namespace pellucid::cli {

std::vector<std::string> completed_methods() {
  std::vector<std::string> names;
  for (const auto& method : nlohmann::json::parse(method_table())) names.push_back(method.at("name"));
  return names;
}

std::vector<std::string> completed_words(const Parameter& parameter) {
  const bool methods = parameter.offer == Offer::kMethods || parameter.offer == Offer::kMethodLists;
  if (methods) {
    std::vector<std::string> names = completed_methods();
    if (!is_positional(parameter)) names.insert(names.begin(), "auto");
    return names;
  }
  if (parameter.offer == Offer::kRuleSets) return propagate::rule_set_names();
  return parameter.words;
}

std::vector<std::string> option_names(const Parameter& parameter) {
  if (is_positional(parameter)) return {};
  const std::size_t comma = parameter.name.find(',');
  if (comma == std::string::npos) return {parameter.name};
  return {parameter.name.substr(0, comma), parameter.name.substr(comma + 1)};
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

}  // namespace pellucid::cli
