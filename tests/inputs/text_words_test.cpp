#include "inputs/text_words.hpp"

#include <gtest/gtest.h>

namespace pellucid {
namespace {

using Tokens = std::vector<std::int64_t>;

/// ASCII only: bytes and code points are the same.
TextToken token(std::size_t begin, std::size_t end, std::int64_t word, std::int64_t sequence = 0) {
  TextToken out;
  out.sequence = sequence;
  out.word = word;
  out.span = {begin, end, begin, end};
  return out;
}

TextToken special(std::size_t begin = 0, std::size_t end = 0, std::int64_t sequence = -1) {
  TextToken out = token(begin, end, sequence < 0 ? -1 : 7, sequence);
  out.special = true;
  return out;
}

std::string words_of(const TokenizedText& text) {
  std::string out;
  for (const TextWord& word : text.words) {
    const std::string& of = word.sequence == 1 ? *text.pair : text.text;
    out += "[" + of.substr(word.span.begin, word.span.end - word.span.begin) + "]";
  }
  return out;
}

TokenizedText didnt() {
  TokenizedText text;
  text.text = "it didn't, no";
  text.tokens = {special(),      token(0, 2, 0),  token(3, 5, 1),   token(5, 7, 1), token(7, 8, 2),
                 token(8, 9, 3), token(9, 10, 4), token(11, 13, 5), special()};
  return text;
}

TEST(TextWords, AreTheTokenizersOwn) {
  TokenizedText text = didnt();
  find_words(text, WordKind::kTokenizer);
  EXPECT_EQ(words_of(text), "[it][didn]['][t][,][no]");
  EXPECT_EQ(text.words[1].tokens, (Tokens{2, 3}));
  EXPECT_EQ(text.tokens[0].word, -1);
  EXPECT_EQ(text.tokens[3].word, 1);
  EXPECT_EQ(text.tokens[7].word, 5);
}

TEST(TextWords, AreJoinedUpToTheNextWhitespace) {
  TokenizedText text = didnt();
  find_words(text, WordKind::kWhitespace);
  EXPECT_EQ(words_of(text), "[it][didn't,][no]");
  EXPECT_EQ(text.words[1].tokens, (Tokens{2, 3, 4, 5, 6}));
  EXPECT_EQ(text.tokens[7].word, 2);
}

TEST(TextWords, LeaveOutSpecialAndEmptyTokens) {
  TokenizedText text;
  text.text = "a [SEP] b";
  text.tokens = {special(), token(0, 1, 0), special(2, 7, 0), token(0, 0, 2), token(8, 9, 3), special()};
  for (const WordKind kind : {WordKind::kTokenizer, WordKind::kWhitespace}) {
    TokenizedText copy = text;
    find_words(copy, kind);
    EXPECT_EQ(words_of(copy), "[a][b]");
    EXPECT_EQ(copy.tokens[2].word, -1);
    EXPECT_EQ(copy.tokens[3].word, -1);
  }
}

TEST(TextWords, OfAPairAreApart) {
  TokenizedText text;
  text.text = "ab";
  text.pair = "cd e";
  text.tokens = {token(0, 2, 0), token(0, 2, 0, 1), token(3, 4, 1, 1)};
  for (const WordKind kind : {WordKind::kTokenizer, WordKind::kWhitespace}) {
    TokenizedText copy = text;
    find_words(copy, kind);
    EXPECT_EQ(words_of(copy), "[ab][cd][e]");
    EXPECT_EQ(copy.words[1].sequence, 1);
    EXPECT_EQ(copy.words[1].tokens, (Tokens{1}));
  }
}

TEST(TextWords, LeaveOutTheSpaceThatAPieceBeginsWith) {
  TokenizedText text;
  text.text = "so good !";
  text.tokens = {token(0, 2, 0), token(2, 7, 1), token(7, 9, 2)};
  for (const WordKind kind : {WordKind::kTokenizer, WordKind::kWhitespace}) {
    TokenizedText copy = text;
    find_words(copy, kind);
    EXPECT_EQ(words_of(copy), "[so][good][!]");
  }
}

TEST(TextWords, OfWhitespaceAloneGoWithTheTokenizersWord) {
  TokenizedText text;
  text.text = "a  b\n";
  text.tokens = {token(0, 1, 0), token(1, 3, 1), token(3, 4, 1), token(4, 5, 2)};
  find_words(text, WordKind::kWhitespace);
  EXPECT_EQ(words_of(text), "[a][b][\n]");
  EXPECT_EQ(text.words[1].tokens, (Tokens{1, 2}));
}

TEST(TextWords, AreFoundWhereTheTokenizerKnowsNone) {
  TokenizedText text;
  text.text = "good bye";
  text.tokens = {token(0, 2, 0), token(2, 4, 0), token(4, 6, 0), token(6, 8, 0)};  // one word, as without pre-tokenizer
  TokenizedText copy = text;
  find_words(copy, WordKind::kTokenizer);
  EXPECT_EQ(words_of(copy), "[good bye]");
  find_words(text, WordKind::kWhitespace);
  EXPECT_EQ(words_of(text), "[good][bye]");
}

TEST(TextWords, EndAtWhitespaceBeyondAscii) {
  TokenizedText text;
  text.text = "é\u3000ü\u00A0x";  // an ideographic and a no-break space: 2 + 3 + 2 + 2 + 1 bytes
  text.tokens.resize(3);
  const TextSpan spans[] = {{0, 2, 0, 1}, {2, 7, 1, 3}, {7, 10, 3, 5}};
  for (std::size_t index = 0; index < 3; ++index) {
    text.tokens[index].sequence = 0;
    text.tokens[index].word = 0;
    text.tokens[index].span = spans[index];
  }
  find_words(text, WordKind::kWhitespace);
  EXPECT_EQ(words_of(text), "[é][ü][x]");
  EXPECT_EQ(text.words[1].span.first_char, 2u);
  EXPECT_EQ(text.words[1].span.last_char, 3u);
}

TEST(TextWords, OfAnEmptyTextAreNone) {
  TokenizedText text;
  text.tokens = {special(), special()};
  find_words(text, WordKind::kWhitespace);
  EXPECT_TRUE(text.words.empty());
}

}  // namespace
}  // namespace pellucid
