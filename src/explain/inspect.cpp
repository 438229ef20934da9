#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "explain/applicable.hpp"
#include "explain/model_state.hpp"
#include "explain/quantised.hpp"
#include "explain/unread.hpp"
#include "methods/method.hpp"
#include "methods/rule_set_options.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid {
namespace {

using nlohmann::ordered_json;

ordered_json value_json(const graph::Graph& graph, graph::ValueId id) {
  if (id == graph::kNone) return nullptr;
  ordered_json json;
  json["name"] = graph.value(id).name;
  json["dims"] = graph::to_string(graph.dims(id));
  if (const graph::Node* node = graph.producer(id); node != nullptr) json["node"] = graph::describe(*node);
  return json;
}

ordered_json site_json(const graph::Graph& graph, const anatomy::AttentionSite& site) {
  ordered_json json;
  json["probabilities"] = value_json(graph, site.probabilities);
  json["heads"] = site.heads;
  json["key_value_heads"] = site.key_value_heads;
  json["queries"] = site.queries;
  json["keys"] = site.keys;
  json["heads_folded_into_batch"] = site.heads_folded;
  json["self"] = site.self;
  json["q"] = value_json(graph, site.q);
  json["k"] = value_json(graph, site.k);
  json["v"] = value_json(graph, site.v);
  return json;
}

ordered_json layout_json(const TokenLayout& layout) {
  ordered_json json;
  json["tokens"] = layout.tokens;
  json["special"] = layout.special;
  json["special_names"] = layout.special_names;
  json["patch_grid"] = {layout.rows, layout.columns};
  json["patch_size"] = {layout.patch_height, layout.patch_width};
  json["input_size"] = {layout.input_height, layout.input_width};
  return json;
}

ordered_json decoder_json(const graph::Graph& graph, const anatomy::Decoder& decoder) {
  ordered_json json;
  json["tokens"] = value_json(graph, decoder.tokens);
  json["read_out"] = {{"rows", decoder.read_out.description}, {"why", decoder.read_out.why}};
  json["attention"] = ordered_json::array();
  for (const anatomy::AttentionSite& site : decoder.sites) json["attention"].push_back(site_json(graph, site));
  return json;
}

ordered_json stream_json(const graph::Graph& graph, const anatomy::Stream& stream) {
  ordered_json json;
  json["name"] = stream.name;
  json["input"] = stream.input;
  json["tokens"] = value_json(graph, stream.tokens);
  json["width"] = stream.width;
  if (stream.bypassed) json["bypassed"] = true;
  json["layout"] = layout_json(stream.layout);
  json["read_out"] = {{"rows", stream.read_out.description}, {"why", stream.read_out.why}};
  json["blocks"] = ordered_json::array();
  for (const anatomy::Block& block : stream.blocks) {
    ordered_json entry;
    entry["input"] = value_json(graph, block.input);
    entry["output"] = value_json(graph, block.output);
    entry["attention_input"] = value_json(graph, block.attention_input);
    entry["pre_norm"] = block.pre_norm;
    entry["attention"] = site_json(graph, block.site);
    json["blocks"].push_back(entry);
  }
  if (stream.decoder) json["decoder"] = decoder_json(graph, *stream.decoder);
  return json;
}

/// Where a walk ends that starts at the scores.
std::vector<graph::ValueId> walk_ends(const explain::Prepared& prepared) {
  const std::vector<graph::ValueId> tokens = explain::token_values(prepared.anatomy);
  return tokens.empty() ? explain::float_inputs(prepared.graph) : tokens;
}

/// Node, operator, rule and why for all that a walk from the scores to the tokens passes or is stopped by. What lies
/// behind a constant gets nothing and isn't listed.
ordered_json rules_json(const explain::Prepared& prepared, const std::string& name) {
  const propagate::RuleSet rules = propagate::make_rule_set(name), gradient = propagate::make_rule_set("gradient");
  const explain::DryWalk walk = explain::dry_walk(prepared, rules, walk_ends(prepared));
  ordered_json list = ordered_json::array();
  for (const graph::NodeId id :
       propagate::Walk::path(prepared.graph, gradient, {prepared.anatomy.head.logits}, walk_ends(prepared))) {
    const graph::Node& node = prepared.graph.node(id);
    const propagate::Rule* rule = rules.find(prepared.graph, node);
    const bool stops = rule != nullptr && rule->kind == propagate::RuleKind::kZero;
    if (walk.walked.count(id) == 0 && !stops && (walk.stopped.empty() || rule != nullptr)) continue;
    ordered_json entry;
    entry["node"] = node.source;
    entry["operator"] = node.op;
    entry["rule"] = rule != nullptr ? rule->name : "none";
    entry["why"] =
        rule != nullptr ? rule->why : "no rule covers this operator: methods that walk back stop with an error here";
    list.push_back(entry);
  }
  return list;
}

ordered_json options_json(const std::vector<methods::OptionSpec>& specs) {
  ordered_json list = ordered_json::array();
  for (const methods::OptionSpec& spec : specs) {
    ordered_json option = {{"name", spec.name}, {"meaning", spec.meaning}, {"words", spec.words}};
    std::visit([&option](const auto& held) { option["default"] = held; }, spec.otherwise);
    list.push_back(option);
  }
  return list;
}

ordered_json methods_json(const explain::Prepared& prepared) {
  explain::Applicable applicable(prepared);
  ordered_json list = ordered_json::array();
  for (const methods::Method& method : methods::methods()) {
    const explain::Verdict verdict = applicable.judge(method);
    list.push_back({{"name", method.name},
                    {"works", verdict.why_not.empty()},
                    {"only", verdict.only},
                    {"why_not", verdict.why_not}});
  }
  return list;
}

}  // namespace

