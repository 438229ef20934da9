#include "graph/einsum.hpp"

#include <string>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::Equation;
using graph::ValueId;

namespace {

/// How large a letter's axis is: axes of size 1 are broadcast.
graph::Dim size_of(const Step& step, const Equation& equation, char letter) {
  graph::Dim found;
  for (std::size_t i = 0; i < equation.operands.size(); ++i)
    for (std::size_t axis = 0; axis < equation.operands[i].size(); ++axis)
      if (equation.operands[i][axis] == letter && step.input_dims(i)[axis] != graph::Dim{})
        found = step.input_dims(i)[axis];
  return found;
}

/// An operand without the axes of size 1 along which it is broadcast.
struct Operand {
  std::string letters;
  Dims dims;
};

Operand without_broadcast(const Step& step, const Equation& equation, std::size_t i) {
  Operand out;
  for (std::size_t axis = 0; axis < equation.operands[i].size(); ++axis) {
    const char letter = equation.operands[i][axis];
    if (step.input_dims(i)[axis] == graph::Dim{} && size_of(step, equation, letter) != graph::Dim{}) continue;
    out.letters += letter;
    out.dims.push_back(step.input_dims(i)[axis]);
  }
  return out;
}

/// Ones where the axes that share a letter have the same index: "ii" is the identity.
ValueId diagonal(Step& step, const std::string& letters, const Dims& dims, ElementType type) {
  Shape shape;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const bool repeated = letters.find(letters[axis]) != letters.rfind(letters[axis]);
    shape.push_back(repeated ? fixed_size(step, dims[axis], "an axis of a repeated letter") : 1);
  }
  Tensor ones(shape, std::vector<double>(static_cast<std::size_t>(element_count(shape)), 1));
  auto* element = reinterpret_cast<double*>(ones.mutable_data());
  for (std::int64_t n = 0; n < element_count(shape); ++n) {
    std::vector<std::int64_t> at(shape.size());
    std::int64_t rest = n;
    for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) at[axis] = rest % shape[axis];
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      if (at[letters.find(letters[axis])] != at[axis]) element[n] = 0;
  }
  return step.build.graph().add_constant(ones.cast(type), step.build.graph().fresh_name("diagonal"));
}

/// Gives operand i: the other operands contracted with the cotangent, spread over the letters that were summed alone.
void give_operand(Step& step, const Equation& equation, std::size_t i) {
  graph::Builder& build = step.build;
  const Operand mine = without_broadcast(step, equation, i);
  const std::string targets(1, equation.free_letter());
  Equation back{{targets + equation.result}, targets};
  std::string known = equation.result;
  std::vector<ValueId> inputs{step.cotangent()};
  for (std::size_t j = 0; j < equation.operands.size(); ++j) {
    if (j == i) continue;
    const Operand other = without_broadcast(step, equation, j);
    inputs.push_back(build.reshape(step.input(j), other.dims));
    back.operands.push_back(other.letters);
    known += other.letters;
  }
  Dims dims{{step.targets, false}}, kept = dims;
  bool repeats = false;
  for (std::size_t axis = 0; axis < mine.letters.size(); ++axis) {
    const char letter = mine.letters[axis];
    const bool first = mine.letters.find(letter) == axis, held = first && known.find(letter) != std::string::npos;
    repeats = repeats || !first;
    kept.push_back(held ? mine.dims[axis] : graph::Dim{});
    if (!held) continue;
    back.result += letter;
    dims.push_back(mine.dims[axis]);
  }
  const ElementType type = build.type(step.cotangent());
  ValueId share = build.reshape(build.op("Einsum", inputs, dims, type, {{"equation", back.text()}}), kept);
  if (repeats) share = build.mul(share, diagonal(step, mine.letters, mine.dims, type));
  share = build.expand(share, step.lifted(mine.dims));
  step.give(i, build.reshape(share, step.lifted(step.input_dims(i))));
}

}  // namespace

void einsum(Step& step) {
  const Equation equation = graph::read_equation(step.build.graph(), step.node);
  for (std::size_t i = 0; i < step.input_count(); ++i)
    if (step.wants(i)) give_operand(step, equation, i);
}

}  // namespace pellucid::propagate::operators::gradient
