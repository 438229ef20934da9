#pragma once

#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "graph/model_file.hpp"

namespace pellucid::explain {

/// The model specialised to the shapes of some inputs, and its anatomy.
struct Prepared {
  graph::Graph graph;
  anatomy::Anatomy anatomy;
  bool batch_free = false;  ///< one program serves every batch size
  std::int64_t batch = 1;   ///< where it isn't free: the one it serves
};

/// Checks inputs against the model: names, types, shapes, finite values. Throws Error{kBadInput} naming what is due.
void check_inputs(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs);

/// The inputs whose axis 0 is the batch of `stream` ("text": of the token ids; else of the first floating-point input,
/// if there is one); empty where that axis is fixed.
[[nodiscard]] std::vector<std::string> batched_inputs(const std::vector<graph::InputSpec>& specs,
                                                      const TensorMap& inputs, const std::string& stream);

/// The number of samples in the inputs: axis 0 of the primary one.
[[nodiscard]] std::int64_t batch_of(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                                    const std::string& stream);

[[nodiscard]] Prepared prepare(const graph::ModelFile& file, const TensorMap& inputs, const std::string& stream);

/// What tells one preparation from another: all shapes but the batch.
[[nodiscard]] std::string preparation_key(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                                          const std::string& stream, bool with_batch);

}  // namespace pellucid::explain
