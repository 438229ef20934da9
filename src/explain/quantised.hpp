#pragma once

#include <string>

#include "graph/model_file.hpp"

namespace pellucid::explain {

/// "14 DynamicQuantizeLinear, 19 MatMulInteger"; empty for a float model.
[[nodiscard]] std::string quantised_nodes(const graph::ModelFile& file);

/// That a quantised model is explained through its dequantised graph; empty for a float model.
[[nodiscard]] std::string quantised_note(const graph::ModelFile& file);

/// The largest difference over the largest number of `untouched`; infinite where the sizes differ.
[[nodiscard]] double relative_difference(const Tensor& program, const Tensor& untouched);

}  // namespace pellucid::explain
