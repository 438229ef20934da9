#include "inputs/text_words.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace pellucid {
namespace {

/// The code point at `at` and its bytes, of valid UTF-8.
std::pair<char32_t, std::size_t> code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t out = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t next = 1; next < size && at + next < text.size(); ++next) {
    out = out << 6 | (static_cast<unsigned char>(text[at + next]) & 0x3Fu);
  }
  return {out, size};
}

/// Unicode's property White_Space.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// `span` without whitespace at its ends; empty where it is nothing else.
TextSpan trimmed(std::string_view text, const TextSpan& span) {
  TextSpan out = {span.end, span.end, span.last_char, span.last_char};
  bool inside = false;
  std::size_t index = span.first_char;
  for (std::size_t at = span.begin; at < span.end; ++index) {
    const auto [c, size] = code_point(text, at);
    if (!is_space(c)) {
      if (!inside) out.begin = at, out.first_char = index;
      inside = true;
      out.end = at + size;
      out.last_char = index + 1;
    }
    at += size;
  }
  return out;
}

/// Where each byte's word begins that whitespace bounds; for whitespace itself the place of the character.
std::vector<std::size_t> starts_of_words(std::string_view text) {
  std::vector<std::size_t> out(text.size());
  bool inside = false;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, size] = code_point(text, at);
    const bool space = is_space(c);
    if (space || !inside) start = at;
    inside = !space;
    const std::size_t end = std::min(at + size, text.size());
    for (; at < end; ++at) out[at] = start;
  }
  return out;
}

bool has_word(const TextToken& token) { return !token.special && !token.span.empty() && token.sequence >= 0; }

const std::string& text_of(const TokenizedText& text, std::int64_t sequence) {
  return sequence == 1 && text.pair ? *text.pair : text.text;
}

/// What tokens of one word have in common, beside their sequence.
using Keys = std::vector<std::int64_t>;

/// Tokens without a number from the tokenizer are words of their own.
Keys tokenizer_keys(const TokenizedText& text) {
  Keys keys;
  for (const TextToken& token : text.tokens) {
    keys.push_back(token.word >= 0 ? token.word : -1 - static_cast<std::int64_t>(keys.size()));
  }
  return keys;
}

bool same_word(const TextToken& a, const TextToken& b) {
  return has_word(a) && has_word(b) && a.sequence == b.sequence && a.word == b.word && a.word >= 0;
}

/// The place in the text where the token's word begins; -1 where it is whitespace only.
std::int64_t key_by_whitespace(const TextToken& token, std::string_view text, const std::vector<std::size_t>& starts) {
  const TextSpan inner = trimmed(text, token.span);
  return inner.empty() ? -1 : static_cast<std::int64_t>(starts[inner.begin]);
}

Keys whitespace_keys(const TokenizedText& text) {
  const std::vector<std::size_t> starts[] = {starts_of_words(text.text), starts_of_words(text.pair.value_or(""))};
  Keys keys;
  for (const TextToken& token : text.tokens) {
    keys.push_back(has_word(token)
                       ? key_by_whitespace(token, text_of(text, token.sequence), starts[token.sequence == 1 ? 1 : 0])
                       : -1);
  }
  const std::size_t count = keys.size();
  for (std::size_t index = count; index-- > 0;) {
    const TextToken& token = text.tokens[index];
    if (keys[index] >= 0 || !has_word(token)) continue;
    if (index + 1 < count && same_word(token, text.tokens[index + 1])) {
      keys[index] = keys[index + 1];
    } else if (index > 0 && same_word(token, text.tokens[index - 1]) && keys[index - 1] >= 0) {
      keys[index] = keys[index - 1];
    } else {
      keys[index] = static_cast<std::int64_t>(token.span.begin);
    }
  }
  return keys;
}

void extend(TextSpan& span, const TextSpan& by) {
  span.begin = std::min(span.begin, by.begin);
  span.end = std::max(span.end, by.end);
  span.first_char = std::min(span.first_char, by.first_char);
  span.last_char = std::max(span.last_char, by.last_char);
}

}  // namespace

void find_words(TokenizedText& text, WordKind kind) {
  const Keys keys = kind == WordKind::kWhitespace ? whitespace_keys(text) : tokenizer_keys(text);
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> index_of;
  text.words.clear();
  for (std::size_t index = 0; index < text.tokens.size(); ++index) {
    TextToken& token = text.tokens[index];
    if (!has_word(token)) {
      token.word = -1;
      continue;
    }
    const auto next = static_cast<std::int64_t>(text.words.size());
    const auto [found, is_new] = index_of.try_emplace({token.sequence, keys[index]}, next);
    token.word = found->second;
    if (is_new) text.words.push_back({token.sequence, token.span, {}});
    TextWord& word = text.words[static_cast<std::size_t>(token.word)];
    extend(word.span, token.span);
    word.tokens.push_back(static_cast<std::int64_t>(index));
  }
  for (TextWord& word : text.words) {
    const TextSpan inner = trimmed(text_of(text, word.sequence), word.span);
    if (!inner.empty()) word.span = inner;
  }
}

}  // namespace pellucid
