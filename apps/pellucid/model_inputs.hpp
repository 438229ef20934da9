#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>
#include <pellucid/model.hpp>

#include "apps/pellucid/preparation_options.hpp"
#include "apps/pellucid/text_options.hpp"
#include "render/picture.hpp"

namespace pellucid::cli {

class Parameters;

/// Which model, and what is fed to it.
struct InputOptions {
  std::string model, tensors, task;
  std::vector<std::string> images;
  PreparationOptions preparation;
  TextInputOptions text;
  AnatomyHints anatomy;

  void declare_model(Parameters& parameters);
  /// --image, --text, --inputs and the options of preparation.
  void declare_inputs(Parameters& parameters);
  [[nodiscard]] bool given() const { return !images.empty() || !tensors.empty() || text.given(); }
};

/// Tensors for the model, and what they were made of.
struct ModelInputs {
  TensorMap tensors;
  std::vector<Picture> pictures;           ///< [batch], what the model sees; empty where the input is no picture
  std::vector<TokenizedText> texts;        ///< [batch], empty where the input is no text
  std::vector<std::string> names, sha256;  ///< [batch]; texts have no names
  Tensor black;                            ///< the prepared value of a black picture, where that is known

  /// What a sample is called: its file, or the text itself.
  [[nodiscard]] std::string title(std::size_t sample) const;
  /// Writes the names into an explanation of these inputs.
  void name(Explanation& explanation) const;
};

/// The model's input that takes pictures: its only floating-point one of the form [batch, 3, height, width].
[[nodiscard]] std::optional<InputInfo> picture_input(const Model& model);

/// Reads what the options name. Throws Error{kUsage} where not exactly one of --image, --text and --inputs is given or
/// pictures or texts don't suit the model, Error{kBadInput} on damaged files.
[[nodiscard]] ModelInputs read_inputs(Model& model, const InputOptions& options);

/// Stand-in tensors of the right shapes, for work that needs only these: `shapes` are texts "NAME=1,3,224,224"; an
/// open batch axis is 1, the size of pictures comes from the preparation. Throws Error{kUsage} where that leaves an
/// axis open.
[[nodiscard]] ModelInputs shaped_inputs(const Model& model, const InputOptions& options,
                                        const std::vector<std::string>& shapes);

}  // namespace pellucid::cli
