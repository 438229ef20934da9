#include "inputs/preparation_values.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/check.hpp"

namespace pellucid::inputs {

bool PreparationValues::has(const std::string& key) const {
  const auto found = object_.find(key);
  return found != object_.end() && !found->is_null();
}

const Json& PreparationValues::at(const std::string& key) const {
  PELLUCID_CHECK(has(key), kBadInput, "'{}' has no '{}': add it", name_, key);
  return object_.at(key);
}

bool PreparationValues::flag(const std::string& key) const {
  if (!has(key)) return false;
  if (!at(key).is_boolean()) refuse(key, "true or false");
  return at(key).get<bool>();
}

double PreparationValues::number(const std::string& key) const {
  if (!at(key).is_number() || !std::isfinite(at(key).get<double>())) refuse(key, "a number");
  return at(key).get<double>();
}

std::array<double, 3> PreparationValues::channels(const std::string& key) const {
  std::array<double, 3> values{};
  const Json& given = at(key);
  if (given.is_number()) {
    values.fill(number(key));
    return values;
  }
  if (!given.is_array() || given.size() != 3) refuse(key, "three numbers");
  for (std::size_t c = 0; c < 3; ++c) {
    if (!given[c].is_number()) refuse(key, "three numbers");
    values[c] = given[c].get<double>();
  }
  return values;
}

std::int64_t PreparationValues::pixels(const Json& value, const std::string& key) const {
  const double number = value.is_number() ? value.get<double>() : 0.0;
  if (!(number >= 1.0 && number <= static_cast<double>(kMaxSide)) || number != std::floor(number)) {
    refuse(key, "a whole number of pixels");
  }
  return static_cast<std::int64_t>(number);
}

Filter PreparationValues::filter(const std::string& key) const {
  static constexpr const char* kNames[] = {"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"};
  const Json& given = at(key);
  auto code = std::ssize(kNames);
  if (given.is_number_integer()) code = given.get<std::ptrdiff_t>();
  if (given.is_string()) code = std::find(kNames, std::end(kNames), given.get<std::string>()) - kNames;
  if (code < 0 || code >= std::ssize(kNames)) refuse(key, "a filter from 0 to 5 or its name");
  return static_cast<Filter>(code);
}

void PreparationValues::refuse(const std::string& key, const char* wanted) const {
  const auto found = object_.find(key);
  fail(ErrorCode::kBadInput, "'{}': '{}' must be {}, not {}", name_, key, wanted,
       found == object_.end() ? "missing" : found->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 80));
}

}  // namespace pellucid::inputs
