#include "explain/resolve.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "explain/applicable.hpp"
#include "explain/automatic.hpp"
#include "explain/unread.hpp"
#include "methods/rule_set_options.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::explain {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool reads_input(const Resolved& resolved) {
  return resolved.options.has("at") && resolved.options.word("at") == "input";
}

constexpr std::array kPrecisions{std::pair{"float32", methods::Precision::kFloat32},
                                 std::pair{"mixed", methods::Precision::kMixed},
                                 std::pair{"float64", methods::Precision::kFloat64}};

/// Quotients by sums of both signs amplify the rounding of activations by 1e7 and more: those rule sets need a forward
/// pass in double.
methods::Precision resolve_precision(const std::string& asked, const std::string& rules) {
  if (asked.empty()) return is_relevance_form(rules) ? methods::Precision::kMixed : methods::Precision::kFloat32;
  for (const auto& [name, precision] : kPrecisions)
    if (asked == name) return precision;
  fail(ErrorCode::kUsage, "--precision {}: float32, mixed or float64 is expected", asked);
}

/// A decoder's answer is read from no row of the encoder: some methods have a form for the cross attention alone.
void check_sites(const Prepared& prepared, const anatomy::Stream& stream, const Resolved& resolved) {
  if (!stream.decoder || !resolved.options.has("sites") || resolved.options.word("sites") != "self") return;
  const anatomy::Missing* missing = find_missing(prepared.anatomy, resolved.method->name + " (sites=self)");
  PELLUCID_CHECK(
      missing == nullptr, kUnsupported,
      "method '{}', option sites=self doesn't work on this model: {} not found: {}; use --option sites=cross",
      resolved.method->name, missing->what, missing->why);
}

/// A tolerance without a number of steps asks for steps that keep it.
std::vector<std::string> with_chosen_steps(const methods::Method& method, std::vector<std::string> given) {
  const auto gives = [&given](const std::string& name) {
    return std::any_of(given.begin(), given.end(),
                       [&name](const std::string& option) { return option.starts_with(name + "="); });
  };
  const bool adapts = std::any_of(method.options.begin(), method.options.end(), [](const methods::OptionSpec& spec) {
    return spec.name == "n_steps" && std::count(spec.words.begin(), spec.words.end(), "adaptive") != 0;
  });
  if (adapts && gives("tolerance") && !gives("n_steps")) given.emplace_back("n_steps=adaptive");
  return given;
}

void check_text_classifier(const Prepared& prepared, const methods::Method& method) {
  const std::string why = why_no_text_classifier(prepared);
  PELLUCID_CHECK(why.empty(), kUnsupported, "method '{}' doesn't work on this model: {}{}", method.name, why,
                 Applicable(prepared).hint());
}

}  // namespace

bool is_relevance_form(const std::string& rules) { return rules == "chefer" || rules == "lrp"; }

std::string precision_name(methods::Precision precision) {
  for (const auto& [name, one] : kPrecisions)
    if (one == precision) return name;
  fail(ErrorCode::kInternal, "internal: unknown precision");
}

methods::ResolvedOptions read_options(const Request& request, const methods::Method& method, const std::string& rules,
                                      const methods::Profile& authors) {
  std::vector<methods::OptionSpec> specs = method.options;
  const auto of_rules = methods::rule_set_options(rules);
  specs.insert(specs.end(), of_rules.begin(), of_rules.end());
  const std::string owner = "method '" + method.name + "'" + (of_rules.empty() ? "" : " under " + rules);
  return methods::resolve_options(owner, specs, authors, with_chosen_steps(method, request.options));
}

Resolved resolve_method(const Request& request) {
  Resolved resolved;
  const std::string name = is_automatic(request.method) ? kAutomaticMethod : request.method;
  resolved.method = &methods::find_method(name);
  const methods::Method& method = *resolved.method;
  const auto& known = propagate::rule_set_names();
  resolved.rules = request.rules.empty() ? method.rule_sets.front() : request.rules;
  PELLUCID_CHECK(std::find(known.begin(), known.end(), resolved.rules) != known.end(), kUsage,
                 "unknown rule set '{}'; known: {}", resolved.rules, joined(known));
  PELLUCID_CHECK(std::find(method.rule_sets.begin(), method.rule_sets.end(), resolved.rules) != method.rule_sets.end(),
                 kUsage, "method '{}' is not defined under the rule set '{}'; it is under: {}", name, resolved.rules,
                 joined(method.rule_sets));
  resolved.precision = resolve_precision(request.precision, resolved.rules);
  if (is_relevance_form(resolved.rules) && resolved.precision == methods::Precision::kFloat32)
    resolved.notes.push_back("the rule set '" + resolved.rules +
                             "' divides by sums of both signs, which amplifies the rounding of a forward pass in "
                             "float32: scores may be far off; --precision mixed is stable");
  resolved.options = read_options(request, method, resolved.rules, method.authors);
  return resolved;
}

