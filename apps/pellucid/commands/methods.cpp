#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <pellucid/operators.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/table.hpp"
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string name;
  bool operators = false;
};

std::string text_of(const ordered_json& object, const char* key) { return object.value(key, std::string()); }

std::vector<std::string> words_of(const ordered_json& object, const char* key) {
  return object.value(key, std::vector<std::string>());
}

std::string summary_table(const ordered_json& methods) {
  std::string text;
  const auto width = static_cast<std::size_t>(Console::width());
  for (const auto& method : methods) {
    text += styled(text_of(method, "name"), 1) +
            fmt::format(" — {} ({})\n", text_of(method, "title"), text_of(method, "paper"));
    text += "  " + wrapped(text_of(method, "summary"), width - 2, "  ") + "\n";
    std::vector<std::string> facts = {text_of(method, "cost")};
    if (!method.value("class_specific", true)) facts.emplace_back("the same map for every class");
    if (text_of(method, "promise") != "none") facts.push_back("promises " + text_of(method, "promise"));
    facts.push_back(fmt::format("rules {}", fmt::join(words_of(method, "rules"), ", ")));
    text += styled("  " + wrapped(fmt::format("{}", fmt::join(facts, " · ")), width - 2, "  "), 2) + "\n";
  }
  return text + "\nOptions of a method: pellucid methods NAME\n";
}

std::string value_text(const ordered_json& value) {
  if (!value.is_array()) return value.is_string() ? value.get<std::string>() : value.dump();
  std::vector<std::string> items;
  for (const auto& item : value) items.push_back(value_text(item));
  return fmt::format("{}", fmt::join(items, ","));
}

std::string one_method(const ordered_json& method) {
  std::string text = styled(text_of(method, "name"), 1) + " — " + text_of(method, "title") + "\n";
  text += table({{"  paper", text_of(method, "paper")},
                 {"  shows", text_of(method, "summary")},
                 {"  costs", text_of(method, "cost")},
                 {"  promises", text_of(method, "promise")},
                 {"  signs", method.value("signed", true) ? "for and against the target" : "none: strength only"},
                 {"  rule sets", fmt::format("{}", fmt::join(words_of(method, "rules"), ", "))}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& option : method.at("options")) {
    const std::string standard = value_text(option.value("default", ordered_json()));
    const std::string words = fmt::format("{}", fmt::join(words_of(option, "words"), ", "));
    rows.push_back({"  " + text_of(option, "name"), standard.empty() ? "–" : standard,
                    text_of(option, "meaning") + (words.empty() ? "" : " (" + words + ")")});
  }
  return text + "options, with their defaults\n" + table(rows);
}

/// "own", "gradient / –": its rules in the order in which they are tried; the dash where some roles have none.
std::string cell(const ordered_json& rules) {
  std::vector<std::string> ways;
  bool all = false;
  for (const auto& rule : rules) {
    const std::string way = text_of(rule, "how");
    if (std::find(ways.begin(), ways.end(), way) == ways.end()) ways.push_back(way);
    all = all || !rule.value("some_roles", false);
  }
  if (!all) ways.emplace_back("–");
  return fmt::format("{}", fmt::join(ways, " / "));
}

std::string operators_text(const ordered_json& operators) {
  std::vector<std::vector<std::string>> rows, refused;
  for (const auto& each : operators) {
    if (!each.contains("rules")) {
      refused.push_back({"  " + text_of(each, "operator"), text_of(each, "refused")});
      continue;
    }
    if (rows.empty()) {
      rows.push_back({"operator"});
      for (const auto& [rules, list] : each.at("rules").items()) rows[0].push_back(rules);
    }
    rows.push_back({text_of(each, "operator")});
    for (const auto& [rules, list] : each.at("rules").items()) rows.back().push_back(cell(list));
  }
  return table(rows) +
         "\nown: a rule of the rule set · gradient: the ordinary gradient's · zero: nothing flows back · –: " +
         "refused\nSeveral: the first that fits what the node is there for; see pellucid inspect --rules SET.\n\n" +
         styled("refused by every rule set", 1) + "\n" + table(refused);
}

int run_operators(const Options& options, const GlobalOptions& global, const Console& console) {
  PELLUCID_CHECK(options.name.empty(), kUsage, "--operators is about rule sets; it takes no method");
  const std::string text = operator_table();
  console.print(global.json ? text + "\n" : operators_text(ordered_json::parse(text)));
  return 0;
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  if (options.operators) return run_operators(options, global, console);
  ordered_json methods = ordered_json::parse(method_table());
  if (!options.name.empty()) {
    std::vector<std::string> known;
    const ordered_json* found = nullptr;
    for (const auto& method : methods) {
      known.push_back(text_of(method, "name"));
      if (known.back() == options.name) found = &method;
    }
    PELLUCID_CHECK(found != nullptr, kUsage, "unknown method '{}'; known: {}", options.name, fmt::join(known, ", "));
    if (global.json) {
      console.print(found->dump(2) + "\n");
    } else {
      console.print(one_method(*found));
    }
    return 0;
  }
  console.print(global.json ? methods.dump(2) + "\n" : summary_table(methods));
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  parameters.text(
      options->name,
      {.name = "name", .value = "NAME", .help = "Show this method with its options", .offer = Offer::kMethods});
  parameters.flag(options->operators,
                  {.name = "--operators", .help = "Show which operators each rule set passes, and how"});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command methods_command() {
  return {"methods", "The methods: what each shows, costs and promises", R"(
  pellucid methods
  pellucid methods integrated-gradients
  pellucid methods --operators
  pellucid methods --json)",
          declare};
}

}  // namespace pellucid::cli
