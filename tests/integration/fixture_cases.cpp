#include "integration/fixture_cases.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include <pellucid/error.hpp>

namespace pellucid::tests {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json read_json(const fs::path& path) {
  std::ifstream in(path);
  return json::parse(in);
}

std::string joined(const json& list) {
  std::string text;
  for (const json& item : list)
    text += (text.empty() ? "" : ",") + (item.is_string() ? item.get<std::string>() : item.dump());
  return text;
}

/// A target of cases.json in the spelling of the command line.
std::string target_text(const json& target, const fs::path& folder) {
  if (target.is_string()) return target;
  if (target.contains("concept")) {
    const std::string file = target.value("file", "concepts.safetensors");
    return "concept:" + (folder / file).string() + "#" + target.at("concept").get<std::string>();
  }
  if (target.contains("output")) {
    return "output:" + target.at("output").get<std::string>() + "[" + joined(target.at("index")) + "]";
  }
  if (target.contains("sum")) {
    std::string text;
    for (const json& part : target.at("sum")) text += (text.empty() ? "" : "+") + target_text(part, folder);
    return text;
  }
  const std::string kind = target.begin().key();
  const json& value = target.begin().value();
  return kind + ":" + (value.is_array() ? joined(value) : value.is_string() ? value.get<std::string>() : value.dump());
}

std::string option_text(const std::string& name, const json& value, const fs::path& folder) {
  if (name == "noise_file" || name == "references" || name == "file") {
    return name + "=" + (folder / value.get<std::string>()).string();
  }
  if (value.is_array()) return name + "=" + joined(value);
  return name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
}

Case read_case(const json& entry, const fs::path& folder) {
  Case made{entry.at("name"), target_text(entry.at("target"), folder), entry.at("scores"), 0, 1e-4, {}, {}, false};
  made.atol = entry.value("atol", 0.0);
  made.rtol = entry.value("rtol", 1e-4);
  if (entry.contains("min_cosine")) made.min_cosine = entry.at("min_cosine");
  if (entry.contains("row")) made.row = entry.at("row");
  made.patches = entry.value("tokens", "") == "patches";
  return made;
}

/// One sample of [K, batch, …] for target `k`, or all of them: as doubles.
std::vector<double> selected(const Tensor& scores, std::int64_t k, const std::optional<std::int64_t>& row) {
  const std::vector<double> all = scores.to_doubles();
  const std::int64_t batch = scores.shape().at(1), each = scores.size() / (scores.shape()[0] * batch);
  const std::int64_t first = k * batch * each + row.value_or(0) * each, count = row ? each : batch * each;
  return {all.begin() + first, all.begin() + first + count};
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  const auto dot = [](const auto& x, const auto& y) { return std::inner_product(x.begin(), x.end(), y.begin(), 0.0); };
  return dot(a, b) / std::max(std::sqrt(dot(a, a) * dot(b, b)), 1e-300);
}

}  // namespace

std::vector<CaseGroup> read_cases(const fs::path& folder, const std::string& rules) {
  const json content = read_json(folder / "cases.json");
  json head = content.is_object() ? content : json::object();
  if (fs::exists(folder / "fixture.json")) {
    json merged = read_json(folder / "fixture.json");
    merged.update(head);
    head = merged;
  }
  const fs::path home = folder / head.value("model", ".");
  const auto models = head.value("models", std::vector<std::string>{"model.onnx"});
  std::map<std::string, CaseGroup> groups;
  for (const json& entry : content.is_object() ? content.at("cases") : content) {
    if (!entry.contains("scores") || !entry.contains("method")) continue;
    if (entry.value("rules", "gradient") != rules) continue;
    for (const std::string& model : models) {
      CaseGroup made{home / model, entry.at("method"), rules, entry.value("precision", "float32"), {}, {}, {}};
      const json given = entry.value("options", json::object());
      for (const auto& [name, value] : given.items()) {
        made.options.push_back(option_text(name, value, folder));
      }
      made.rows = entry.value("rows", std::vector<std::int64_t>());
      const std::string key = json{model, made.method, made.precision, made.options, made.rows}.dump();
      groups.try_emplace(key, made).first->second.cases.push_back(read_case(entry, folder));
    }
  }
  std::vector<CaseGroup> list;
  for (auto& [key, group] : groups) list.push_back(std::move(group));
  return list;
}

void run_group(Model& model, const CaseGroup& group, const TensorMap& inputs, const TensorMap& expected,
               std::vector<std::string>& faults) {
  Request request;
  request.method = group.method;
  request.rules = group.rules;
  request.precision = group.precision == "float32" ? "" : group.precision;
  request.options = group.options;
  request.inputs = group.rows.empty() ? inputs : take_rows(inputs, group.rows);
  for (const Case& one : group.cases) request.targets.push_back(one.target);
  try {
    const Explanation got = model.explain(request);
    for (std::size_t k = 0; k < group.cases.size(); ++k) {
      Tensor want = expected.at(group.cases[k].scores);
      if (!group.rows.empty()) want = take_rows({{"want", want}}, group.rows).at("want");
      const std::string fault = fault_of(group.cases[k], got, static_cast<std::int64_t>(k), want);
      if (!fault.empty()) faults.push_back(group.cases[k].name + ": " + fault);
    }
  } catch (const Error& error) {
    for (const Case& one : group.cases) faults.push_back(one.name + ": " + error.what());
  }
}

TensorMap take_rows(const TensorMap& tensors, const std::vector<std::int64_t>& rows) {
  TensorMap taken;
  for (const auto& [name, tensor] : tensors) {
    Shape shape = tensor.shape();
    const std::size_t each = tensor.bytes() / static_cast<std::size_t>(shape.at(0));
    shape[0] = static_cast<std::int64_t>(rows.size());
    Tensor part(tensor.type(), shape);
    std::byte* to = part.mutable_data();
    for (const std::int64_t row : rows) {
      std::memcpy(to, tensor.data() + static_cast<std::size_t>(row) * each, each);
      to += each;
    }
    taken[name] = part;
  }
  return taken;
}

std::string fault_of(const Case& expected, const Explanation& got, std::int64_t k, const Tensor& want) {
  const std::vector<double> a = selected(expected.patches ? got.scores : got.token_scores, k, expected.row);
  const std::vector<double> b = want.to_doubles();
  if (a.size() != b.size()) return fmt::format("{} scores, expected {}", a.size(), b.size());
  if (!std::all_of(a.begin(), a.end(), [](double x) { return std::isfinite(x); })) return "not finite";
  if (expected.min_cosine) {
    const double reached = cosine(a, b);
    return reached >= *expected.min_cosine ? ""
                                           : fmt::format("cosine {:.5f}, at least {}", reached, *expected.min_cosine);
  }
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(a[i] - b[i]) / (expected.atol + expected.rtol * std::abs(b[i]) + 1e-300));
  }
  return worst <= 1 ? "" : fmt::format("off by {:.2f} times the tolerance", worst);
}

}  // namespace pellucid::tests
