#pragma once

#include <filesystem>

#include "base/safetensors.hpp"
#include "graph/model_file.hpp"

namespace pellucid::tests {

/// A fixture's model at its inputs' shapes, with a free batch where that is possible (image-text models: the images').
inline graph::Graph fixture_graph(const std::filesystem::path& model, const TensorMap& inputs) {
  const auto file = graph::ModelFile::open(model);
  graph::Specialisation how;
  for (const auto& spec : file.inputs()) how.shapes[spec.name] = inputs.at(spec.name).shape();
  const bool images = how.shapes.count("pixel_values") != 0;
  for (const auto& spec : file.inputs())
    if (spec.sizes[0] < 0 && (!images || spec.name == "pixel_values")) how.batched.push_back(spec.name);
  if (auto graph = file.specialise(how)) return std::move(*graph);
  how.batched.clear();
  return *file.specialise(how);
}

}  // namespace pellucid::tests
