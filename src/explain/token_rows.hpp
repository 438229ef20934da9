#pragma once

#include <functional>
#include <string>
#include <vector>

#include "explain/model_state.hpp"

namespace pellucid::explain {

/// The ids of a text that was changed, without padding, and their token types.
struct TokenRow {
  std::vector<std::int64_t> ids, types;
  [[nodiscard]] auto operator<=>(const TokenRow&) const = default;
};

/// How many rows the untouched model runs at a time: within `memory`, and as many as it takes where its batch is fixed.
[[nodiscard]] std::int64_t rows_at_once(const Model::State& state, const Prepared& prepared, std::uint64_t held);

/// Softmax over the classes for every row, by the untouched model: [rows][classes]. `progress` is told how many are
/// done.
[[nodiscard]] std::vector<std::vector<double>> class_probabilities(
    Model::State& state, const std::string& output, const std::vector<TokenRow>& rows, std::int64_t at_once,
    const std::function<void(std::int64_t done)>& progress);

}  // namespace pellucid::explain
