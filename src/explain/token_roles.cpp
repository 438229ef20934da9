#include "explain/token_roles.hpp"

#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"

namespace pellucid::explain {
namespace {

/// The text that a span of a sequence belongs to.
const std::string& text_of(const TokenizedText& text, std::int64_t sequence) {
  return sequence == 1 && text.pair ? *text.pair : text.text;
}

std::vector<std::int64_t> integers(const Tensor& tensor) {
  const std::vector<double> values = tensor.to_doubles();
  return {values.begin(), values.end()};
}

}  // namespace

std::int64_t TokenRoles::first_mask(std::size_t sample) const {
  if (!mask) return -1;
  const auto found = std::find(ids[sample].begin(), ids[sample].end(), *mask);
  return found == ids[sample].end() ? -1 : found - ids[sample].begin();
}

TokenRoles token_roles(Model::State& state, const Prepared& prepared, const Request& request) {
  const graph::Graph& graph = prepared.graph;
  const graph::ValueId input = anatomy::find_word_table(graph).ids;
  PELLUCID_CHECK(input != graph::kNone, kUnsupported,
                 "no table that token ids look up was found in the model: its input is no text");
  const Tensor& fed = request.inputs.at(graph.value(input).name);
  const std::vector<std::int64_t> ids = integers(fed);
  const graph::ValueId mask = anatomy::find_mask(graph, input);
  const SpecialTokens& special = state.special_tokens();
  std::vector<std::int64_t> valid(ids.size(), 1), types(ids.size(), 0);
  if (mask != graph::kNone) valid = integers(request.inputs.at(graph.value(mask).name));
  if (const auto at = request.inputs.find("token_type_ids"); at != request.inputs.end()) types = integers(at->second);
  TokenRoles roles;
  roles.mask = special.mask;
  if (special.mask) roles.mask_piece = state.piece_of(*special.mask);
  const auto batch = static_cast<std::size_t>(fed.shape().at(0)), tokens = static_cast<std::size_t>(fed.shape().at(1));
  for (std::size_t b = 0; b < batch; ++b) {
    std::vector<bool> content(tokens), real(tokens), second(tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
      const std::size_t at = b * tokens + i;
      real[i] = valid.at(at) != 0;
      content[i] = real[i] && (special.ids.count(ids[at]) == 0 || special.unknown == ids[at]);
      second[i] = types.at(at) == 1;
    }
    if (!request.texts.empty()) {
      const auto& of_text = request.texts.at(b).tokens;
      for (std::size_t i = 0; i < tokens; ++i) second[i] = i < of_text.size() && of_text[i].sequence == 1;
    }
    roles.content.push_back(content);
    roles.real.push_back(real);
    roles.second.push_back(second);
    const auto first = static_cast<std::ptrdiff_t>(b * tokens), last = static_cast<std::ptrdiff_t>((b + 1) * tokens);
    roles.ids.emplace_back(ids.begin() + first, ids.begin() + last);
    roles.types.emplace_back(types.begin() + first, types.begin() + last);
  }
  return roles;
}

std::string text_between(const TokenizedText& text, std::int64_t first, std::int64_t last) {
  const auto at = [&text](std::int64_t i) -> const TextToken& { return text.tokens.at(static_cast<std::size_t>(i)); };
  const TextToken &begin = at(first), &end = at(last);
  if (begin.sequence != end.sequence || begin.sequence < 0 || end.span.end <= begin.span.begin) return "";
  return text_of(text, begin.sequence).substr(begin.span.begin, end.span.end - begin.span.begin);
}

std::string word_at(const TokenizedText& text, std::int64_t token) {
  const TextToken& found = text.tokens.at(static_cast<std::size_t>(token));
  if (found.word < 0) return found.piece;
  const TextWord& word = text.words.at(static_cast<std::size_t>(found.word));
  return text_of(text, word.sequence).substr(word.span.begin, word.span.end - word.span.begin);
}

}  // namespace pellucid::explain
