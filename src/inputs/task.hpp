#pragma once

#include <string>
#include <vector>

#include "inputs/model_folder.hpp"

namespace pellucid {

/// What a model was trained to answer, which decides what is explained where nobody says and how scores are read.
enum class Task {
  kUnknown,
  kClassification,       ///< one of several classes
  kMultiLabel,           ///< any of several classes, each with a probability of its own
  kRegression,           ///< one number
  kTokenClassification,  ///< a class for every token
  kQuestionAnswering,    ///< a span: start_logits and end_logits
  kNextToken,            ///< the token that follows
  kSequenceToSequence,   ///< the first token that a decoder writes
  kFillMask,             ///< the token behind [MASK]
  kSimilarity            ///< an embedding
};

/// "classification", "next-token", …; "unknown".
[[nodiscard]] std::string task_name(Task task);
/// Throws Error{kUsage} listing the known names; "" is kUnknown.
[[nodiscard]] Task find_task(const std::string& name);

/// What config.json says: by its `architectures`, `problem_type` and number of labels; kUnknown where it doesn't say.
[[nodiscard]] Task task_of(const ModelFolder& model);

}  // namespace pellucid
