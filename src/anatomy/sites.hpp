#pragma once

#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// An attention and the tensors that it is projected from.
struct FoundSite {
  AttentionSite site;
  graph::ValueId source = graph::kNone;        ///< what q, k and v are all made from: [batch, tokens, width]
  graph::ValueId key_source = graph::kNone;    ///< what k and v are made from
  graph::ValueId query_source = graph::kNone;  ///< what q is made from; kNone for a learned probe
  bool whole = false;                          ///< one map per sample and head over all tokens of `source`, no windows
};

/// Every Softmax over the last axis whose result is the left operand of a product with values, and whose argument
/// contains a product of queries and keys, in graph order. What was passed over goes to `evidence`.
[[nodiscard]] std::vector<FoundSite> find_sites(const Dataflow& flow, std::vector<std::string>& evidence);

/// The attention whose probabilities a value is said to hold, [batch, heads, queries, keys] or [batch·heads, queries,
/// keys]: no Softmax needs to make them. Throws Error{kUsage} where no product with values reads them.
[[nodiscard]] FoundSite site_at(const Dataflow& flow, graph::ValueId probabilities);

}  // namespace pellucid::anatomy
