#include "apps/pellucid/parameters.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace pellucid::cli {
namespace {

template <class Value>
CLI::Option* add_option(CLI::App& parser, const Parameter& parameter, Value& value) {
  return parser.add_option(parameter.name, value)->type_name(parameter.value)->required(parameter.required);
}

template <class Number>
struct Plain {
  using Type = Number;
};
template <class Number>
struct Plain<std::optional<Number>> {
  using Type = Number;
};

/// "a whole number from 1 to 100000".
template <class Number>
std::string range_text(const std::optional<Limits>& limits) {
  if (std::is_floating_point_v<Number>) return "a number";
  using Range = std::numeric_limits<Number>;
  const Number lowest = limits ? static_cast<Number>(limits->lowest) : Range::lowest();
  const Number highest = limits ? static_cast<Number>(limits->highest) : Range::max();
  return fmt::format("a whole number from {} to {} in plain decimal digits", lowest, highest);
}

/// Decimal notation and nothing else: the parser's own conversion takes 010 for octal and wraps -1 around.
template <class Number>
bool is_number(const std::string& text, const std::optional<Limits>& limits) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return false;
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (std::is_integral_v<Number> && text[first] == '0' && text.size() > first + 1) return false;
  return !limits || (value >= static_cast<Number>(limits->lowest) && value <= static_cast<Number>(limits->highest));
}

}  // namespace

void Parameters::flag(bool& given, const Parameter& parameter) {
  parser_->add_flag(parameter.name, given);
  all_.push_back(parameter);
}

void Parameters::text(std::string& value, const Parameter& parameter) {
  add_option(*parser_, parameter, value);
  all_.push_back(parameter);
}

void Parameters::choice(std::string& value, const Parameter& parameter) {
  add_option(*parser_, parameter, value)->check(CLI::IsMember(parameter.words));
  all_.push_back(parameter);
}

template <class Number>
void Parameters::number(Number& value, const Parameter& parameter, std::optional<Limits> limits) {
  using Type = typename Plain<Number>::Type;
  add_option(*parser_, parameter, value)->check([limits](const std::string& text) {
    return is_number<Type>(text, limits) ? "" : fmt::format("'{}' is not {}", text, range_text<Type>(limits));
  });
  all_.push_back(parameter);
}

template void Parameters::number(int&, const Parameter&, std::optional<Limits>);
template void Parameters::number(std::int64_t&, const Parameter&, std::optional<Limits>);
template void Parameters::number(std::uint64_t&, const Parameter&, std::optional<Limits>);
template void Parameters::number(double&, const Parameter&, std::optional<Limits>);
template void Parameters::number(std::optional<std::int64_t>&, const Parameter&, std::optional<Limits>);

void Parameters::texts(std::vector<std::string>& values, const Parameter& parameter) {
  add_option(*parser_, parameter, values);
  all_.push_back(parameter);
  all_.back().repeated = all_.back().many = true;
}

void Parameters::repeated_text(std::vector<std::string>& values, const Parameter& parameter) {
  add_option(*parser_, parameter, values)->allow_extra_args(false);
  all_.push_back(parameter);
  all_.back().repeated = true;
}

void Parameters::text_list(std::vector<std::string>& values, const Parameter& parameter) {
  add_option(*parser_, parameter, values)->delimiter(',');
  all_.push_back(parameter);
}

void Parameters::help_flag(const Parameter& parameter) {
  parser_->set_help_flag(parameter.name);
  all_.push_back(parameter);
}

void Parameters::version_flag(const Parameter& parameter, const std::function<std::string()>& text) {
  parser_->set_version_flag(parameter.name, text);
  all_.push_back(parameter);
}

}  // namespace pellucid::cli
