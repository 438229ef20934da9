#include "methods/requirements.hpp"

#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"

namespace pellucid::methods {
namespace {

[[noreturn]] void refuse(const Context& context, const std::string& method, const std::string& what,
                         const std::string& why) {
  for (const anatomy::Missing& missing : context.anatomy.missing)
    if (std::find(missing.methods.begin(), missing.methods.end(), method) != missing.methods.end())
      fail(ErrorCode::kUnsupported, "method '{}' can't run on this model: no {}: {}", method, missing.what,
           missing.why);
  fail(ErrorCode::kUnsupported, "method '{}' can't run on this model: no {}: {}", method, what,
       why.empty() ? "not found in the graph" : why);
}

}  // namespace

void require_blocks(const Context& context, const std::string& method) {
  if (context.stream.blocks.empty()) refuse(context, method, "attention blocks", "");
}

void require_one_token_axis(const Context& context, const std::string& method) {
  require_blocks(context, method);
  if (context.stream.merged) refuse(context, method, "single token axis", context.stream.read_out.why);
}

void require_read_out(const Context& context, const std::string& method, bool pool) {
  require_one_token_axis(context, method);
  const anatomy::ReadOut& read_out = context.stream.read_out;
  if (pool && has_pool(context)) return;
  if (has_pool(context)) refuse(context, method, "read-out row among the tokens", read_out.description);
  if (context.stream.decoder) refuse(context, method, "read-out row among the tokens", read_out.why);
  if (context.computed_read_out()) return;
  if (read_out.weights.empty()) refuse(context, method, "read-out rows", read_out.why);
  PELLUCID_ASSERT(static_cast<std::int64_t>(read_out.weights.size()) == context.tokens());
}

void require_decoder(const Context& context, const std::string& method) {
  require_one_token_axis(context, method);
  if (!context.stream.decoder) refuse(context, method, "decoder", "no cross attention reads this stream");
  if (context.computed_read_out() || !context.read_out().weights.empty()) return;
  refuse(context, method, "explained position of the decoder", context.read_out().why);
}

bool crosses(const Context& context) {
  return context.options.has("sites") && context.options.word("sites") == "cross";
}

std::vector<anatomy::AttentionSite> cross_sites(const Context& context) {
  std::vector<anatomy::AttentionSite> found;
  PELLUCID_ASSERT(context.stream.decoder.has_value());
  for (const anatomy::AttentionSite& site : context.stream.decoder->sites)
    if (!site.self) found.push_back(site);
  return found;
}

bool has_pool(const Context& context) { return context.stream.read_out.kind == anatomy::ReadOutKind::kAttentionPool; }

graph::ValueId value_at(const Context& context) {
  const std::string at = context.options.word("at");
  if (at == "word_embeddings") {
    const graph::ValueId words = anatomy::find_word_table(context.build.graph()).output;
    PELLUCID_CHECK(words != graph::kNone, kUnsupported,
                   "option at=word_embeddings: no table that token ids look up was found; use at=tokens");
    return words;
  }
  if (at == "input") {
    const graph::ValueId input = context.build.graph().find(context.options.word("input"));
    PELLUCID_ASSERT(input != graph::kNone);
    return input;
  }
  PELLUCID_ASSERT(at == "tokens");
  PELLUCID_CHECK(context.stream.tokens != graph::kNone, kUnsupported,
                 "option at=tokens: the tensor entering the first block was not found; use at=input");
  return context.stream.tokens;
}

}  // namespace pellucid::methods
