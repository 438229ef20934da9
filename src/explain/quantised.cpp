#include "explain/quantised.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace pellucid::explain {

std::string quantised_nodes(const graph::ModelFile& file) {
  std::string text;
  for (const auto& [op, count] : file.quantised()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, op);
  return text;
}

std::string quantised_note(const graph::ModelFile& file) {
  const std::string nodes = quantised_nodes(file);
  if (nodes.empty()) return {};
  return fmt::format(
      "the model is quantised ({}): it is explained through its dequantised graph, which has the model's weights but "
      "doesn't round activations; scores of classes are that graph's, and verify compares them with the model's own",
      nodes);
}

double relative_difference(const Tensor& program, const Tensor& untouched) {
  const std::vector<double> a = program.to_doubles(), b = untouched.to_doubles();
  double difference = a.size() == b.size() ? 0 : INFINITY, size = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    size = std::max(size, std::abs(b[i]));
  }
  return size > 0 ? difference / size : difference;
}

}  // namespace pellucid::explain
