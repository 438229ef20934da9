#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <pellucid/tensor.hpp>
#include <pellucid/text.hpp>

namespace pellucid {

/// A number for each of several names: stabilisers of a rule set.
using NumberMap = std::map<std::string, double>;
/// The value of one method or rule-set option, with the types of docs/options.md.
using OptionValue =
    std::variant<bool, std::int64_t, double, std::string, std::vector<double>, std::vector<std::string>, NumberMap>;
/// Options in the order in which they are listed.
using Options = std::vector<std::pair<std::string, OptionValue>>;

/// What one target means for one sample of the batch.
struct SampleTarget {
  std::string label;                        ///< "tabby", "tabby − bull mastiff", "concept zebra"
  std::optional<std::int64_t> class_index;  ///< where the target is one class
  double value = 0;                         ///< the explained scalar y
  std::optional<double> probability;        ///< softmax over the classes, where the target is one class
};

struct TargetRecord {
  std::string spec;                   ///< as asked for: "logit:281", "top:1"
  std::vector<SampleTarget> samples;  ///< [batch]
};

/// Where the scored tokens lie.
struct TokenLayout {
  std::int64_t tokens = 0;
  std::vector<std::int64_t> special;         ///< class, distillation and register tokens
  std::vector<std::string> special_names;    ///< "class", "distillation", "register 1", …
  std::int64_t rows = 0, columns = 0;        ///< patch grid; 0 where there is none
  double patch_height = 0, patch_width = 0;  ///< stride between neighbouring patches, in input pixels
  std::int64_t input_height = 0, input_width = 0;
};

/// How large a gap is at one place on the way back.
struct GapAt {
  std::string place;    ///< "block 3": its input
  double relative = 0;  ///< the largest over targets and samples
};

/// A number that says how well a method's promise was kept, for every target and sample.
struct Gap {
  std::string name;                           ///< "completeness", "standard error", …
  std::vector<std::vector<double>> absolute;  ///< [target][batch]
  std::vector<std::vector<double>> relative;  ///< the same over the size it should be small against
  std::string note;                           ///< how to read it
  std::vector<GapAt> along{};                 ///< where it arises, in the order of the forward pass; may be empty
  bool promised = true;                       ///< false: known not to be kept on this model, as a note says
};

struct Certificate {
  std::string precision = "float32";
  std::uint64_t seed = 0;
  std::int64_t forward_passes = 0, backward_passes = 0;  ///< per sample and target
  std::vector<Gap> gaps;
  std::vector<std::string> notes;  ///< warnings that belong to the result
};

struct Timing {
  double load_seconds = 0, compile_seconds = 0, run_seconds = 0;
  std::optional<double> forward_seconds;  ///< one pass of the untouched model over the same inputs, where asked for
};

/// One tensor that was fed to the model.
struct FedInput {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Shape shape;  ///< batch axis included
};

/// An explanation as plain data: scores and everything needed to judge and to repeat them.
struct Explanation {
  std::string method, rules;
  bool signed_scores = true;  ///< whether negative scores mean "against the target"
  bool target_free = false;   ///< attention and rollout: the same map for every target
  Options options;
  std::vector<TargetRecord> targets;
  TokenLayout layout;
  std::vector<TokenizedText> texts;  ///< [batch], the tokens' axis counts theirs first, then padding; empty where the
                                     ///< input is no text
  Tensor token_scores;               ///< [target, batch, …]: what the method defines, nothing dropped
  Tensor scores;                     ///< [target, batch, rows, columns] of patches, or as token_scores
  Tensor logits;                     ///< [batch, classes]
  Certificate certificate;
  Timing timing;
  std::string model_path, model_sha256;
  std::vector<FedInput> model_inputs;
  std::vector<std::string> input_names;   ///< files, [batch]
  std::vector<std::string> input_sha256;  ///< [batch]
  std::vector<std::string> class_labels;  ///< [classes], empty where the model names none
};

}  // namespace pellucid
