#include "render/comparison_record.hpp"

#include <nlohmann/json.hpp>

#include "render/record.hpp"
#include "render/text.hpp"

namespace pellucid {
namespace render {
namespace {

using nlohmann::json;

json said_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(clean_text(text)); }

json correlations(const std::vector<std::vector<std::optional<double>>>& table) {
  json rows = json::array();
  for (const auto& row : table) {
    json values = json::array();
    for (const auto& value : row) values.push_back(value ? json(*value) : json(nullptr));
    rows.push_back(std::move(values));
  }
  return rows;
}

json curve(const DeletionCurve& one) { return {{"values", one.values}, {"area", one.area}}; }

json compared_target(const ComparedTarget& target) {
  json object = {{"rank_correlation", correlations(target.rank_correlation)},
                 {"overlap", target.overlap},
                 {"curves_of", nullptr},
                 {"curves", json::array()},
                 {"random", nullptr}};
  if (target.curves.empty()) return object;
  object["curves_of"] = target.probability ? "probability" : "value";
  for (const DeletionCurve& one : target.curves) object["curves"].push_back(curve(one));
  if (!target.random.values.empty()) object["random"] = curve(target.random);
  return object;
}

json compared_samples(const Comparison& comparison) {
  json list = json::array();
  for (const ComparedSample& sample : comparison.samples)
    list.push_back({{"places", sample.places},
                    {"strongest", sample.strongest},
                    {"removed", sample.removed},
                    {"forward_passes", sample.forward_passes}});
  return list;
}

json mean_of(const ComparedTarget& mean) {
  json object = {{"rank_correlation", correlations(mean.rank_correlation)},
                 {"overlap", mean.overlap},
                 {"areas", nullptr},
                 {"random_area", nullptr}};
  if (mean.curves.empty()) return object;
  object["areas"] = json::array();
  for (const DeletionCurve& one : mean.curves) object["areas"].push_back(one.area);
  object["random_area"] = mean.random.area;
  return object;
}

}  // namespace

json agreement_record(const Comparison& comparison) {
  json left_out = json::array(), targets = json::array();
  for (const std::string& why : comparison.left_out) left_out.push_back(said_or_null(why));
  for (const auto& of_target : comparison.targets) {
    json samples = json::array();
    for (const ComparedTarget& one : of_target) samples.push_back(compared_target(one));
    targets.push_back(std::move(samples));
  }
  return {{"place", said_or_null(comparison.place)},
          {"compared", comparison.compared},
          {"left_out", std::move(left_out)},
          {"samples", compared_samples(comparison)},
          {"targets", std::move(targets)},
          {"mean", mean_of(comparison.mean)},
          {"replacement", said_or_null(comparison.replacement)},
          {"no_curves", said_or_null(comparison.no_curves)},
          {"random_orders", comparison.random_orders},
          {"seed", comparison.seed}};
}

}  // namespace render

nlohmann::json comparison_record(const std::vector<Explanation>& explanations, const Comparison& comparison) {
  nlohmann::json list = nlohmann::json::array();
  for (const Explanation& explanation : explanations) list.push_back(record(explanation));
  return {{"explanations", std::move(list)}, {"comparison", render::agreement_record(comparison)}};
}

}  // namespace pellucid
