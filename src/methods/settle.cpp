#include "methods/settle.hpp"

#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"

namespace pellucid::methods {
namespace {

bool says(const ResolvedOptions& options, const std::string& name, const std::string& value) {
  return options.has(name) && options.word(name) == value;
}

/// Whether the stream is a text's: made from token ids that a table of words is looked up with.
bool is_text(const graph::Graph& graph, const anatomy::Stream& stream) {
  const graph::ValueId input = graph.find(stream.input), ids = anatomy::find_word_table(graph).ids;
  return ids != graph::kNone && ids == input;
}

/// What only texts have.
void refuse_without_text(const Method& method, const ResolvedOptions& options) {
  const auto refuse = [&](const std::string& option) {
    fail(ErrorCode::kUnsupported, "method '{}', option {}: it is for texts, and no table of words was found",
         method.name, option);
  };
  if (says(options, "token_types", "zero")) refuse("token_types=zero");
  if (options.has("mask_special") && options.flag("mask_special")) refuse("mask_special=true");
  for (const char* baseline : {"pad", "mask"})
    if (says(options, "baselines", baseline)) refuse(std::string("baselines=") + baseline);
}

std::string names_of(const graph::Graph& graph, const std::vector<graph::ValueId>& ids) {
  std::string names;
  for (const graph::ValueId id : ids) names += (names.empty() ? "" : ", ") + graph.value(id).name;
  return names;
}

/// The graph input that at=input means; "" where none was named and there isn't exactly one.
std::string find_input(const graph::Graph& graph, const ResolvedOptions& options) {
  std::string floating, given = options.word("input");
  bool known = false;
  int count = 0;
  for (const graph::ValueId id : graph.inputs) {
    known = known || graph.value(id).name == given;
    if (!graph.is_float(id)) continue;
    floating = graph.value(id).name;
    ++count;
  }
  PELLUCID_CHECK(given.empty() || known, kUsage, "option input={}: the model has no input of that name", given);
  if (!given.empty()) return given;
  return count == 1 ? floating : "";
}

void settle_input(const graph::Graph& graph, const anatomy::Stream& stream, ResolvedOptions& options) {
  std::string name = find_input(graph, options);
  const bool at_input = options.word("at") == "input";
  std::vector<graph::ValueId> floats;
  std::copy_if(graph.inputs.begin(), graph.inputs.end(), std::back_inserter(floats),
               [&graph](graph::ValueId id) { return graph.is_float(id); });
  if (name.empty() && graph.find(stream.input) != graph::kNone && graph.is_float(graph.find(stream.input)))
    name = stream.input;
  PELLUCID_CHECK(!at_input || !floats.empty(), kUnsupported,
                 "option at=input: all inputs of the model ({}) hold whole numbers, which have no gradient{}",
                 names_of(graph, graph.inputs), stream.tokens == graph::kNone ? "" : "; use at=tokens");
  PELLUCID_CHECK(!at_input || !name.empty(), kUsage,
                 "option at=input: the model has several floating-point inputs; name one of {} with input=NAME",
                 names_of(graph, floats));
  PELLUCID_CHECK(!at_input || graph.is_float(graph.find(name)), kUsage,
                 "option input={}: it holds whole numbers, which have no gradient", name);
  options.set("input", name);
}

void settle_reduce(const Method& method, const graph::Graph& graph, ResolvedOptions& options) {
  const bool at_input = options.word("at") == "input";
  if (options.word("reduce").empty()) options.set("reduce", std::string(at_input ? "none" : "sum"));
  const std::string reduce = options.word("reduce");
  PELLUCID_CHECK(!at_input || reduce == "none" || graph.rank(graph.find(options.word("input"))) == 4, kUsage,
                 "option reduce={}: the input '{}' has no channel axis (it is no image); use reduce=none", reduce,
                 options.word("input"));
  const bool saliency = !options.has("base") || options.word("base") == "saliency";
  PELLUCID_CHECK(saliency || reduce == "sum" || reduce == "none", kUsage,
                 "method '{}', option reduce={}: it goes with base=saliency only", method.name, reduce);
}

/// The token that a target indexes has a row of its own; other targets are read from the head's rows.
void settle_row(const Method& method, const anatomy::Stream& stream, bool by_token, ResolvedOptions& options) {
  if (says(options, "row", "")) options.set("row", std::string(by_token ? "target" : "readout"));
  PELLUCID_CHECK(by_token || !says(options, "row", "target"), kUsage,
                 "method '{}', option row=target: not every target indexes a token; use row=readout", method.name);
  const anatomy::ReadOut& read_out = stream.decoder ? stream.decoder->read_out : stream.read_out;
  PELLUCID_CHECK(!says(options, "row", "readout") || read_out.kind != anatomy::ReadOutKind::kTarget, kUnsupported,
                 "method '{}', option row=readout: the model gives every token scores of its own, so that no row is "
                 "the head's; use row=target and targets that index a token",
                 method.name);
}

void check_sites(const Method& method, const anatomy::Stream& stream, const ResolvedOptions& options) {
  PELLUCID_CHECK(!says(options, "sites", "cross") || stream.decoder, kUnsupported,
                 "method '{}', option sites=cross: no decoder attends to the tokens of this model; use sites=self",
                 method.name);
}

/// A tolerance ends steps that are chosen; those that are counted out have none.
void settle_steps(const Method& method, ResolvedOptions& options) {
  if (!options.has("n_steps") || !options.has("tolerance")) return;
  const bool given = options.number("tolerance") > 0, chosen = options.is_word("n_steps");
  PELLUCID_CHECK(!given || chosen, kUsage,
                 "method '{}', option tolerance={}: n_steps={} is a fixed number of steps; leave it out, or give "
                 "n_steps=adaptive or n_steps=auto",
                 method.name, options.number("tolerance"), chosen ? 0 : options.integer("n_steps"));
  if (!chosen) return;
  constexpr double kSmallGap = 0.01;
  if (!given) options.set("tolerance", kSmallGap);
  PELLUCID_CHECK(options.word("n_steps") != "adaptive" || options.word("method") == "gausslegendre", kUsage,
                 "method '{}', option method={}: n_steps=adaptive has nodes of its own; leave it out", method.name,
                 options.word("method"));
}

void check_path(const Method& method, const ResolvedOptions& options) {
  for (const char* picture : {"mean", "blur"})
    PELLUCID_CHECK(!says(options, "baselines", picture) || options.word("at") == "input", kUsage,
                   "method '{}', option baselines={}: it needs at=input", method.name, picture);
  PELLUCID_CHECK(!says(options, "baselines", "black") || options.word("at") == "input", kUsage,
                 "method '{}', option baselines=black: it needs at=input", method.name);
  const bool replaced = says(options, "baselines", "pad") || says(options, "baselines", "mask");
  PELLUCID_CHECK(!replaced || options.word("at") != "input", kUsage,
                 "method '{}', option baselines={}: it needs at=word_embeddings or at=tokens", method.name,
                 options.word("baselines"));
  if (!options.has("mode") || !options.is_word("n_steps") || options.word("mode") != "integrated") return;
  PELLUCID_CHECK(options.number("noise_level") == 0 && options.word("multiply_by") == "input_minus_baseline", kUsage,
                 "method '{}', option n_steps=auto: it needs noise_level=0 and multiply_by=input_minus_baseline, for "
                 "which the scores add up to a known sum",
                 method.name);
}

void check_references(const Method& method, const ResolvedOptions& options) {
  PELLUCID_CHECK(!says(options, "references", "none"), kUsage,
                 "method '{}' contrasts the text with others: name them with --option references=FILE.json, which "
                 "`pellucid references` makes of labelled texts",
                 method.name);
}

}  // namespace

void settle(const Method& method, const graph::Graph& graph, const anatomy::Stream& stream, ResolvedOptions& options,
            bool by_token) {
  if (options.has("stream") && stream.tokens != graph::kNone) options.set("stream", stream.name);
  if (method.perturb != nullptr) return;  // what else depends on the model, the features' options say
  const bool text = is_text(graph, stream);
  if (!text) refuse_without_text(method, options);
  if (says(options, "at", "")) options.set("at", std::string(text ? "word_embeddings" : "tokens"));
  if (says(options, "baselines", ""))
    options.set("baselines", std::string(says(options, "at", "word_embeddings") ? "pad" : "0"));
  settle_row(method, stream, by_token, options);
  check_sites(method, stream, options);
  if (options.has("input")) settle_input(graph, stream, options);
  if (options.has("reduce")) settle_reduce(method, graph, options);
  if (options.has("start_layer")) {
    const auto blocks = static_cast<std::int64_t>(stream.blocks.size());
    PELLUCID_CHECK(options.integer("start_layer") < blocks, kUsage, "option start_layer={}: the model has {} blocks",
                   options.integer("start_layer"), blocks);
  }
  if (options.has("cls") && options.has("at"))
    PELLUCID_CHECK(options.word("cls") == "keep" || options.word("at") == "tokens", kUsage,
                   "method '{}', option cls={}: it needs at=tokens, there is no class token at the input", method.name,
                   options.word("cls"));
  if (options.has("cls") && options.has("layers"))
    PELLUCID_CHECK(options.word("cls") == "keep" || options.word("layers") == "last", kUsage,
                   "method '{}', option cls={}: it needs layers=last", method.name, options.word("cls"));
  settle_steps(method, options);
  check_path(method, options);
  check_references(method, options);
}

bool gives_signed_scores(const Method& method, const ResolvedOptions& options) {
  return method.is_signed == nullptr ? method.signed_scores : method.is_signed(options);
}

}  // namespace pellucid::methods
