#include "inputs/task.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace pellucid {
namespace {

constexpr std::array kNames{std::pair{"classification", Task::kClassification},
                            std::pair{"multi-label", Task::kMultiLabel},
                            std::pair{"regression", Task::kRegression},
                            std::pair{"token-classification", Task::kTokenClassification},
                            std::pair{"question-answering", Task::kQuestionAnswering},
                            std::pair{"next-token", Task::kNextToken},
                            std::pair{"sequence-to-sequence", Task::kSequenceToSequence},
                            std::pair{"fill-mask", Task::kFillMask},
                            std::pair{"similarity", Task::kSimilarity}};

/// How the class of a model ends in Hugging Face's transformers.
constexpr std::array kEndings{std::pair{"ForSequenceClassification", Task::kClassification},
                              std::pair{"ForImageClassification", Task::kClassification},
                              std::pair{"ForTokenClassification", Task::kTokenClassification},
                              std::pair{"ForQuestionAnswering", Task::kQuestionAnswering},
                              std::pair{"ForCausalLM", Task::kNextToken},
                              std::pair{"LMHeadModel", Task::kNextToken},
                              std::pair{"ForConditionalGeneration", Task::kSequenceToSequence},
                              std::pair{"ForMaskedLM", Task::kFillMask}};

std::string architecture(const ModelFolder& model) {
  const auto found = model.config.is_object() ? model.config.find("architectures") : model.config.end();
  if (found == model.config.end() || !found->is_array() || found->empty() || !found->front().is_string()) return "";
  return found->front().get<std::string>();
}

/// One label is a number; the problem's type says whether several exclude one another.
Task kind_of_classification(const ModelFolder& model) {
  const auto type = model.config.find("problem_type");
  const std::string problem = type != model.config.end() && type->is_string() ? type->get<std::string>() : "";
  if (problem == "multi_label_classification") return Task::kMultiLabel;
  if (problem == "regression" || model.id2label.size() == 1) return Task::kRegression;
  return Task::kClassification;
}

}  // namespace

std::string task_name(Task task) {
  for (const auto& [name, one] : kNames)
    if (one == task) return name;
  return "unknown";
}

Task find_task(const std::string& name) {
  if (name.empty()) return Task::kUnknown;
  std::string known;
  for (const auto& [one, task] : kNames) {
    if (name == one) return task;
    known += (known.empty() ? "" : ", ") + std::string(one);
  }
  fail(ErrorCode::kUsage, "unknown task '{}'; known: {}", name, known);
}

Task task_of(const ModelFolder& model) {
  const std::string name = architecture(model);
  for (const auto& [ending, task] : kEndings)
    if (name.ends_with(ending)) return task == Task::kClassification ? kind_of_classification(model) : task;
  return Task::kUnknown;
}

}  // namespace pellucid
