#include "integration/conformance_report.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace pellucid::tests {
namespace {

const char* report_folder() { return std::getenv("PELLUCID_CONFORMANCE_REPORT"); }

}  // namespace

bool ConformanceReport::wanted() { return report_folder() != nullptr; }

void ConformanceReport::add(const CaseGroup& group, std::size_t faults) {
  nlohmann::json& counts = cases_[group.method][group.rules];
  if (counts.is_null()) counts = {{"held", 0}, {"total", 0}};
  counts["total"] = counts["total"].get<std::size_t>() + group.cases.size();
  counts["held"] = counts["held"].get<std::size_t>() + group.cases.size() - faults;
}

void ConformanceReport::inspect(Model& model, const TensorMap& inputs) {
  methods_ = nlohmann::json::parse(model.inspect(inputs, "")).at("methods");
}

void ConformanceReport::write(const std::string& name) const {
  if (!wanted()) return;
  std::string file = name;
  std::replace(file.begin(), file.end(), '/', '_');
  const nlohmann::json report = {{"folder", name},
                                 {"pellucid", version()},
                                 {"onnxruntime", runtime_version()},
                                 {"cases", cases_},
                                 {"methods", methods_}};
  std::filesystem::create_directories(report_folder());
  std::ofstream(std::filesystem::path(report_folder()) / (file + ".json")) << report.dump(1) << "\n";
}

}  // namespace pellucid::tests