std::string Model::inspect(const TensorMap& inputs, const std::string& rules) {
  const explain::Prepared& prepared = state_->prepare(inputs, "tokens");
  ordered_json json;
  json["model"] = file().string();
  json["sha256"] = sha256();
  if (const std::string nodes = explain::quantised_nodes(state_->file); !nodes.empty()) json["quantised"] = nodes;
  if (!prepared.unread.empty()) json["unread"] = prepared.unread;
  json["nodes"] = prepared.graph.order().size();
  json["batch_axis"] = prepared.batch_free ? "free" : "fixed at " + std::to_string(prepared.batch);
  json["inputs"] = ordered_json::array();
  for (const graph::ValueId id : prepared.graph.inputs) json["inputs"].push_back(value_json(prepared.graph, id));
  json["outputs"] = ordered_json::array();
  for (const graph::ValueId id : prepared.graph.outputs) json["outputs"].push_back(value_json(prepared.graph, id));
  json["streams"] = ordered_json::array();
  for (const anatomy::Stream& stream : prepared.anatomy.streams)
    json["streams"].push_back(stream_json(prepared.graph, stream));
  json["attention_sites"] = prepared.anatomy.sites.size();
  json["head"] = {{"logits", value_json(prepared.graph, prepared.anatomy.head.logits)},
                  {"feature", value_json(prepared.graph, prepared.anatomy.head.feature)}};
  json["methods"] = methods_json(prepared);
  json["evidence"] = prepared.anatomy.evidence;
  PELLUCID_CHECK(rules.empty() || prepared.unread.empty(), kUnsupported, "--rules {}: {}", rules,
                 explain::why_unread(prepared));
  if (!rules.empty()) json["rules"] = rules_json(prepared, rules);
  return json.dump(1);
}

std::string method_table() {
  ordered_json table = ordered_json::array();
  for (const methods::Method& method : methods::methods()) {
    ordered_json entry = {{"name", method.name},
                          {"title", method.title},
                          {"paper", method.paper},
                          {"summary", method.summary},
                          {"cost", method.cost},
                          {"promise", method.promise},
                          {"signed", method.signed_scores},
                          {"class_specific", !method.target_free},
                          {"rules", method.rule_sets}};
    entry["options"] = options_json(method.options);
    entry["rule_set_options"] = ordered_json::object();
    for (const std::string& rules : method.rule_sets)
      if (const auto specs = methods::rule_set_options(rules); !specs.empty())
        entry["rule_set_options"][rules] = options_json(specs);
    table.push_back(entry);
  }
  return table.dump(1);
}

}  // namespace pellucid
