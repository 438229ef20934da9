#include "explain/targets.hpp"

#include <array>
#include <charconv>

#include "base/check.hpp"
#include "base/safetensors.hpp"

namespace pellucid::explain {
namespace {

constexpr std::array<const char*, 7> kKinds = {
    "logit:", "prob:", "logprob:", "contrast:", "concept:", "output:", "next:"};
constexpr const char* kForms =
    "logit:CLASS, prob:CLASS, logprob:CLASS, contrast:A,B, concept:FILE#TENSOR, output:NAME[i,j], next:TOKEN, or a sum "
    "of these by +";

std::string kind_of(const std::string& text) {
  for (const char* kind : kKinds)
    if (text.rfind(kind, 0) == 0) return kind;
  return "";
}

/// Cuts at each + that a new target form follows.
std::vector<std::string> addends(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t at = text.find('+'); at != std::string::npos; at = text.find('+', at + 1)) {
    if (kind_of(text.substr(at + 1)).empty()) continue;
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::int64_t whole_number(const std::string& text, const std::string& target) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  PELLUCID_CHECK(error == std::errc{} && end == text.data() + text.size() && value >= 0, kUsage,
                 "target '{}': '{}' is not a whole number of at least 0", target, text);
  return value;
}

Term class_term(Space space, std::int64_t index, double factor) {
  Term term;
  term.space = space;
  term.index = {index};
  term.factor = factor;
  return term;
}

Target one_class(const std::string& rest, Space space, const std::string& function, const TargetNames& names) {
  Target target;
  const std::int64_t index = names.class_of(rest);
  target.label = function.empty() ? names.label_of(index) : function + "(" + names.label_of(index) + ")";
  target.class_index = index;
  target.terms = {class_term(space, index, 1)};
  return target;
}

Target next_token(const std::string& rest, const TargetNames& names) {
  const std::int64_t index = names.token_of(rest);
  Target target;
  target.label = names.label_of(index);
  target.class_index = index;
  target.terms = {class_term(Space::kLogits, index, 1)};
  return target;
}

Target contrast(const std::string& text, const std::string& rest, const TargetNames& names) {
  const auto comma = rest.find(',');
  PELLUCID_CHECK(comma != std::string::npos && rest.find(',', comma + 1) == std::string::npos, kUsage,
                 "target '{}': contrast:A,B takes two classes; give a label that has a comma by its number", text);
  const std::int64_t a = names.class_of(rest.substr(0, comma)), b = names.class_of(rest.substr(comma + 1));
  Target target;
  target.label = names.label_of(a) + " − " + names.label_of(b);
  target.terms = {class_term(Space::kLogits, a, 1), class_term(Space::kLogits, b, -1)};
  return target;
}

Target concept_of(const Tensor& vector, const std::string& name, const TargetNames& names) {
  Term term;
  term.space = names.cosine ? Space::kCosineFeature : Space::kFeature;
  term.vector = vector.cast(ElementType::kFloat64);
  Target target;
  target.label = "concept " + name;
  target.terms = {term};
  return target;
}

Target concept_target(const std::string& text, const std::string& rest, const TargetNames& names) {
  if (const auto known = names.concepts.find(rest); known != names.concepts.end())
    return concept_of(known->second, known->first, names);
  const auto hash = rest.rfind('#');
  const std::string file = rest.substr(0, hash);
  const TensorMap tensors = read_safetensors(file);
  std::string name = hash == std::string::npos ? "" : rest.substr(hash + 1);
  if (name.empty() && tensors.size() == 1) name = tensors.begin()->first;
  PELLUCID_CHECK(tensors.count(name) != 0, kUsage, "target '{}': {} holds no tensor '{}'; it holds {} tensors", text,
                 file, name, tensors.size());
  return concept_of(tensors.at(name), name, names);
}

Target output_target(const std::string& text, const std::string& rest) {
  const auto open = rest.rfind('[');
  PELLUCID_CHECK(open != std::string::npos && open > 0 && rest.back() == ']', kUsage,
                 "target '{}': output:NAME[i,j] is expected", text);
  Term term;
  term.space = Space::kOutput;
  term.output = rest.substr(0, open);
  std::string digits = rest.substr(open + 1, rest.size() - open - 2);
  while (!digits.empty()) {
    const auto comma = digits.find(',');
    term.index.push_back(whole_number(digits.substr(0, comma), text));
    digits = comma == std::string::npos ? "" : digits.substr(comma + 1);
  }
  Target target;
  target.label = rest;
  target.terms = {term};
  return target;
}

Target single(const std::string& text, const TargetNames& names) {
  const std::string kind = kind_of(text), rest = text.substr(kind.size());
  PELLUCID_CHECK(!rest.empty(), kUsage, "target '{}' is incomplete; the forms are: {}", text, kForms);
  if (kind.empty() || kind == "logit:") return one_class(rest, Space::kLogits, "", names);
  if (kind == "prob:") return one_class(rest, Space::kProbabilities, "p", names);
  if (kind == "logprob:") return one_class(rest, Space::kLogProbabilities, "log p", names);
  if (kind == "contrast:") return contrast(text, rest, names);
  if (kind == "concept:") return concept_target(text, rest, names);
  if (kind == "output:") return output_target(text, rest);
  PELLUCID_ASSERT(kind == "next:");
  return next_token(rest, names);
}

}  // namespace

std::string Term::key() const {
  switch (space) {
    case Space::kLogits: return "logits";
    case Space::kProbabilities: return "probabilities";
    case Space::kLogProbabilities: return "log_probabilities";
    case Space::kFeature: return "feature";
    case Space::kCosineFeature: return "cosine_feature";
    case Space::kOutput: return "output:" + output;
  }
  return "";
}

Target parse_target(const std::string& text, const TargetNames& names) {
  const std::vector<std::string> parts = addends(text);
  Target sum = single(parts[0], names);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Target next = single(parts[i], names);
    sum.label += " + " + next.label;
    sum.terms.insert(sum.terms.end(), next.terms.begin(), next.terms.end());
    sum.class_index.reset();
  }
  sum.spec = text;
  return sum;
}

}  // namespace pellucid::explain
