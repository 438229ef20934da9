#include "explain/applicable.hpp"

#include <algorithm>

#include <pellucid/error.hpp>

#include "anatomy/word_table.hpp"
#include "explain/no_way.hpp"
#include "explain/unread.hpp"
#include "graph/builder.hpp"
#include "propagate/rule_sets.hpp"
#include "propagate/walk.hpp"

namespace pellucid::explain {
namespace {

/// Whether the method can start at the graph's input as well as at the tokens.
bool has_place(const methods::Method& method) {
  return std::any_of(method.options.begin(), method.options.end(),
                     [](const methods::OptionSpec& spec) { return spec.name == "at"; });
}

std::string not_found(const anatomy::Missing& missing) { return missing.what + " not found: " + missing.why; }

}  // namespace

DryWalk dry_walk(const Prepared& prepared, const propagate::RuleSet& rules, const std::vector<graph::ValueId>& ends) {
  graph::Graph scratch = prepared.graph;
  graph::Builder build(scratch);
  const graph::ValueId logits = prepared.anatomy.head.logits;
  if (logits == graph::kNone || !scratch.is_float(logits)) return {{}, "the model has no floating-point output"};
  const graph::ValueId seed = scratch.add_input(scratch.fresh_name("seed"), scratch.value(logits).type,
                                                graph::with_leading(1, scratch.dims(logits)));
  propagate::Walk walk(build, rules, 1);
  DryWalk result;
  try {
    walk.run({{logits, seed}}, ends);
    const bool arrives = std::any_of(ends.begin(), ends.end(),
                                     [&walk](graph::ValueId end) { return walk.cotangent(end) != graph::kNone; });
    if (!arrives)
      result.stopped = ends.empty() ? "the model has no floating-point tensor to walk to"
                                    : why_no_way(prepared.graph, rules, ends.front());
  } catch (const Error& error) {
    result.stopped = error.what();
  }
  result.walked = {walk.walked().begin(), walk.walked().end()};
  return result;
}

Verdict Applicable::judge(const methods::Method& method) {
  const anatomy::Anatomy& anatomy = prepared_.anatomy;
  if (!prepared_.unread.empty() && !needs_scores_alone(method)) return {"", why_unread(prepared_)};
  if (const auto* missing = find_missing(anatomy, method.name)) return {"", not_found(*missing)};
  const std::vector<graph::ValueId> inputs = float_inputs(prepared_.graph);
  const auto* no_tokens = find_missing(anatomy, method.name + " (at=tokens)");
  if (no_tokens != nullptr && inputs.empty())
    return {"", not_found(*no_tokens) + "; and at=input needs a floating-point input"};
  Verdict verdict;
  if (no_tokens != nullptr)
    verdict.only = "at=input";
  else if (has_place(method) && inputs.empty())
    verdict.only = anatomy::find_word_table(prepared_.graph).output == graph::kNone ? "at=tokens" : "";
  if (find_missing(anatomy, method.name + " (sites=self)") != nullptr) verdict.only = "sites=cross";
  const bool texts = std::count(method.needs.begin(), method.needs.end(), methods::Need::kTextClassifier) != 0;
  if (texts) verdict.why_not = why_no_text_classifier(prepared_);
  if (method.why_not != nullptr && !anatomy.streams.empty())
    verdict.why_not = method.why_not(prepared_.graph, anatomy, anatomy.streams.front());
  if (!verdict.why_not.empty()) return verdict;
  verdict.why_not = why_no_walk(method, no_tokens != nullptr ? inputs : token_values(anatomy));
  return verdict;
}

std::string Applicable::hint() {
  std::string list;
  for (const methods::Method& method : methods::methods()) {
    const Verdict verdict = judge(method);
    if (!verdict.why_not.empty()) continue;
    const bool plain = verdict.only.empty() || verdict.only == "at=tokens";
    list += (list.empty() ? "" : ", ") + method.name + (plain ? "" : " (with --option " + verdict.only + ")");
  }
  return list.empty() ? "; no other method does, either" : "; these do: " + list;
}

std::string Applicable::why_no_walk(const methods::Method& method, const std::vector<graph::ValueId>& ends) {
  const std::string& rules = method.rule_sets.front();
  if (!method.walks) return "";
  const auto [at, fresh] = walks_.try_emplace({rules, ends}, "");
  if (fresh) at->second = dry_walk(prepared_, propagate::make_rule_set(rules), ends).stopped;
  return at->second;
}

const anatomy::Missing* find_missing(const anatomy::Anatomy& anatomy, const std::string& form) {
  const auto rules_out = [&form](const anatomy::Missing& missing) {
    return std::find(missing.methods.begin(), missing.methods.end(), form) != missing.methods.end();
  };
  const auto at = std::find_if(anatomy.missing.begin(), anatomy.missing.end(), rules_out);
  return at == anatomy.missing.end() ? nullptr : &*at;
}

std::string why_no_text_classifier(const Prepared& prepared) {
  const graph::Graph& graph = prepared.graph;
  const graph::ValueId ids = anatomy::find_word_table(graph).ids, logits = prepared.anatomy.head.logits;
  if (ids == graph::kNone) return "it is for texts, and no table of words was found";
  if (anatomy::find_mask(graph, ids) == graph::kNone) return "it has no input that masks tokens (attention_mask)";
  const bool pair = logits != graph::kNone && graph.rank(logits) == 2 && graph.dims(logits)[1].size >= 2;
  if (!pair || prepared.answer.row != graph::kNone) return "it is no classifier: its output is not [batch, classes]";
  for (const anatomy::Stream& stream : prepared.anatomy.streams)
    if (stream.read_out.kind == anatomy::ReadOutKind::kTarget)
      return "it is no classifier of texts: every token has scores of its own";
  return "";
}

std::vector<graph::ValueId> token_values(const anatomy::Anatomy& anatomy) {
  std::vector<graph::ValueId> values;
  for (const anatomy::Stream& stream : anatomy.streams)
    if (stream.tokens != graph::kNone) values.push_back(stream.tokens);
  return values;
}

std::vector<graph::ValueId> float_inputs(const graph::Graph& graph) {
  std::vector<graph::ValueId> found;
  std::copy_if(graph.inputs.begin(), graph.inputs.end(), std::back_inserter(found),
               [&graph](graph::ValueId input) { return graph.is_float(input); });
  return found;
}

}  // namespace pellucid::explain
