#include "explain/resolve.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "explain/applicable.hpp"

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

}  // namespace

Resolved resolve_method(const Request& request) {
  Resolved resolved;
  const std::string name = request.method.empty() || request.method == "auto" ? "attcat" : request.method;
  resolved.method = &methods::find_method(name);
  const methods::Method& method = *resolved.method;
  const auto known = propagate::rule_set_names();
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
  PELLUCID_CHECK(request.precision.empty() || request.precision == "float32" || request.precision == "mixed" ||
                     request.precision == "float64",
                 kUsage, "--precision {}: float32, mixed or float64 is expected", request.precision);
  PELLUCID_CHECK(request.precision.empty() || request.precision == "float32", kUnsupported,
                 "--precision {} is not available yet; float32 is", request.precision);
  resolved.options = methods::resolve_options("method '" + name + "'", method.options, method.authors, request.options);
  return resolved;
}

const anatomy::Stream& choose_stream(const Prepared& prepared, const Resolved& resolved) {
  const anatomy::Anatomy& anatomy = prepared.anatomy;
  if (anatomy.streams.empty()) {
    static const anatomy::Stream kNone;
    if (reads_input(resolved)) return kNone;
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
  const auto needs = [&](methods::Need need) {
    return std::find(method.needs.begin(), method.needs.end(), need) != method.needs.end();
  };
  PELLUCID_CHECK(!needs(methods::Need::kTokens) || stream.tokens != graph::kNone, kUnsupported,
                 "method '{}': the tensor entering the first block was not found{}", method.name,
                 Applicable(prepared).hint());
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
