#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// One input of the user's model: every axis is a size, or a symbol where the model leaves it open.
struct InputSpec {
  std::string name;
  ElementType type = ElementType::kFloat32;  ///< float32 where the model takes float16 or bfloat16, too
  std::vector<std::int64_t> sizes;           ///< -1 where open
  std::vector<std::string> symbols;          ///< "" where fixed or unnamed
};

/// How a model is specialised: the shape of every input, and whether the batch axis stays free.
struct Specialisation {
  std::map<std::string, Shape> shapes;  ///< by input name, the actual shapes of a run
  std::vector<std::string> batched;     ///< inputs whose axis 0 is the batch; empty: all axes are fixed
};

/// A parsed ONNX file. Weights stay where they are (the file's memory) and are shared by every graph made of it.
class ModelFile {
 public:
  /// Throws Error{kBadInput} on a missing, truncated or non-ONNX file, and on external data that is missing or
  /// lies outside the model's folder.
  static ModelFile open(const std::filesystem::path& path);
  ~ModelFile();
  ModelFile(ModelFile&&) noexcept;
  ModelFile& operator=(ModelFile&&) noexcept;

  [[nodiscard]] const std::vector<InputSpec>& inputs() const;
  [[nodiscard]] const std::vector<std::string>& outputs() const;
  [[nodiscard]] const std::filesystem::path& path() const;
  /// SHA-256 of the file, computed once; where weights lie outside it, of a list of the files' SHA-256.
  [[nodiscard]] const std::string& sha256() const;
  /// How many nodes of each quantised operator the file has; empty for a float model.
  [[nodiscard]] const std::map<std::string, std::int64_t>& quantised() const;
  /// Every initialiser that counts as a weight, by name.
  [[nodiscard]] const TensorMap& weights() const;

  /// Folds all shape arithmetic for these shapes (ONNX Runtime does it) and reads the result as a Graph at opset
  /// kOpset with known dims. With `batched` inputs the batch axis is free in the result; std::nullopt where the
  /// model can't be freed (its graph bakes the batch in): ask again without `batched`.
  [[nodiscard]] std::optional<Graph> specialise(const Specialisation& how) const;

 private:
  struct State;
  explicit ModelFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pellucid::graph
