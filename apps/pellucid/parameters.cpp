#include "apps/pellucid/parameters.hpp"

#include <cstdint>

#include <CLI/CLI.hpp>

namespace pellucid::cli {
namespace {

template <class Value>
CLI::Option* add_option(CLI::App& parser, const Parameter& parameter, Value& value) {
  return parser.add_option(parameter.name, value)->type_name(parameter.value)->required(parameter.required);
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

void Parameters::choice(std::string& value, const Parameter& parameter, const std::vector<std::string>& words) {
  add_option(*parser_, parameter, value)->check(CLI::IsMember(words));
  all_.push_back(parameter);
}

template <class Number>
void Parameters::number(Number& value, const Parameter& parameter, std::optional<Limits> limits) {
  CLI::Option* option = add_option(*parser_, parameter, value);
  if (limits) option->check(CLI::Range(limits->lowest, limits->highest));
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
}

void Parameters::repeated_text(std::vector<std::string>& values, const Parameter& parameter) {
  add_option(*parser_, parameter, values)->allow_extra_args(false);
  all_.push_back(parameter);
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
