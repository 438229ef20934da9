#pragma once

#include <pellucid/text.hpp>

namespace pellucid {

/// Which tokens make a word.
enum class WordKind {
  kTokenizer,  ///< what the tokenizer cut the text into before it looked for pieces: "didn't" is didn ' t under BERT
  kWhitespace  ///< what stands between whitespace in the original text: "didn't" is one word
};

/// Sets `words` of a text whose tokens still have the tokenizer's numbers of words, and `word` of its tokens.
///
/// Special tokens and tokens that stand for no text belong to no word. Tokens are placed by their spans, so that [UNK]
/// and pieces changed by normalisation are part of their words. The span of a word leaves out whitespace at its ends,
/// but for a word that is nothing else. Under kWhitespace a token belongs to the word of its first character that isn't
/// whitespace; one that is whitespace only goes with a neighbour that the tokenizer has in the same word.
void find_words(TokenizedText& text, WordKind kind);

}  // namespace pellucid
