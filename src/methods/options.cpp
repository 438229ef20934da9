#include "methods/options.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/check.hpp"

namespace pellucid::methods {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

template <class T>
bool parse_number(const std::string& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

[[noreturn]] void refuse(const std::string& owner, const OptionSpec& spec, const std::string& text,
                         const std::string& due) {
  fail(ErrorCode::kUsage, "option {}={} of {}: {} is expected", spec.name, text, owner, due);
}

std::string bounds(const OptionSpec& spec, const std::string& kind) {
  std::string text = kind;
  if (spec.least > -1e300) text += fmt::format(" of at least {}", spec.least);
  if (spec.most < 1e300) text += fmt::format("{} at most {}", spec.least > -1e300 ? " and" : " of", spec.most);
  if (!spec.words.empty()) text += " (or " + joined(spec.words) + ")";
  return text;
}

bool fits_number(const OptionSpec& spec, double value) {
  return std::isfinite(value) && value >= spec.least && value <= spec.most;
}

OptionValue parse_number_map(const std::string& owner, const OptionSpec& spec, const std::string& text) {
  const std::string due =
      fmt::format("a number of at least {}, or a JSON object of such for {}", spec.least, joined(spec.words));
  double value = 0;
  if (parse_number(text, value)) {
    if (!fits_number(spec, value)) refuse(owner, spec, text, due);
    return value;
  }
  const nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) refuse(owner, spec, text, due);
  NumberMap numbers;
  for (const auto& [name, held] : object.items()) {
    const bool known = std::find(spec.words.begin(), spec.words.end(), name) != spec.words.end();
    if (!known || !held.is_number() || !fits_number(spec, held.get<double>())) refuse(owner, spec, text, due);
    numbers[name] = held.get<double>();
  }
  return numbers;
}

OptionValue parse(const std::string& owner, const OptionSpec& spec, const std::string& text) {
  const bool is_word = std::find(spec.words.begin(), spec.words.end(), text) != spec.words.end();
  switch (spec.kind) {
    case OptionKind::kBool:
      if (text != "true" && text != "false") refuse(owner, spec, text, "true or false");
      return text == "true";
    case OptionKind::kWord:
      if (!is_word) refuse(owner, spec, text, "one of " + joined(spec.words));
      return text;
    case OptionKind::kNumberMap: return parse_number_map(owner, spec, text);
    case OptionKind::kFile:
    case OptionKind::kText: return text;
    case OptionKind::kInteger: {
      if (is_word) return text;
      std::int64_t value = 0;
      const bool fits = parse_number(text, value) && static_cast<double>(value) >= spec.least &&
                        static_cast<double>(value) <= spec.most;
      if (!fits) refuse(owner, spec, text, bounds(spec, "a whole number"));
      return value;
    }
    case OptionKind::kNumber: {
      if (is_word) return text;
      double value = 0;
      const bool fits = parse_number(text, value) && fits_number(spec, value);
      if (!fits) refuse(owner, spec, text, bounds(spec, "a number"));
      return value;
    }
    case OptionKind::kIntegers: {
      std::vector<double> values;
      for (const std::string& part : split(text)) {
        std::int64_t value = 0;
        if (!parse_number(part, value)) refuse(owner, spec, text, "whole numbers separated by commas");
        values.push_back(static_cast<double>(value));
      }
      return values;
    }
    case OptionKind::kWords: {
      const std::vector<std::string> parts = split(text);
      for (const std::string& part : parts)
        if (std::find(spec.words.begin(), spec.words.end(), part) == spec.words.end())
          refuse(owner, spec, text, "a list of " + joined(spec.words));
      return parts;
    }
  }
  fail(ErrorCode::kInternal, "internal: unknown kind of option");
}

std::vector<std::string> names_of(const std::vector<OptionSpec>& specs, const Profile& authors) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.push_back(spec.name);
  if (!authors.values.empty()) names.emplace_back("profile");
  return names;
}

std::map<std::string, std::string> read_pairs(const std::string& owner, const std::vector<std::string>& allowed,
                                              const std::vector<std::string>& given) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : given) {
    const auto equals = text.find('=');
    PELLUCID_CHECK(equals != std::string::npos, kUsage, "option '{}': NAME=VALUE is expected", text);
    const std::string name = text.substr(0, equals);
    PELLUCID_CHECK(std::find(allowed.begin(), allowed.end(), name) != allowed.end(), kUsage,
                   "{} has no option '{}'; it has: {}", owner, name, allowed.empty() ? "none" : joined(allowed));
    PELLUCID_CHECK(pairs.emplace(name, text.substr(equals + 1)).second, kUsage, "option '{}' is given twice", name);
  }
  return pairs;
}

}  // namespace

ResolvedOptions resolve_options(const std::string& owner, const std::vector<OptionSpec>& specs, const Profile& authors,
                                const std::vector<std::string>& given) {
  std::map<std::string, std::string> pairs = read_pairs(owner, names_of(specs, authors), given);
  if (const auto profile = pairs.find("profile"); profile != pairs.end()) {
    const std::string which = profile->second;
    PELLUCID_CHECK(which == "clean" || which == "authors", kUsage,
                   "option profile={} of {}: clean or authors is expected", which, owner);
    pairs.erase(profile);
    if (which == "authors") pairs.insert(authors.values.begin(), authors.values.end());
  }
  Options values;
  for (const OptionSpec& spec : specs) {
    const auto at = pairs.find(spec.name);
    values.emplace_back(spec.name, at == pairs.end() ? spec.otherwise : parse(owner, spec, at->second));
  }
  return ResolvedOptions(std::move(values));
}

const OptionValue& ResolvedOptions::value(const std::string& name) const {
  for (const auto& [mine, held] : values_)
    if (mine == name) return held;
  fail(ErrorCode::kInternal, "internal: the method declares no option '{}'", name);
}

bool ResolvedOptions::has(const std::string& name) const {
  return std::any_of(values_.begin(), values_.end(), [&](const auto& pair) { return pair.first == name; });
}

bool ResolvedOptions::flag(const std::string& name) const { return std::get<bool>(value(name)); }
std::int64_t ResolvedOptions::integer(const std::string& name) const { return std::get<std::int64_t>(value(name)); }
std::string ResolvedOptions::word(const std::string& name) const { return std::get<std::string>(value(name)); }
std::vector<std::string> ResolvedOptions::words(const std::string& name) const {
  return std::get<std::vector<std::string>>(value(name));
}

double ResolvedOptions::number_of(const std::string& name, const std::string& part) const {
  const OptionValue& held = value(name);
  if (const auto* number = std::get_if<double>(&held)) return *number;
  const auto& numbers = std::get<NumberMap>(held);
  const auto at = numbers.find(part);
  return at == numbers.end() ? 0 : at->second;
}

bool ResolvedOptions::is_word(const std::string& name) const {
  return std::holds_alternative<std::string>(value(name));
}

double ResolvedOptions::number(const std::string& name) const {
  const OptionValue& held = value(name);
  if (const auto* whole = std::get_if<std::int64_t>(&held)) return static_cast<double>(*whole);
  return std::get<double>(held);
}

void ResolvedOptions::set(const std::string& name, OptionValue replacement) {
  const auto at = std::find_if(values_.begin(), values_.end(), [&name](const auto& one) { return one.first == name; });
  if (at != values_.end()) at->second = std::move(replacement);
}

}  // namespace pellucid::methods
