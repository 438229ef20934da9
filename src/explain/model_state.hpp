#pragma once

#include <map>
#include <memory>
#include <string>

#include <pellucid/error.hpp>
#include <pellucid/model.hpp>

#include "explain/automatic.hpp"
#include "explain/prepared.hpp"
#include "explain/program.hpp"
#include "explain/program_cache.hpp"
#include "inputs/model_folder.hpp"
#include "inputs/special_tokens.hpp"
#include "inputs/task.hpp"
#include "inputs/tokenizer.hpp"
#include "run/session.hpp"

namespace pellucid {

/// A compiled program loaded and ready.
struct LoadedProgram {
  explain::ProgramGraph program;
  std::unique_ptr<run::Session> session;
};

/// The two programs of a method that averages many passes, loaded.
struct LoadedSplit {
  std::string at;  ///< the replaced tensor
  LoadedProgram upstream, gradient;
};

struct Model::State {
  State(ModelFolder opened, graph::ModelFile parsed, RunOptions wanted);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ModelFolder folder;
  Task task = Task::kUnknown;
  graph::ModelFile file;
  RunOptions options;
  explain::ProgramCache cache;
  std::vector<InputInfo> inputs;
  std::map<std::string, explain::Prepared> prepared;
  std::map<std::string, LoadedProgram> programs;
  std::map<std::string, LoadedSplit> splits;
  std::unique_ptr<run::Session> untouched;
  std::optional<SpecialTokens> special;
  std::optional<Tokenizer> opened_tokenizer;

  /// The model specialised to these inputs' shapes, made once for each.
  const explain::Prepared& prepare(const TensorMap& values, const std::string& stream);
  [[nodiscard]] explain::Specialised specialised(const TensorMap& values, const std::string& stream,
                                                 const std::string& open, const std::string& exact) const;
  [[nodiscard]] run::SessionOptions session_options() const;
  [[nodiscard]] std::unique_ptr<run::Session> load(const graph::WrittenGraph& written, const std::string& what) const;
  [[nodiscard]] LoadedProgram load_program(const graph::WrittenGraph& written, const std::string& what) const;
  /// A session of the user's own file.
  const run::Session& untouched_session();
  /// Runs `work`. A compiled program may fail for the input's sake, a token beyond the vocabulary for instance: then
  /// the untouched model fails, too, and its error is thrown.
  template <class Work>
  auto blaming_input(const TensorMap& values, const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kInternal) run_untouched(values);
      throw;
    }
  }
  void run_untouched(const TensorMap& values);
  /// Runs `work`. Where `--method auto` can't be had on this model, the error names the next choice.
  template <class Work>
  auto advising(const Request& request, const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kUnsupported && explain::is_automatic(request.method) && request.rules.empty())
        throw Error(error.code(), error.what() + advice(request));
      throw;
    }
  }
  [[nodiscard]] std::string advice(const Request& request);
  [[nodiscard]] std::string label_of(std::int64_t index);
  /// Which token ids are special; read when they are first asked for.
  const SpecialTokens& special_tokens();
  /// The tokenizer of the model's folder, opened when it is first asked for.
  const Tokenizer& tokenizer();
  /// A vocabulary entry as it is written; "token 7" where that isn't known.
  [[nodiscard]] std::string piece_of(std::int64_t index);
  /// The vocabulary entry that a text or number means. Throws Error{kUsage}.
  [[nodiscard]] std::int64_t token_of(const std::string& text);
  void report(const std::string& what, std::int64_t done, std::int64_t total) const;
};

}  // namespace pellucid
