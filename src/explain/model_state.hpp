#pragma once

#include <map>
#include <memory>
#include <string>

#include <pellucid/model.hpp>

#include "explain/prepared.hpp"
#include "explain/program.hpp"
#include "inputs/model_folder.hpp"
#include "run/session.hpp"

namespace pellucid {

/// A compiled program loaded and ready.
struct LoadedProgram {
  explain::ProgramGraph program;
  std::unique_ptr<run::Session> session;
};

struct LoadedSplit {
  explain::SplitPrograms programs;
  std::unique_ptr<run::Session> upstream, gradient;
};

struct Model::State {
  State(ModelFolder opened, graph::ModelFile parsed, RunOptions wanted)
      : folder(std::move(opened)), file(std::move(parsed)), options(std::move(wanted)) {}

  ModelFolder folder;
  graph::ModelFile file;
  RunOptions options;
  std::vector<InputInfo> inputs;
  std::map<std::string, explain::Prepared> prepared;
  std::map<std::string, LoadedProgram> programs;
  std::map<std::string, LoadedSplit> splits;
  std::unique_ptr<run::Session> untouched;

  /// The model specialised to these inputs' shapes, made once for each.
  const explain::Prepared& prepare(const TensorMap& values, const std::string& stream);
  [[nodiscard]] run::SessionOptions session_options() const;
  [[nodiscard]] std::unique_ptr<run::Session> load(const graph::Graph& graph, const std::string& what) const;
  /// A session of the user's own file.
  const run::Session& untouched_session();
  [[nodiscard]] std::string label_of(std::int64_t index) const;
  void report(const std::string& what, std::int64_t done, std::int64_t total) const;
};

}  // namespace pellucid
