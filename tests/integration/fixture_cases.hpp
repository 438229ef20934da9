#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pellucid/model.hpp>

namespace pellucid::tests {

/// One expected result of a fixture folder (cases.json).
struct Case {
  std::string name, target, scores;  ///< `scores`: name of the expected tensor
  double atol = 0, rtol = 1e-4;
  std::optional<double> min_cosine;
  std::optional<std::int64_t> row;  ///< the sample of the batch that is compared
  bool patches = false;             ///< compares `scores` instead of `token_scores`
};

/// Cases that one request with several targets answers.
struct CaseGroup {
  std::filesystem::path model;
  std::string method, rules, precision;
  std::vector<std::string> options;
  std::vector<std::int64_t> rows;  ///< samples that are fed; empty: all
  std::vector<Case> cases;
};

/// The cases of a folder under one rule set.
[[nodiscard]] std::vector<CaseGroup> read_cases(const std::filesystem::path& folder, const std::string& rules);

/// Runs a group on the inputs; one line for every case that doesn't hold.
void run_group(Model& model, const CaseGroup& group, const TensorMap& inputs, const TensorMap& expected,
               std::vector<std::string>& faults);

/// These samples of every tensor, as a batch of their own.
[[nodiscard]] TensorMap take_rows(const TensorMap& tensors, const std::vector<std::int64_t>& rows);

/// What is wrong with target `k` of an explanation, "" where the case holds.
[[nodiscard]] std::string fault_of(const Case& expected, const Explanation& got, std::int64_t k, const Tensor& want);

}  // namespace pellucid::tests
