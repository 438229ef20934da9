#pragma once

#include <nlohmann/json_fwd.hpp>

#include <pellucid/comparison.hpp>
#include <pellucid/explanation.hpp>

namespace pellucid {

/// Several explanations and how far they agree as JSON: `explanations`, each as `record` writes it, and `comparison`,
/// as docs/schema/comparison.json describes both.
[[nodiscard]] nlohmann::json comparison_record(const std::vector<Explanation>& explanations,
                                               const Comparison& comparison);

namespace render {

/// The part `comparison` alone.
[[nodiscard]] nlohmann::json agreement_record(const Comparison& comparison);

}  // namespace render
}  // namespace pellucid
