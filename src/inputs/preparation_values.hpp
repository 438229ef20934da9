#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "inputs/image_preparation.hpp"

/// Typed values of a preparation file, for parse_preparation alone.
namespace pellucid::inputs {

using Json = nlohmann::json;

/// Reads keys of one JSON object; a missing key or a value of another form is Error{kBadInput} naming file and key.
class PreparationValues {
 public:
  PreparationValues(const Json& object, const std::string& name) : object_(object), name_(name) {}

  /// Whether the key is there and not null.
  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] const Json& at(const std::string& key) const;
  /// False where the key is absent or null.
  [[nodiscard]] bool flag(const std::string& key) const;
  [[nodiscard]] double number(const std::string& key) const;
  /// Three numbers, or one that stands for all three.
  [[nodiscard]] std::array<double, 3> channels(const std::string& key) const;
  /// Pixels: a whole number from 1 to kMaxSide. `key` only names it.
  [[nodiscard]] std::int64_t pixels(const Json& value, const std::string& key) const;
  /// A code of Pillow's filters, or a filter's name.
  [[nodiscard]] Filter filter(const std::string& key) const;
  [[noreturn]] void refuse(const std::string& key, const char* wanted) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const Json& object_;
  const std::string& name_;
};

/// The preparation that timm's `create_transform(…, is_training=False)` makes from a `pretrained_cfg`.
[[nodiscard]] ImagePreparation parse_timm_preparation(const Json& config, const std::string& name);

}  // namespace pellucid::inputs
