#pragma once

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pellucid::tests {

/// Checks JSON against the keywords of JSON Schema that the project's schemas use: type, required, properties,
/// additionalProperties, items, minimum, pattern, $ref. Collects what does not hold; an unknown keyword is a complaint,
/// too, so that no rule goes unchecked.
class SchemaChecker {
 public:
  explicit SchemaChecker(nlohmann::json schema) : schema_(std::move(schema)) {}

  [[nodiscard]] std::vector<std::string> complaints(const nlohmann::json& value) {
    complaints_.clear();
    check(schema_, value, "$");
    return complaints_;
  }

 private:
  using json = nlohmann::json;

  static bool is(const json& value, const std::string& type) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "null" && value.is_null()) || (type == "number" && value.is_number()) ||
           (type == "integer" && value.is_number_integer());
  }

  void require(bool holds, const std::string& where, const std::string& what) {
    if (!holds) complaints_.push_back(where + ": " + what);
  }

  void check(const json& schema, const json& value, const std::string& where) {
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "$ref") {
        check(schema_.at(json::json_pointer(rule.get<std::string>().substr(1))), value, where);
      } else if (keyword == "type") {
        const json types = rule.is_array() ? rule : json::array({rule});
        require(std::any_of(types.begin(), types.end(), [&](const json& t) { return is(value, t); }), where, "type");
      } else if (keyword == "required" && value.is_object()) {
        for (const json& key : rule) require(value.contains(key.get<std::string>()), where, "lacks " + key.dump());
      } else if (keyword == "properties" && value.is_object()) {
        for (const auto& [key, part] : value.items()) {
          if (rule.contains(key)) check(rule.at(key), part, where + "." + key);
        }
      } else if (keyword == "additionalProperties" && value.is_object()) {
        check_others(schema, rule, value, where);
      } else if (keyword == "items" && value.is_array()) {
        for (const json& part : value) check(rule, part, where + "[]");
      } else if (keyword == "minimum" && value.is_number()) {
        require(value.get<double>() >= rule.get<double>(), where, "minimum");
      } else if (keyword == "pattern" && value.is_string()) {
        require(std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())), where, "pattern");
      } else {
        const std::vector<std::string> known = {"$schema",  "title",      "description",          "$defs",
                                                "required", "properties", "additionalProperties", "items",
                                                "minimum",  "pattern"};
        require(std::count(known.begin(), known.end(), keyword) == 1, where, "unknown keyword " + keyword);
      }
    }
  }

  void check_others(const json& schema, const json& rule, const json& value, const std::string& where) {
    for (const auto& [key, part] : value.items()) {
      if (schema.contains("properties") && schema.at("properties").contains(key)) continue;
      if (rule.is_boolean()) {
        require(rule.get<bool>(), where, "does not know " + key);
      } else {
        check(rule, part, where + "." + key);
      }
    }
  }

  json schema_;
  std::vector<std::string> complaints_;
};

}  // namespace pellucid::tests