void check_read(const Prepared& prepared, const Resolved& resolved) {
  if (prepared.unread.empty()) return;
  PELLUCID_CHECK(needs_scores_alone(*resolved.method), kUnsupported, "method '{}' doesn't work on this model: {}{}",
                 resolved.method->name, why_unread(prepared), Applicable(prepared).hint());
  PELLUCID_CHECK(resolved.precision == methods::Precision::kFloat32, kUnsupported,
                 "--precision {}: {}; it runs as it is", precision_name(resolved.precision), why_unread(prepared));
}

const anatomy::Stream& choose_stream(const Prepared& prepared, const Resolved& resolved) {
  const anatomy::Anatomy& anatomy = prepared.anatomy;
  if (anatomy.streams.empty()) {
    static const anatomy::Stream kNone;
    if (reads_input(resolved) || needs_scores_alone(*resolved.method)) return kNone;
    const std::string& name = resolved.method->name;
    const anatomy::Missing* missing = find_missing(anatomy, name);
    if (missing == nullptr) missing = find_missing(anatomy, name + " (at=tokens)");
    fail(ErrorCode::kUnsupported, "method '{}' doesn't work on this model: {}{}", name,
         missing != nullptr ? missing->what + " not found: " + missing->why : "no stream of tokens was found",
         Applicable(prepared).hint());
  }
  const std::string wanted = resolved.options.has("stream") ? resolved.options.word("stream") : "tokens";
  if (anatomy.streams.size() == 1 && (wanted == "tokens" || wanted == anatomy.streams[0].name))
    return anatomy.streams[0];
  std::vector<std::string> names;
  for (const anatomy::Stream& stream : anatomy.streams) {
    if (stream.name == wanted) return stream;
    names.push_back(stream.name);
  }
  if (reads_input(resolved)) return anatomy.streams[0];
  fail(ErrorCode::kUsage, "the model has {} of tokens: {}; say which with --option stream=NAME",
       names.size() == 1 ? "one stream" : "several streams", joined(names));
}

void check_needs(const Prepared& prepared, const anatomy::Stream& stream, const Resolved& resolved) {
  const methods::Method& method = *resolved.method;
  if (reads_input(resolved)) return;
  if (const anatomy::Missing* missing = find_missing(prepared.anatomy, method.name))
    fail(ErrorCode::kUnsupported, "method '{}' doesn't work on this model: {} not found: {}{}", method.name,
         missing->what, missing->why, Applicable(prepared).hint());
  check_sites(prepared, stream, resolved);
  const auto needs = [&](methods::Need need) {
    return std::find(method.needs.begin(), method.needs.end(), need) != method.needs.end();
  };
  if (needs(methods::Need::kTextClassifier)) check_text_classifier(prepared, method);
  PELLUCID_CHECK(!needs(methods::Need::kTokens) || stream.tokens != graph::kNone, kUnsupported,
                 "method '{}': the tensor entering the first block was not found{}", method.name,
                 Applicable(prepared).hint());
  PELLUCID_CHECK(!(needs(methods::Need::kAttention) || needs(methods::Need::kStream)) || !stream.blocks.empty(),
                 kUnsupported, "method '{}' needs attention blocks, and none were found", method.name);
  if (method.why_not != nullptr) {
    const std::string why = method.why_not(prepared.graph, prepared.anatomy, stream);
    PELLUCID_CHECK(why.empty(), kUnsupported, "method '{}' doesn't work on this model: {}{}", method.name, why,
                   Applicable(prepared).hint());
  }
  const anatomy::ReadOut& rows = stream.decoder ? stream.decoder->read_out : stream.read_out;
  PELLUCID_CHECK(
      !needs(methods::Need::kReadOut) || rows.tells_rows() || rows.kind == anatomy::ReadOutKind::kAttentionPool,
      kUnsupported, "method '{}' reads the rows that the head reads, and these were not found: {}", method.name,
      rows.why);
}

}  // namespace pellucid::explain
