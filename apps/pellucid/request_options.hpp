#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pellucid/model.hpp>

#include "apps/pellucid/model_inputs.hpp"

namespace pellucid::cli {

class Parameters;

/// What is asked for: targets, method, options, precision.
struct RequestOptions {
  std::string method = "auto", rules, precision, similar_to, tolerance, resume;
  std::vector<std::string> targets, options;
  std::optional<std::int64_t> top;
  bool check_precision = false, measure_forward = false;

  void declare_method(Parameters& parameters);
  /// --target, --top, --option, --precision.
  void declare_targets(Parameters& parameters);
  /// --check-precision, --measure-forward.
  void declare_measurements(Parameters& parameters);
  /// --tolerance, --resume.
  void declare_sampling(Parameters& parameters);
  /// Throws Error{kUsage} where both targets and --top are given.
  [[nodiscard]] Request request(const ModelInputs& inputs) const;
  /// The same, with the text of --similar-to embedded by the model as a target.
  [[nodiscard]] Request request(const ModelInputs& inputs, Model& model) const;
};

/// "attcat@libra" as method and rules; the rules are empty where none are named.
struct MethodChoice {
  std::string method, rules;
};
/// Throws Error{kUsage} where the list is empty or one of its entries is.
[[nodiscard]] std::vector<MethodChoice> parse_methods(const std::vector<std::string>& texts);

}  // namespace pellucid::cli
