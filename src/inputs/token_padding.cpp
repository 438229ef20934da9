#include "inputs/token_padding.hpp"

#include <algorithm>

namespace pellucid {
namespace {

std::size_t padded_length(std::span<const std::vector<TextToken>> rows, const TokenPadding& padding) {
  std::size_t length = static_cast<std::size_t>(std::max<std::int64_t>(padding.length, 0));
  if (padding.length <= 0) {
    for (const auto& row : rows) length = std::max(length, row.size());
  }
  if (padding.multiple <= 0) return length;
  const auto multiple = static_cast<std::size_t>(padding.multiple);
  return (length + multiple - 1) / multiple * multiple;
}

void add_padding(PaddedRow& row, std::size_t count, const TokenPadding& padding) {
  row.ids.insert(row.ids.end(), count, padding.id);
  row.types.insert(row.types.end(), count, padding.type);
  row.attention_mask.insert(row.attention_mask.end(), count, 0);
}

}  // namespace

std::vector<PaddedRow> pad_tokens(std::span<const std::vector<TextToken>> rows, const TokenPadding& padding) {
  const std::size_t length = padded_length(rows, padding);
  std::vector<PaddedRow> out;
  for (const auto& tokens : rows) {
    const std::size_t missing = length - std::min(length, tokens.size());
    PaddedRow& row = out.emplace_back();
    if (padding.left) add_padding(row, missing, padding);
    for (const TextToken& token : tokens) {
      row.ids.push_back(token.id);
      row.types.push_back(token.type);
      row.attention_mask.push_back(1);
    }
    if (!padding.left) add_padding(row, missing, padding);
  }
  return out;
}

}  // namespace pellucid
