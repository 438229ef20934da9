#include "render/record.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "render/record_text.hpp"
#include "render/text.hpp"

namespace pellucid {
namespace {

using nlohmann::json;
using render::clean_text;

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(clean_text(text)); }

json texts(const std::vector<std::string>& strings) {
  json list = json::array();
  for (const auto& string : strings) list.push_back(clean_text(string));
  return list;
}

json finite_table(const std::vector<std::vector<double>>& table) {
  json rows = json::array();
  for (const auto& row : table) {
    json values = json::array();
    for (const double value : row) values.push_back(std::isfinite(value) ? json(value) : json(nullptr));
    rows.push_back(std::move(values));
  }
  return rows;
}

struct OptionToJson {
  json operator()(const std::string& value) const { return clean_text(value); }
  json operator()(const std::vector<std::string>& value) const { return texts(value); }
  template <class T>
  json operator()(const T& value) const {
    return value;
  }
};

json options(const Explanation& explanation) {
  json object = json::object();
  for (const auto& [name, value] : explanation.options) object[clean_text(name)] = std::visit(OptionToJson{}, value);
  return object;
}

json targets(const Explanation& explanation) {
  json list = json::array();
  for (const TargetRecord& target : explanation.targets) {
    json samples = json::array();
    for (const SampleTarget& sample : target.samples) {
      samples.push_back({{"index", sample.class_index ? json(*sample.class_index) : json(nullptr)},
                         {"label", text_or_null(sample.label)},
                         {"value", sample.value},
                         {"probability", sample.probability ? json(*sample.probability) : json(nullptr)}});
    }
    list.push_back({{"spec", clean_text(target.spec)}, {"samples", std::move(samples)}});
  }
  return list;
}

json fed_inputs(const Explanation& explanation) {
  json list = json::array();
  for (const FedInput& input : explanation.model_inputs)
    list.push_back({{"name", clean_text(input.name)}, {"dtype", element_name(input.type)}, {"shape", input.shape}});
  return list;
}

json tokens(const Explanation& explanation) {
  const TokenLayout& layout = explanation.layout;
  json special = json::array();
  for (std::size_t i = 0; i < layout.special.size(); ++i) {
    const std::string name = i < layout.special_names.size() ? layout.special_names[i] : "";
    special.push_back({{"index", layout.special[i]}, {"name", clean_text(name)}});
  }
  json object = {{"count", layout.tokens}, {"special", std::move(special)}, {"grid", nullptr}};
  if (layout.rows > 0 && layout.columns > 0) {
    object["grid"] = {{"rows", layout.rows},
                      {"columns", layout.columns},
                      {"patch_height", layout.patch_height},
                      {"patch_width", layout.patch_width},
                      {"input_height", layout.input_height},
                      {"input_width", layout.input_width}};
  }
  if (!explanation.texts.empty()) object.update(render::record_of_texts(explanation));
  return object;
}

/// The shortest decimal number that reads back as the same float32.
double shortest(double value) { return std::stod(fmt::format("{}", static_cast<float>(value))); }

json nested(const double*& next, const Shape& shape, std::size_t axis) {
  if (axis == shape.size()) return *next++;
  json list = json::array();
  for (std::int64_t i = 0; i < shape[axis]; ++i) list.push_back(nested(next, shape, axis + 1));
  return list;
}

/// What is read back in the array's own type is exactly what was computed.
json array(const Tensor& tensor) {
  std::vector<double> values = tensor.to_doubles();
  PELLUCID_ASSERT(std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }));
  if (tensor.type() == ElementType::kFloat32) std::transform(values.begin(), values.end(), values.begin(), shortest);
  const double* next = values.data();
  return {
      {"dtype", element_name(tensor.type())}, {"shape", tensor.shape()}, {"values", nested(next, tensor.shape(), 0)}};
}

json certificate(const Certificate& c) {
  json gaps = json::array();
  for (const Gap& gap : c.gaps) {
    json along = json::array();
    for (const GapAt& at : gap.along)
      along.push_back({{"place", clean_text(at.place)},
                       {"relative", std::isfinite(at.relative) ? json(at.relative) : json(nullptr)}});
    gaps.push_back({{"name", clean_text(gap.name)},
                    {"absolute", finite_table(gap.absolute)},
                    {"relative", finite_table(gap.relative)},
                    {"along", std::move(along)},
                    {"promised", gap.promised},
                    {"note", clean_text(gap.note)}});
  }
  return {{"precision", c.precision},
          {"seed", c.seed},
          {"forward_passes", c.forward_passes},
          {"backward_passes", c.backward_passes},
          {"gaps", std::move(gaps)},
          {"notes", texts(c.notes)}};
}

json timing(const Timing& t) {
  json object = {{"load_seconds", t.load_seconds},
                 {"compile_seconds", t.compile_seconds},
                 {"run_seconds", t.run_seconds},
                 {"forward_seconds", nullptr},
                 {"multiples", nullptr}};
  if (!t.forward_seconds) return object;
  object["forward_seconds"] = *t.forward_seconds;
  const auto passes = [&](double seconds) { return seconds / *t.forward_seconds; };
  object["multiples"] = {
      {"load", passes(t.load_seconds)}, {"compile", passes(t.compile_seconds)}, {"run", passes(t.run_seconds)}};
  return object;
}

}  // namespace

json record(const Explanation& e) {
  return {{"pellucid", PELLUCID_VERSION},
          {"model",
           {{"path", clean_text(e.model_path)}, {"sha256", text_or_null(e.model_sha256)}, {"inputs", fed_inputs(e)}}},
          {"input", {{"files", texts(e.input_names)}, {"sha256", texts(e.input_sha256)}}},
          {"method", e.method},
          {"rules", text_or_null(e.rules)},
          {"signed", e.signed_scores},
          {"target_free", e.target_free},
          {"options", options(e)},
          {"targets", targets(e)},
          {"tokens", tokens(e)},
          {"scores", array(e.scores)},
          {"token_scores", array(e.token_scores)},
          {"logits", array(e.logits)},
          {"certificate", certificate(e.certificate)},
          {"timing", timing(e.timing)}};
}

}  // namespace pellucid
