#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pellucid/comparison.hpp>
#include <pellucid/explanation.hpp>
#include <pellucid/tensor.hpp>

namespace pellucid {

/// How far a long piece of work has come.
struct Progress {
  std::string what;  ///< "integrated-gradients"
  std::int64_t done = 0, total = 0;
};

/// Parts of the graph that its user names, where they can't be told from the graph alone: each is the name of a value,
/// or of the node that makes it. Empty: as it is found.
struct AnatomyHints {
  std::string tokens = {};                  ///< what enters the first block: [batch, tokens, width]
  std::vector<std::string> attention = {};  ///< attention probabilities, in the order of the blocks
  std::vector<std::string> blocks = {};     ///< what enters each block, then what leaves the last: two or more
  std::string head = {};                    ///< the output that holds the scores
  friend bool operator==(const AnatomyHints&, const AnatomyHints&) = default;
};

/// What holds for everything that a model runs.
struct RunOptions {
  int threads = 0;             ///< 0: all cores
  std::uint64_t memory = 0;    ///< most bytes that a run may take; 0: no limit
  std::string device = "cpu";  ///< "cpu", "cuda", "cuda:1"
  std::uint64_t seed = 0;
  std::string task;       ///< "classification", "next-token", …; empty: as config.json and the outputs say
  AnatomyHints anatomy;   ///< goes before the file pellucid.json beside the model, part by part
  bool use_cache = true;  ///< keep compiled programs on disk
  std::filesystem::path
      cache_folder;  ///< empty: $PELLUCID_PROGRAM_CACHE, $XDG_CACHE_HOME/pellucid or ~/.cache/pellucid
  std::function<void(const Progress&)> progress;  ///< called from the thread that explains
};

/// One input that the model takes; -1 where an axis is open.
struct InputInfo {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::string> symbols;
};

/// A text, or a pair of texts, and how it is cut into tokens.
struct TextInput {
  std::string text;
  std::optional<std::string> pair;
};
struct TextOptions {
  std::int64_t max_length = 0;    ///< most tokens, special ones counted; 0: what the model's files say
  bool whitespace_words = false;  ///< words are what whitespace separates, not what the tokenizer takes for one
  std::int64_t window = 0;        ///< tokens of a window, special ones counted; 0: the text in one piece
  std::int64_t stride = 0;        ///< tokens that a window shares with the next
};

/// What a run asks for.
struct Request {
  std::string method = "auto";
  std::string rules;                 ///< "": the method's own
  std::vector<std::string> options;  ///< "NAME=VALUE"
  std::vector<std::string> targets;  ///< "logit:281", "contrast:cat,dog", …; empty: the `top` classes
  std::int64_t top = 1;
  std::string precision;                   ///< "": the method's own
  bool check_precision = false;            ///< explain again in float64 and certify how far apart the scores are
  bool measure_forward = false;            ///< time one pass of the untouched model, too
  TensorMap inputs;                        ///< by the model's input names, batch axis included
  std::map<std::string, Tensor> concepts;  ///< vectors [width] that targets "concept:NAME" may name beside files
  std::vector<TokenizedText> texts;        ///< [batch], what the inputs were made of; empty where they are no texts
  Tensor black;                            ///< the prepared value of a black picture, shaped as one sample of the image
                                           ///< input; needed by baselines=black only
  /// Called before anything is run, with what the explanation will hold: its scores are zeros of their final shape.
  /// What it throws ends the work.
  std::function<void(const Explanation& outline)> before_run;
};

/// The most likely classes of one sample.
struct ClassScore {
  std::int64_t index = 0;
  std::string label;
  double logit = 0;
  std::optional<double> probability;  ///< softmax, or of a multi-label model each by itself; none of a regression
};
struct Prediction {
  Tensor logits;                             ///< [batch, classes]
  std::vector<std::vector<ClassScore>> top;  ///< [batch][top], best first
};

/// One number that `verify` measured against its bound.
struct Check {
  std::string name;  ///< "logits against the untouched model"
  double measured = 0, bound = 0;
  bool holds = true;
  std::string note;
};

/// An explanation compiled into an ONNX program of its own.
struct CompiledProgram {
  std::string bytes;             ///< an ONNX file
  std::vector<Tensor> external;  ///< weights for `external_name` beside it; empty below 1.8 GB
  std::vector<std::string> inputs, outputs;
};

/// A model opened for explaining. Not copyable; one thread at a time.
class Model {
 public:
  /// `path`: a folder as Hugging Face lays it out, or an .onnx file. Throws Error{kBadInput}.
  static Model open(const std::filesystem::path& path, const RunOptions& options = {});
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  [[nodiscard]] std::filesystem::path file() const;              ///< the ONNX file
  [[nodiscard]] std::filesystem::path preparation_file() const;  ///< preprocessor_config.json, or empty
  [[nodiscard]] const std::vector<InputInfo>& inputs() const;
  [[nodiscard]] const std::vector<std::string>& labels() const;  ///< [classes], empty where unknown
  [[nodiscard]] const std::string& sha256() const;
  [[nodiscard]] std::string task() const;  ///< "classification", "next-token", …; "unknown"

