#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "integration/fixture_cases.hpp"

namespace pellucid::tests {

/// What a run over one folder of fixtures found; scripts/models-page makes a page of the reports of all.
class ConformanceReport {
 public:
  /// Counts the cases of a group that was run; `faults` of them don't hold.
  void add(const CaseGroup& group, std::size_t faults);
  /// Notes which methods the model allows, and why not the others.
  void inspect(Model& model, const TensorMap& inputs);
  /// Writes NAME.json into the folder that PELLUCID_CONFORMANCE_REPORT names; nothing where it names none.
  void write(const std::string& name) const;
  [[nodiscard]] static bool wanted();

 private:
  nlohmann::json cases_ = nlohmann::json::object(), methods_;
};

}  // namespace pellucid::tests
