#include "graph/passes/unround_roots.hpp"

#include <cmath>

namespace pellucid::graph {
namespace {

/// √n or 1/√n where `number` is that, rounded to float32; otherwise the number itself.
double unrounded(double number) {
  constexpr double kLargest = 65536;
  const double square = number * number;
  for (const bool inverse : {true, false}) {
    const double n = std::round(inverse ? 1 / square : square);
    if (!(n >= 2 && n <= kLargest)) continue;
    const double root = inverse ? 1 / std::sqrt(n) : std::sqrt(n);
    if (static_cast<double>(static_cast<float>(root)) == std::abs(number)) return std::copysign(root, number);
  }
  return number;
}

}  // namespace

void unround_roots(Graph& graph) {
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    Value& value = graph.value(static_cast<ValueId>(i));
    const bool scalar =
        value.kind == ValueKind::kConstant && value.type == ElementType::kFloat64 && value.constant.size() == 1;
    if (!scalar) continue;
    const double number = value.constant.to_doubles()[0];
    if (const double meant = unrounded(number); meant != number)
      value.constant = Tensor(value.constant.shape(), std::vector<double>{meant});
  }
}

}  // namespace pellucid::graph
