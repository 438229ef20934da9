#include "explain/resolve.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "methods/rule_set_options.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::explain {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool ruled_out(const anatomy::Anatomy& anatomy, const std::string& method, const anatomy::Missing** why) {
  for (const anatomy::Missing& missing : anatomy.missing) {
    if (std::find(missing.methods.begin(), missing.methods.end(), method) == missing.methods.end()) continue;
    *why = &missing;
    return true;
  }
  return false;
}

std::vector<std::string> methods_that_work(const anatomy::Anatomy& anatomy) {
  std::vector<std::string> names;
  const anatomy::Missing* ignored = nullptr;
  for (const methods::Method& method : methods::methods())
    if (!ruled_out(anatomy, method.name, &ignored)) names.push_back(method.name);
  return names;
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

}  // namespace

bool is_relevance_form(const std::string& rules) { return rules == "chefer" || rules == "lrp"; }

std::string precision_name(methods::Precision precision) {
  for (const auto& [name, one] : kPrecisions)
    if (one == precision) return name;
  fail(ErrorCode::kInternal, "internal: unknown precision");
}

Resolved resolve_method(const Request& request) {
  Resolved resolved;
  const std::string name = request.method.empty() || request.method == "auto" ? "attcat" : request.method;
  resolved.method = &methods::find_method(name);
  const methods::Method& method = *resolved.method;
  const auto& known = propagate::rule_set_names();
  resolved.rules = request.rules.empty() ? method.rule_sets.front() : request.rules;
  const bool planned = request.rules.empty() && std::find(known.begin(), known.end(), resolved.rules) == known.end();
  PELLUCID_CHECK(!planned, kUnsupported,
                 "method '{}' runs under the rule set '{}', which is not available yet; --rules {} is", name,
                 resolved.rules, joined(known));
  PELLUCID_CHECK(std::find(known.begin(), known.end(), resolved.rules) != known.end(), kUsage,
                 "unknown rule set '{}'; known: {}", resolved.rules, joined(known));
  PELLUCID_CHECK(std::find(method.rule_sets.begin(), method.rule_sets.end(), resolved.rules) != method.rule_sets.end(),
                 kUsage, "method '{}' is not defined under the rule set '{}'; it is under: {}", name, resolved.rules,
                 joined(method.rule_sets));
  resolved.precision = resolve_precision(request.precision, resolved.rules);
  std::vector<methods::OptionSpec> specs = method.options;
  const auto of_rules = methods::rule_set_options(resolved.rules);
  specs.insert(specs.end(), of_rules.begin(), of_rules.end());
  const std::string owner = "method '" + name + "'" + (of_rules.empty() ? "" : " under " + resolved.rules);
  resolved.options = methods::resolve_options(owner, specs, method.authors, request.options);
  return resolved;
}

const anatomy::Stream& choose_stream(const anatomy::Anatomy& anatomy, const Resolved& resolved) {
  const anatomy::Missing* why = nullptr;
  if (anatomy.streams.empty()) {
    static const anatomy::Stream kNone;
    if (reads_input(resolved)) return kNone;
    const std::string reason = ruled_out(anatomy, resolved.method->name, &why)
                                   ? why->what + " not found: " + why->why
                                   : std::string("no stream of tokens was found");
    fail(ErrorCode::kUnsupported,
         "method '{}' doesn't work on this model: {}; saliency, input-x-gradient and integrated-gradients with "
         "--option at=input do",
         resolved.method->name, reason);
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

void check_needs(const anatomy::Anatomy& anatomy, const anatomy::Stream& stream, const Resolved& resolved) {
  const methods::Method& method = *resolved.method;
  if (reads_input(resolved)) return;
  const anatomy::Missing* why = nullptr;
  if (ruled_out(anatomy, method.name, &why))
    fail(ErrorCode::kUnsupported, "method '{}' doesn't work on this model: {} not found: {}; these do: {}", method.name,
         why->what, why->why, joined(methods_that_work(anatomy)));
  const auto needs = [&](methods::Need need) {
    return std::find(method.needs.begin(), method.needs.end(), need) != method.needs.end();
  };
  PELLUCID_CHECK(!needs(methods::Need::kTokens) || stream.tokens != graph::kNone, kUnsupported,
                 "method '{}': the tensor entering the first block was not found; try --option at=input", method.name);
  PELLUCID_CHECK(!(needs(methods::Need::kAttention) || needs(methods::Need::kStream)) || !stream.blocks.empty(),
                 kUnsupported, "method '{}' needs attention blocks, and none were found", method.name);
  const bool computed = stream.read_out.kind == anatomy::ReadOutKind::kLastToken && stream.last != graph::kNone;
  const bool read_out =
      computed || !stream.read_out.weights.empty() || stream.read_out.kind == anatomy::ReadOutKind::kAttentionPool;
  PELLUCID_CHECK(!needs(methods::Need::kReadOut) || read_out, kUnsupported,
                 "method '{}' reads the rows that the head reads, and these were not found: {}", method.name,
                 stream.read_out.why);
}

}  // namespace pellucid::explain
