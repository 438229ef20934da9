#include "anatomy/read_out.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "anatomy/plumbing.hpp"
#include "anatomy/row_flow.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

/// "token 0", "tokens 0 and 1", "tokens 1…16".
std::string list_tokens(const std::vector<std::size_t>& tokens) {
  if (tokens.size() == 1) return fmt::format("token {}", tokens[0]);
  if (tokens.size() == 2) return fmt::format("tokens {} and {}", tokens[0], tokens[1]);
  const bool run = tokens.back() - tokens.front() + 1 == tokens.size();
  return fmt::format("{}tokens {}…{}", run ? "" : "some of ", tokens.front(), tokens.back());
}

ReadOut of_weights(const std::vector<double>& weights, std::string why) {
  ReadOut result;
  result.weights = weights;
  result.why = std::move(why);
  std::vector<std::size_t> read;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0) read.push_back(i);
  if (read.size() == 1) {
    result.kind = ReadOutKind::kClassToken;
    result.description = fmt::format("class {}", list_tokens(read));
  } else if (read.size() == 2 && weights.size() > 2) {
    result.kind = ReadOutKind::kAveragedTokens;
    result.description =
        fmt::format("{}, weights {:.3g} and {:.3g}", list_tokens(read), weights[read[0]], weights[read[1]]);
  } else {
    result.kind = ReadOutKind::kMean;
    result.description = fmt::format("mean over {}", list_tokens(read));
  }
  return result;
}

ReadOut none(std::string why) {
  ReadOut result;
  result.description = "none";
  result.why = std::move(why);
  return result;
}

ReadOut without_weights(ReadOutKind kind, std::string description, std::string why) {
  ReadOut result;
  result.kind = kind;
  result.description = std::move(description);
  result.why = std::move(why);
  return result;
}

ReadOut of_mask(const Rows& rows) {
  ReadOut result = without_weights(ReadOutKind::kMean, "mean over valid tokens", rows.why);
  result.mask = rows.mask;
  return result;
}

ReadOut of_rows(const Rows& rows, bool text) {
  switch (rows.kind) {
    case Rows::Kind::kPooled: return of_weights(rows.weights, rows.why);
    case Rows::Kind::kMasked: return of_mask(rows);
    case Rows::Kind::kChosen:
      return without_weights(ReadOutKind::kLastToken, "token at a position computed from the input", rows.why);
    case Rows::Kind::kPerRow:
      if (text && !rows.flat)
        return without_weights(ReadOutKind::kTarget, "the token whose score is explained (one row of scores per token)",
                               rows.why);
      return none("the output keeps one row per token: no row is the answer");
    default: return none(rows.why);
  }
}

}  // namespace

ReadOut find_read_out(const Dataflow& flow, ValueId last, const std::vector<FoundSite>& sites, bool text) {
  for (const FoundSite& found : sites) {
    if (found.key_source == kNone || !flow.dominates(last, found.key_source)) continue;
    if (found.query_source != kNone && flow.dominates(last, found.query_source)) continue;
    const bool probe = found.query_source == kNone;
    if (!probe) return none("the answer is read from a decoder that attends to these tokens");
    ReadOut result = without_weights(ReadOutKind::kAttentionPool, "attention pooling by a learned probe",
                                     "queries that don't depend on the input attend to the last block's tokens");
    result.pool = found.site;
    return result;
  }
  const RowsBehind behind = follow_rows(flow, last);
  ReadOut result = of_rows(behind.logits, text);
  result.per_token = behind.per_token;
  return result;
}

}  // namespace pellucid::anatomy
