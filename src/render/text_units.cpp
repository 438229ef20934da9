#include "render/text_units.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::render {
namespace {

const TextToken& token_at(const TokenizedText& text, std::int64_t index) {
  PELLUCID_ASSERT(index >= 0 && index < static_cast<std::int64_t>(text.tokens.size()));
  return text.tokens[static_cast<std::size_t>(index)];
}

std::string_view sequence_of(const TokenizedText& text, std::int64_t sequence) {
  PELLUCID_ASSERT(sequence == 0 || (sequence == 1 && text.pair));
  return sequence == 0 ? text.text : *text.pair;
}

bool has_place(const TextToken& token) { return !token.special && token.sequence >= 0 && !token.span.empty(); }

std::vector<UnitSpan> words(const TokenizedText& text) {
  std::vector<UnitSpan> units;
  for (const TextWord& word : text.words) {
    UnitSpan unit{word.sequence, word.span.begin, word.span.end, {}};
    for (const std::int64_t index : word.tokens) {
      if (!token_at(text, index).special) unit.tokens.push_back(index);
    }
    if (!unit.tokens.empty()) units.push_back(std::move(unit));
  }
  return units;
}

std::vector<UnitSpan> pieces(const TokenizedText& text, bool of_words) {
  std::vector<UnitSpan> units;
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    const TextToken& token = text.tokens[i];
    if (!has_place(token) || (token.word >= 0 && !of_words)) continue;
    units.push_back({token.sequence, token.span.begin, token.span.end, {static_cast<std::int64_t>(i)}});
  }
  return units;
}

/// In the order of the text; units that share characters become one.
std::vector<UnitSpan> in_order(std::vector<UnitSpan> units) {
  std::stable_sort(units.begin(), units.end(), [](const UnitSpan& a, const UnitSpan& b) {
    return a.sequence != b.sequence ? a.sequence < b.sequence : a.begin < b.begin;
  });
  std::vector<UnitSpan> joined;
  for (UnitSpan& unit : units) {
    if (joined.empty() || joined.back().sequence != unit.sequence || joined.back().end <= unit.begin) {
      joined.push_back(std::move(unit));
      continue;
    }
    UnitSpan& last = joined.back();
    last.end = std::max(last.end, unit.end);
    last.tokens.insert(last.tokens.end(), unit.tokens.begin(), unit.tokens.end());
    std::sort(last.tokens.begin(), last.tokens.end());
  }
  return joined;
}

/// Special tokens that a sequence itself holds, in its order.
std::vector<TextSpan> typed_special(const TokenizedText& text, std::int64_t sequence) {
  std::vector<TextSpan> spans;
  for (const TextToken& token : text.tokens) {
    if (token.special && token.sequence == sequence && !token.span.empty()) spans.push_back(token.span);
  }
  return spans;
}

/// Adds the stretches of one sequence from `at` to `end`: special tokens that the text itself holds, and the rest.
void add_between(std::vector<TextPart>& parts, std::string_view whole, const std::vector<TextSpan>& special,
                 std::size_t at, std::size_t end) {
  const auto add = [&](TextPart::Kind kind, std::size_t from, std::size_t to) {
    if (from < to) parts.push_back({kind, whole.substr(from, to - from), 0});
  };
  for (const TextSpan& span : special) {
    if (span.begin < at || span.end > end) continue;
    add(TextPart::Kind::kBetween, at, span.begin);
    add(TextPart::Kind::kSpecial, span.begin, span.end);
    at = span.end;
  }
  add(TextPart::Kind::kBetween, at, end);
}

/// Where the last token of a sequence ends.
std::size_t read_until(const TokenizedText& text, std::int64_t sequence) {
  std::size_t end = 0;
  for (const TextToken& token : text.tokens) {
    if (token.sequence == sequence) end = std::max(end, token.span.end);
  }
  return end;
}

std::vector<TextPart> parts_of(const TokenizedText& text, std::int64_t sequence, const std::vector<UnitSpan>& units) {
  std::vector<TextPart> parts;
  const std::string_view whole = sequence_of(text, sequence);
  const std::vector<TextSpan> special = typed_special(text, sequence);
  std::size_t at = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const UnitSpan& unit = units[i];
    if (unit.sequence != sequence) continue;
    add_between(parts, whole, special, at, unit.begin);
    parts.push_back({TextPart::Kind::kUnit, text_of(text, sequence, unit.begin, unit.end), i});
    at = unit.end;
  }
  const std::size_t read = text.cut > 0 ? std::max(at, read_until(text, sequence)) : whole.size();
  add_between(parts, whole, special, at, read);
  const std::string_view rest = text_of(text, sequence, read, whole.size());
  const bool blank = rest.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (!rest.empty()) parts.push_back({blank ? TextPart::Kind::kBetween : TextPart::Kind::kCut, rest, 0});
  return parts;
}

}  // namespace

std::string_view text_of(const TokenizedText& text, std::int64_t sequence, std::size_t begin, std::size_t end) {
  const std::string_view whole = sequence_of(text, sequence);
  PELLUCID_ASSERT(begin <= end && end <= whole.size());
  return whole.substr(begin, end - begin);
}

TextLayout lay_out(const TokenizedText& text, TextUnit unit) {
  std::vector<UnitSpan> found = pieces(text, unit == TextUnit::kPieces);
  if (unit == TextUnit::kWords) {
    for (UnitSpan& word : words(text)) found.push_back(std::move(word));
  }
  TextLayout layout{in_order(std::move(found)), {}};
  for (std::int64_t sequence = 0; sequence < (text.pair ? 2 : 1); ++sequence) {
    layout.sequences.push_back(parts_of(text, sequence, layout.units));
  }
  return layout;
}

std::vector<std::int64_t> tokens_apart(const TokenizedText& text) {
  std::vector<std::int64_t> apart;
  for (std::size_t i = 0; i < text.tokens.size(); ++i) {
    const TextToken& token = text.tokens[i];
    if (token.special || (!has_place(token) && token.word < 0)) apart.push_back(static_cast<std::int64_t>(i));
  }
  return apart;
}

}  // namespace pellucid::render
