#pragma once

#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// Which position answers where a model scores the whole vocabulary at every one.
enum class AnswerPosition {
  kFind,   ///< as the graph suggests: the first where it is a decoder's, else the last that isn't padding
  kLast,   ///< next token
  kFirst,  ///< first token of a decoder
  kEach    ///< each position has a score of its own (tags, masked words)
};

struct Answer {
  graph::ValueId row = graph::kNone;   ///< [batch, vocabulary]; kNone where there is none
  std::int64_t position = 0;           ///< of that row, where no mask decides
  graph::ValueId mask = graph::kNone;  ///< graph input [batch, tokens] whose last 1 marks the row
};

/// Appends to the graph the row of next-token scores that answers, taken from the first output [batch, tokens,
/// vocabulary]; nothing where that output isn't of this form or no position answers.
Answer append_answer(graph::Graph& graph, AnswerPosition position);

}  // namespace pellucid::anatomy
