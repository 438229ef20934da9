#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <pellucid/model.hpp>

#include "apps/pellucid/model_inputs.hpp"

namespace pellucid::cli {

/// What is asked for: targets, method, options, precision.
struct RequestOptions {
  std::string method = "auto", rules, precision;
  std::vector<std::string> targets, options;
  std::int64_t top = 1;

  void declare_method(CLI::App& app);
  /// --target, --top, --option, --precision.
  void declare_targets(CLI::App& app);
  /// Throws Error{kUsage} where both targets and --top are given.
  [[nodiscard]] Request request(const ModelInputs& inputs) const;

 private:
  [[nodiscard]] bool top_given() const { return top_option_ != nullptr && top_option_->count() > 0; }
  CLI::Option* top_option_ = nullptr;
};

/// "attcat@libra" as method and rules; the rules are empty where none are named.
struct MethodChoice {
  std::string method, rules;
};
/// Throws Error{kUsage} where the list is empty or one of its entries is.
[[nodiscard]] std::vector<MethodChoice> parse_methods(const std::vector<std::string>& texts);

}  // namespace pellucid::cli
