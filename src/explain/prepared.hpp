#pragma once

#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/answer.hpp"
#include "graph/model_file.hpp"
#include "graph/onnx/write.hpp"

namespace pellucid::explain {

/// The model specialised to the shapes of some inputs, and its anatomy.
struct Prepared {
  graph::Graph graph;
  anatomy::Answer answer;  ///< where the first output scores every position and one of them answers
  anatomy::Anatomy anatomy;
  bool batch_free = false;  ///< one program serves every batch size
  std::int64_t batch = 1;   ///< where it isn't free: the one it serves
  std::string unread;       ///< why the model can't be read: then the graph is one node that stands for it
};

/// Checks inputs against the model: names, types, shapes, axes of one name, finite values. Throws Error{kBadInput}
/// naming what is due.
void check_inputs(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs);

/// The inputs whose axis 0 is the batch of `stream` ("text": of the token ids; else of the first floating-point input,
/// if there is one); empty where that axis is fixed.
[[nodiscard]] std::vector<std::string> batched_inputs(const std::vector<graph::InputSpec>& specs,
                                                      const TensorMap& inputs, const std::string& stream);

/// The number of samples in the inputs: axis 0 of the primary one.
[[nodiscard]] std::int64_t batch_of(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                                    const std::string& stream);

/// The model specialised to shapes, as it is kept from one process to the next.
struct Specialised {
  graph::WrittenGraph written;
  bool batch_free = false;
};
[[nodiscard]] Specialised specialise(const graph::ModelFile& file, const TensorMap& inputs, const std::string& stream);

/// Reads a specialised model and finds its anatomy. A model that was kept and one that was just specialised are read
/// alike, so that the programs made of them are the same to the byte.
[[nodiscard]] Prepared prepare(const Specialised& model, std::int64_t batch, anatomy::AnswerPosition answer,
                               const AnatomyHints& hints = {});

/// The scores [batch, classes] that the model's first output gave: itself, or the rows of it that answer.
[[nodiscard]] Tensor answer_rows(const Prepared& prepared, const Tensor& output, const TensorMap& inputs);

/// What tells one preparation from another: all shapes but the batch.
[[nodiscard]] std::string preparation_key(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                                          const std::string& stream, bool with_batch);

}  // namespace pellucid::explain
