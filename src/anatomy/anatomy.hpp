#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>
#include <pellucid/model.hpp>

#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// One attention: probabilities A = softmax(q·kᵀ·scale + bias), context = A·v.
struct AttentionSite {
  graph::ValueId probabilities = graph::kNone;  ///< read as A: [batch, heads, queries, keys], or with the heads folded
                                                ///< into the batch axis [batch·heads, queries, keys] (b·H + h)
  graph::ValueId scores = graph::kNone;         ///< what enters the Softmax
  graph::ValueId q = graph::kNone, k = graph::kNone, v = graph::kNone;  ///< operands of the two products (k as stored
                                                                        ///< before its transpose where there is one)
  graph::ValueId context = graph::kNone;                                ///< A·v
  std::int64_t heads = 0, queries = 0, keys = 0;
  std::int64_t key_value_heads = 0;  ///< fewer than heads where queries are grouped
  bool heads_folded = false;         ///< 3-D probabilities
  bool self = true;                  ///< queries and keys come from the same stream
};

/// One block of the residual stream, from its input to its output.
struct Block {
  graph::ValueId input = graph::kNone;   ///< h_l: [batch, tokens, width]
  graph::ValueId output = graph::kNone;  ///< o_l
  graph::ValueId attention_input =
      graph::kNone;  ///< tensor from which q, k, v are projected (pre-norm: the norm's output)
  bool pre_norm = true;
  AttentionSite site;
};

enum class ReadOutKind {
  kClassToken,
  kAveragedTokens,
  kMean,
  kLastToken,      ///< a token at a position computed from the input
  kAttentionPool,  ///< a learned probe attends to the tokens
  kTarget,         ///< every token has scores of its own: the row is that of the token whose score is explained
  kNone
};

/// A value with one number for each token, whose sizes are the weights of a mean.
struct TokenMask {
  graph::ValueId value = graph::kNone;  ///< batch × tokens elements in this order, of any type, axes of size 1 between
  bool inverted = false;                ///< true (or not 0) where a token is left out
  friend bool operator==(const TokenMask&, const TokenMask&) = default;
};

/// An output that keeps one row for each token of a stream.
struct TokenOutput {
  graph::ValueId output = graph::kNone;
  std::int64_t axis = 0;  ///< the one that counts the tokens
};

/// Which rows of the last block's output the head reads (gradient methods, section "read-out rows").
struct ReadOut {
  ReadOutKind kind = ReadOutKind::kNone;
  std::vector<double> weights;  ///< [tokens], sums to 1; empty where none or where they depend on the input
  TokenMask mask;               ///< kMean whose weights depend on the input: they are the mask divided by its sum
  std::vector<TokenOutput> per_token;  ///< targets on these index a token
  std::string description;             ///< "class token 0", "mean over tokens 1…256"
  std::string why;                     ///< what in the graph says so, or why nothing was found
  AttentionSite pool;                  ///< kAttentionPool: the probe's attention over the encoder's tokens

  /// Whether the rows are known, or will be once the model has run or a target is given.
  [[nodiscard]] bool tells_rows() const {
    return !weights.empty() || mask.value != graph::kNone || kind == ReadOutKind::kLastToken ||
           kind == ReadOutKind::kTarget;
  }
};

/// Blocks whose cross attention reads an encoder's stream, and from which the answer is read.
struct Decoder {
  graph::ValueId tokens = graph::kNone;  ///< what enters its first block: [batch, positions, width]
  graph::ValueId last = graph::kNone;    ///< output of its last block
  std::int64_t token_count = 0;
  std::vector<AttentionSite> sites;  ///< self and cross attention in the order of the data
  ReadOut read_out;                  ///< of the decoder's positions
};

/// A residual stream of tokens through a sequence of attention blocks.
struct Stream {
  std::string name = "tokens";             ///< "tokens" where it is the only one, else "image", "text", "encoder"
  std::string input;                       ///< the graph input that it is made from
  graph::ValueId validity = graph::kNone;  ///< the graph input that tells tokens (not 0) from padding (0):
                                           ///< [batch, tokens]; kNone where every token counts
  graph::ValueId tokens = graph::kNone;    ///< E: the tensor entering block 0, [batch, tokens, width]
  graph::ValueId last = graph::kNone;      ///< output of the last block, before a final norm
  std::int64_t token_count = 0, width = 0;
  std::vector<Block> blocks;
  TokenLayout layout;
  ReadOut read_out;
  std::optional<Decoder> decoder;  ///< where the answer is read from a decoder that attends to this stream
  /// Tokens merge between stages or attend in windows (Swin): `tokens`, `token_count`, `width` and `layout` are those
  /// of the patches before the first block, `blocks` holds the last block alone, whose tokens `last_layout` describes.
  bool merged = false;
  /// The input reaches the scores past the tokens, too: no score at the tokens holds what it adds there.
  bool bypassed = false;
  TokenLayout last_layout;
};

/// The end of the model.
struct Head {
  graph::ValueId output = graph::kNone;   ///< first graph output of scores
  graph::ValueId logits = graph::kNone;   ///< that output, or the row of it that answers (`append_answer`)
  graph::ValueId feature = graph::kNone;  ///< [batch, width]: input of the last linear layer (concept targets)
};

/// Something that was looked for and not found, and what that rules out.
struct Missing {
  std::string what;                  ///< "read-out rows"
  std::string why;                   ///< "…"
  std::vector<std::string> methods;  ///< the methods that can't run, "saliency (at=tokens)" where only that form can't
};

struct Anatomy {
  std::vector<Stream> streams;
  std::vector<AttentionSite> sites;  ///< every attention found, in graph order, in a stream or not
  Head head;
  std::vector<Missing> missing;
  std::vector<std::string> evidence;  ///< what each detector saw, for `inspect --why`
};

/// Finds the anatomy from the graph alone; never throws for something it can't find: it says so in `missing`.
/// `answer`: what `append_answer` added to the graph; kNone where the first output itself holds the scores.
/// `hints`: parts that are named instead of found. Throws Error{kUsage} where they don't fit the graph.
[[nodiscard]] Anatomy find_anatomy(const graph::Graph& graph, graph::ValueId answer = graph::kNone,
                                   const AnatomyHints& hints = {});

}  // namespace pellucid::anatomy
