#include <algorithm>
#include <string>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// The letters of each operand and of the result.
struct Equation {
  std::vector<std::string> operands;
  std::string result;
};

Equation parse(const Step& step) {
  std::string text = graph::string_attribute(step.node, "equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::size_t arrow = text.find("->"), comma = text.find(',');
  bool ordinary = arrow != std::string::npos && text.find('.') == std::string::npos && step.input_count() <= 2 &&
                  std::count(text.begin(), text.end(), ',') + 1 == static_cast<std::ptrdiff_t>(step.input_count());
  Equation out;
  if (ordinary) {
    out.result = text.substr(arrow + 2);
    out.operands.push_back(text.substr(0, std::min(comma, arrow)));
    if (comma != std::string::npos) out.operands.push_back(text.substr(comma + 1, arrow - comma - 1));
    for (std::string letters : out.operands) {
      std::sort(letters.begin(), letters.end());
      ordinary = ordinary && std::adjacent_find(letters.begin(), letters.end()) == letters.end();
    }
  }
  PELLUCID_CHECK(ordinary, kUnsupported,
                 "{}: no gradient rule for the equation '{}' (one or two operands, an explicit result, no letter "
                 "twice in one operand, no '...')",
                 graph::describe(step.node), text);
  return out;
}

/// A letter that the equation doesn't use, for the target axis.
char free_letter(const Equation& equation) {
  std::string used = equation.result;
  for (const std::string& operand : equation.operands) used += operand;
  char letter = 'a';
  while (used.find(letter) != std::string::npos) ++letter;
  PELLUCID_CHECK(letter <= 'z', kUnsupported, "an Einsum equation uses every letter of the alphabet");
  return letter;
}

/// Gives operand i: the other operand contracted with the cotangent, spread over the letters that were summed alone.
void give_operand(Step& step, const Equation& equation, std::size_t i) {
  graph::Builder& build = step.build;
  const std::string& mine = equation.operands[i];
  std::string others = equation.result, left = equation.result;
  std::vector<ValueId> inputs{step.cotangent()};
  if (equation.operands.size() == 2) {
    others += equation.operands[1 - i];
    inputs.push_back(step.input(1 - i));
  }
  std::string result;
  Dims dims{{step.targets, false}}, kept = dims;
  for (std::size_t axis = 0; axis < mine.size(); ++axis) {
    const bool known = others.find(mine[axis]) != std::string::npos;
    kept.push_back(known ? step.input_dims(i)[axis] : graph::Dim{});
    if (!known) continue;
    result += mine[axis];
    dims.push_back(step.input_dims(i)[axis]);
  }
  const std::string targets(1, free_letter(equation));
  std::string text = targets + left;
  if (inputs.size() == 2) text += "," + equation.operands[1 - i];
  text += "->" + targets + result;
  const ValueId share = build.op("Einsum", inputs, dims, build.type(step.cotangent()), {{"equation", text}});
  step.give(i, build.expand(build.reshape(share, kept), step.lifted(step.input_dims(i))));
}

}  // namespace

void einsum(Step& step) {
  const Equation equation = parse(step);
  for (std::size_t i = 0; i < step.input_count(); ++i)
    if (step.wants(i)) give_operand(step, equation, i);
}

}  // namespace pellucid::propagate::operators::gradient
