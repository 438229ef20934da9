#pragma once

#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// The lookup of token ids in the word table: a Gather by input_ids (or by whole numbers that a graph input gives) from
/// the largest table of weights, before positions and types are added. Of a model that can't be read, the whole numbers
/// [batch, tokens] that are neither a mask nor types nor positions by their name.
struct WordTable {
  graph::ValueId ids = graph::kNone;     ///< the graph input, [batch, tokens]
  graph::ValueId output = graph::kNone;  ///< [batch, tokens, width]; kNone where there is no such table
  std::int64_t rows = 0;                 ///< entries of the vocabulary
};
[[nodiscard]] WordTable find_word_table(const graph::Graph& graph);

/// The graph input that tells tokens (not 0) from padding (0) for the ids in `own`, by the name that every exporter
/// gives it ("attention_mask", "input_mask") and its dims; kNone where there is none.
[[nodiscard]] graph::ValueId find_mask(const graph::Graph& graph, graph::ValueId own);

}  // namespace pellucid::anatomy
