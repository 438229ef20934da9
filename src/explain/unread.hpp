#pragma once

#include "explain/prepared.hpp"
#include "methods/method.hpp"
#include "run/session.hpp"

namespace pellucid::explain {

/// A model that can't be read, as a graph of one node between its inputs and its outputs. Methods that need nothing but
/// scores work on it: ONNX Runtime runs the untouched file. The outputs' shapes are those that the file declares; where
/// it leaves one open, those of a run. With a free batch the samples are run one at a time: what a branch decides may
/// differ from one to the next. `why`: names the node that can't be read.
[[nodiscard]] Prepared prepare_unread(const run::Session& untouched, const graph::ModelFile& file,
                                      const TensorMap& inputs, const std::string& stream,
                                      anatomy::AnswerPosition answer, const AnatomyHints& hints,
                                      const std::string& why);

/// Whether the method needs nothing of the model but its scores.
[[nodiscard]] bool needs_scores_alone(const methods::Method& method);

/// "the model can't be read: Loop node '…'…"; "" where it can.
[[nodiscard]] std::string why_unread(const Prepared& prepared);

/// What the certificate says of scores of a model that can't be read; "" where it can.
[[nodiscard]] std::string unread_note(const Prepared& prepared);

/// Cuts the node that stands for the model out of a program: what it gives becomes inputs of the program.
void cut_behind_model(graph::Graph& program);

}  // namespace pellucid::explain
