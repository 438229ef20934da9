#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <pellucid/model.hpp>

#include "graph/model_file.hpp"
#include "graph/onnx/write.hpp"

namespace pellucid::explain {

/// Written graphs kept on disk from one process to the next, a file each, under what they were made from: the model's
/// hash, this build, the ONNX Runtime in use, the parts of the graph that are named, and the caller's key. The model's
/// own weights are referred to, not stored. A file that is damaged, or made from something else, reads as not there; a
/// folder that can't be written, as one that keeps nothing.
class ProgramCache {
 public:
  static constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30;

  /// The folder holds at most `most_bytes`: what was used the longest ago goes first. Keeps nothing where `options` say
  /// so, or where this build can't be told from another.
  ProgramCache(const RunOptions& options, const graph::ModelFile& model, std::uintmax_t most_bytes = kMostBytes);

  [[nodiscard]] std::optional<graph::WrittenGraph> find(const std::string& key) const;
  void keep(const std::string& key, const graph::WrittenGraph& written) const;

 private:
  [[nodiscard]] std::string full_key(const std::string& key) const;
  [[nodiscard]] std::filesystem::path file_of(const std::string& full_key) const;
  void make_room(std::uintmax_t bytes) const;

  const graph::ModelFile& model_;
  const std::uintmax_t most_bytes_;
  std::filesystem::path folder_;  // empty: off
  std::string build_, hints_;
};

}  // namespace pellucid::explain