  /// Throws Error: kUsage (unknown method, option, target), kBadInput (inputs of wrong name, shape, type; NaN),
  /// kUnsupported (the model lacks what the method needs; an operator has no rule; over the memory limit).
  [[nodiscard]] Explanation explain(const Request& request);
  /// A text as the tokens of this model: one piece, or its windows. Throws Error: kUnsupported (a build without
  /// tokenizers), kBadInput (no tokenizer beside the model, text that isn't UTF-8).
  [[nodiscard]] std::vector<TokenizedText> tokenize(const TextInput& input, const TextOptions& options = {});
  /// The model's inputs for some texts, one sample each, padded to a common length. Padding changes no score.
  /// Throws Error{kUsage} where the model takes more than texts or the texts don't fit it.
  [[nodiscard]] TensorMap tensors_of(const std::vector<TokenizedText>& texts);
  [[nodiscard]] Prediction predict(const TensorMap& inputs, std::int64_t top);
  /// What a model answers whose scores aren't [batch, classes], as `explain` takes it for targets: the best spans of a
  /// question's context, the tags of a text's words, the words behind [MASK]. Empty for other models.
  [[nodiscard]] std::vector<TargetRecord> answers(const Request& request);
  /// The explanation for these inputs' shapes as a stand-alone ONNX program. With targets in the request they are
  /// built in, else the top classes are found in the program.
  [[nodiscard]] CompiledProgram compile(const Request& request, const std::string& external_name);
  /// Program against the untouched model, gradients against central differences, completeness where promised.
  [[nodiscard]] std::vector<Check> verify(const Request& request);
  /// How far explanations of this request's inputs and targets agree, and how the explained scores fall where their
  /// strongest places are removed, as methods that change the input replace them. Throws Error{kUsage} where the
  /// explanations are not of one input and the same targets.
  [[nodiscard]] Comparison compare(const Request& request, const std::vector<Explanation>& explanations,
                                   const ComparisonOptions& options = {});
  /// Mean class-token feature of the samples: [width] (concept targets).
  [[nodiscard]] Tensor concept_vector(const TensorMap& inputs);
  /// What was found in the graph, as JSON text; `rules`: also node -> rule -> why under that rule set.
  [[nodiscard]] std::string inspect(const TensorMap& inputs, const std::string& rules);

  struct State;

 private:
  explicit Model(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The table of methods and rule sets as JSON text: name, title, paper, summary, cost, promise, needs, options.
[[nodiscard]] std::string method_table();
/// "0.1.0".
[[nodiscard]] std::string version();
/// The ONNX Runtime library's version.
[[nodiscard]] std::string runtime_version();
/// Stops every run under way with Error{kInterrupted}. Safe in a signal handler.
void interrupt() noexcept;

}  // namespace pellucid
