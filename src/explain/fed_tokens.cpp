#include "explain/fed_tokens.hpp"

#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"
#include "graph/builder.hpp"

namespace pellucid::explain {
namespace {

using graph::kNone;
using graph::ValueId;

bool masks_special(const methods::ResolvedOptions& options) {
  return options.has("mask_special") && options.flag("mask_special");
}

bool zeroes_types(const methods::ResolvedOptions& options) {
  return options.has("token_types") && options.word("token_types") == "zero";
}

ValueId token_ids(const graph::Graph& graph, const std::string& option) {
  const ValueId ids = anatomy::find_word_table(graph).ids;
  PELLUCID_CHECK(ids != kNone, kUnsupported, "option {}: no table that token ids look up was found in the model",
                 option);
  return ids;
}

/// The model's own readers of an input read `instead`. What pellucid added (the position that answers) stays.
void redirect(graph::Graph& graph, ValueId input, ValueId instead, const std::vector<graph::NodeId>& readers) {
  for (const graph::NodeId id : readers) {
    if (graph.node(id).source == "pellucid") continue;
    for (ValueId& read : graph.node(id).inputs)
      if (read == input) read = instead;
  }
}

/// 1 where the id is none of `special`, else 0: [batch, tokens], of the type of `like`.
ValueId not_special(graph::Builder& build, ValueId ids, const std::set<std::int64_t>& special, ValueId like) {
  const std::vector<std::int64_t> list(special.begin(), special.end());
  const ValueId each = build.cast(build.unsqueeze(ids, 2), ElementType::kInt64);
  const ValueId same = build.cast(build.compare("Equal", each, build.ints(list)), ElementType::kInt32);
  const ValueId any = build.reduce("ReduceMax", same, {2}, false);
  return build.cast(build.compare("Equal", any, build.scalar_like(0, any)), build.type(like));
}

/// The unknown token stands for a word of the text.
std::set<std::int64_t> masked_ids(const SpecialTokens& special) {
  std::set<std::int64_t> masked = special.ids;
  if (special.unknown) masked.erase(*special.unknown);
  return masked;
}

void mask_special(graph::Graph& graph, const SpecialTokens& special) {
  const ValueId ids = token_ids(graph, "mask_special=true"), mask = anatomy::find_mask(graph, ids);
  PELLUCID_CHECK(mask != kNone, kUnsupported,
                 "option mask_special=true: the model has no input that masks tokens (attention_mask)");
  const std::set<std::int64_t> masked = masked_ids(special);
  if (masked.empty()) return;
  graph::Builder build(graph);
  build.set_source("pellucid");
  const std::vector<graph::NodeId> readers = graph.consumers(mask);
  redirect(graph, mask, build.mul(mask, not_special(build, ids, masked, mask)), readers);
}

void zero_types(graph::Graph& graph) {
  const ValueId types = graph.find("token_type_ids");
  if (types == kNone || graph.value(types).kind != graph::ValueKind::kInput) return;
  graph::Builder build(graph);
  build.set_source("pellucid");
  const std::vector<graph::NodeId> readers = graph.consumers(types);
  redirect(graph, types, build.mul(types, build.scalar_like(0, types)), readers);
}

}  // namespace

bool changes_feeding(const methods::ResolvedOptions& options) {
  return masks_special(options) || zeroes_types(options);
}

Prepared with_feeding(const Prepared& prepared, const methods::ResolvedOptions& options, const SpecialTokens& special) {
  Prepared changed = prepared;
  if (masks_special(options)) mask_special(changed.graph, special);
  if (zeroes_types(options)) zero_types(changed.graph);
  return changed;
}

TensorMap fed_so(const Prepared& prepared, const TensorMap& inputs, const methods::ResolvedOptions& options,
                 const SpecialTokens& special) {
  TensorMap fed = inputs;
  if (const auto types = fed.find("token_type_ids"); zeroes_types(options) && types != fed.end())
    types->second = Tensor(types->second.type(), types->second.shape());
  if (!masks_special(options)) return fed;
  const ValueId ids = token_ids(prepared.graph, "mask_special=true"), mask = anatomy::find_mask(prepared.graph, ids);
  const std::vector<double> all = inputs.at(prepared.graph.value(ids).name).to_doubles();
  Tensor& valid = fed.at(prepared.graph.value(mask).name);
  std::vector<double> kept = valid.to_doubles();
  const std::set<std::int64_t> masked = masked_ids(special);
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (masked.count(static_cast<std::int64_t>(all[i])) != 0) kept[i] = 0;
  valid = Tensor(valid.shape(), kept).cast(valid.type());
  return fed;
}

TensorMap with_replaced_ids(const Prepared& prepared, const TensorMap& inputs, const SpecialTokens& special,
                            std::int64_t replacement, bool keep_special) {
  const graph::Graph& graph = prepared.graph;
  const ValueId ids = token_ids(graph, "baselines"), mask = anatomy::find_mask(graph, ids);
  const Tensor& fed = inputs.at(graph.value(ids).name);
  std::vector<double> valid;
  if (mask != kNone) valid = inputs.at(graph.value(mask).name).to_doubles();
  const std::vector<double> old = fed.to_doubles();
  std::vector<std::int64_t> changed(old.begin(), old.end());
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const bool padding = !valid.empty() && valid[i] == 0;
    const bool kept = changed[i] == special.pad || (keep_special && special.ids.count(changed[i]) != 0);
    if (!padding && !kept) changed[i] = replacement;
  }
  TensorMap replaced = inputs;
  replaced[graph.value(ids).name] = Tensor(fed.shape(), changed).cast(fed.type());
  return replaced;
}

}  // namespace pellucid::explain
