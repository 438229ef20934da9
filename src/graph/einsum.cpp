#include "graph/einsum.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kEllipsis = "...";

char unused(const std::string& used) {
  const auto free = std::find_if(kLetters.begin(), kLetters.end(),
                                 [&](char letter) { return used.find(letter) == std::string::npos; });
  PELLUCID_CHECK(free != kLetters.end(), kUnsupported, "an Einsum equation uses every letter of the alphabet");
  return *free;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// How many axes the "..." of an operand stands for; 0 where it has none.
std::size_t hidden_axes(const std::string& letters, std::size_t rank) {
  return letters.find(kEllipsis) == std::string::npos ? 0 : rank - std::min(rank, letters.size() - kEllipsis.size());
}

/// The last `count` of the letters in place of "...".
void spell_out(std::string& letters, const std::string& hidden, std::size_t count) {
  const std::size_t at = letters.find(kEllipsis);
  if (at != std::string::npos) letters.replace(at, kEllipsis.size(), hidden.substr(hidden.size() - count));
}

/// The letters that occur once, in the order of the alphabet (capitals first), behind "...".
std::string implied_result(const std::string& left) {
  std::string letters;
  for (const char c : left)
    if (kLetters.find(c) != std::string_view::npos && std::count(left.begin(), left.end(), c) == 1) letters += c;
  std::sort(letters.begin(), letters.end());
  return (left.find(kEllipsis) == std::string::npos ? "" : std::string(kEllipsis)) + letters;
}

}  // namespace

std::string Equation::text() const {
  std::string left;
  for (std::size_t i = 0; i < operands.size(); ++i) left += (i == 0 ? "" : ",") + operands[i];
  return left + "->" + result;
}

char Equation::free_letter() const { return unused(text()); }

Equation read_equation(const Graph& graph, const Node& node) {
  std::string text = string_attribute(node, "equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  Equation out{split(left), arrow == std::string::npos ? implied_result(left) : text.substr(arrow + 2)};
  bool fits = out.operands.size() == node.inputs.size();
  std::size_t most = 0;
  for (std::size_t i = 0; fits && i < out.operands.size(); ++i)
    most = std::max(most, hidden_axes(out.operands[i], graph.dims(node.inputs[i]).size()));
  std::string hidden;
  while (hidden.size() < most) hidden += unused(text + hidden);
  for (std::size_t i = 0; fits && i < out.operands.size(); ++i) {
    const std::size_t rank = graph.dims(node.inputs[i]).size();
    spell_out(out.operands[i], hidden, hidden_axes(out.operands[i], rank));
    fits = out.operands[i].size() == rank;
  }
  PELLUCID_CHECK(fits, kBadInput, "{}: the equation '{}' doesn't fit its operands", describe(node), text);
  spell_out(out.result, hidden, most);
  return out;
}

}  // namespace pellucid::graph
