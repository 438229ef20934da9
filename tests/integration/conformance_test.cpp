/// Every expected score of the fixtures under every rule set, through the library's front in one process.

#include <gtest/gtest.h>

#include <map>

#include "base/safetensors.hpp"
#include "inputs/tokenizer.hpp"
#include "integration/conformance_report.hpp"
#include "integration/fixture_cases.hpp"
#include "propagate/rule_sets.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"

namespace pellucid::tests {
namespace {

namespace fs = std::filesystem;

bool is_tried(const std::string& method) {
  return method != "contrast-cat" || Tokenizer::available();  // its references are texts
}

/// The cases under every rule set that there is.
std::vector<CaseGroup> cases_of(const fs::path& folder) {
  std::vector<CaseGroup> all;
  for (const std::string& rules : propagate::rule_set_names())
    for (CaseGroup& group : read_cases(folder, rules))
      if (is_tried(group.method)) all.push_back(std::move(group));
  return all;
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, EveryCaseHolds) {
  const auto root = fixtures();
  const fs::path folder =
      fs::exists(carried(GetParam())) ? carried(GetParam()) : root.value_or("") / "fixtures" / GetParam();
  if (!fs::exists(folder / "cases.json")) GTEST_SKIP() << "the fixtures " << GetParam() << " are not here";
  const TensorMap inputs = read_safetensors(folder / "inputs.safetensors");
  const TensorMap expected = read_safetensors(folder / "expected.safetensors");
  RunOptions options;
  options.use_cache = false;
  std::map<fs::path, Model> models;
  std::vector<std::string> faults;
  std::size_t cases = 0;
  ConformanceReport report;
  for (const CaseGroup& group : cases_of(folder)) {
    auto found = models.find(group.model);
    if (found == models.end()) found = models.emplace(group.model, Model::open(group.model, options)).first;
    const std::size_t before = faults.size();
    run_group(found->second, group, inputs, expected, faults);
    report.add(group, faults.size() - before);
    cases += group.cases.size();
  }
  if (ConformanceReport::wanted() && !models.empty()) report.inspect(models.begin()->second, inputs);
  report.write(GetParam());
  EXPECT_GT(cases, 0U);
  std::string list;
  for (const std::string& fault : faults) list += "  " + fault + "\n";
  EXPECT_TRUE(faults.empty()) << faults.size() << " of " << cases << " cases do not hold:\n" << list;
}

std::vector<std::string> folders() {
  std::vector<std::string> all = {"vit-micro",     "vit-tiny",         "bert-micro",    "bert-micro-pair",
                                  "bert-micro-qa", "bert-micro-token", "bert-tiny-sst2"};
  for (const std::string& name : vision_models()) all.push_back("matrix/" + name);
  for (const std::string& name : text_models()) all.push_back("matrix/" + name);
  for (const std::string& name : fused_models()) all.push_back("matrix/" + name);
  for (const std::string& name : rounded_models()) all.push_back("matrix/" + name);
  for (const std::string& name : other_models()) all.push_back("matrix/" + name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Conformance, testing::ValuesIn(folders()), test_name);

}  // namespace
}  // namespace pellucid::tests
