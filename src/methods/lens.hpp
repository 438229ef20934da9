#pragma once

#include <string>

#include "methods/context.hpp"

namespace pellucid::methods {

/// The model's own end, final norm and head, applied to the tokens of a hidden state: what the model would answer if it
/// were read from that token after that block.

/// The block whose output is read.
[[nodiscard]] OptionSpec lens_layer_option();
/// Output of the block that the option `layer` names: [batch, tokens, width]. Throws Error{kUsage} on one that isn't.
[[nodiscard]] graph::ValueId lens_hidden(const Context& context, const std::string& method);

/// Why the head can't read any token as it reads the class token; "" where it can.
[[nodiscard]] std::string why_no_class_lens(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                            const anatomy::Stream& stream);
/// Why the first output doesn't give every token scores of its own; "" where it does.
[[nodiscard]] std::string why_no_logit_lens(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                            const anatomy::Stream& stream);

/// The class token's way from the last block to the scores, taken by every token: [batch, tokens, classes].
graph::ValueId class_logits(Context& context, graph::ValueId hidden);
/// The tokens' way from the last block to the scores that each has: [batch, tokens, vocabulary].
graph::ValueId token_logits(Context& context, graph::ValueId hidden);
/// What the targets weigh, of every token: [K, batch, tokens]. Throws Error{kUsage} on targets that aren't made of
/// scores.
graph::ValueId lens_scores(Context& context, graph::ValueId logits, const std::string& method);

}  // namespace pellucid::methods
