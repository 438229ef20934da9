#pragma once

#include <string>

#include "support/scratch_folder.hpp"

namespace pellucid::tests {

/// The pieces of a small WordPiece vocabulary, a line each.
inline const std::string kTinyVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nmovie\nwas\ngood\nbad\n##ly\n##ness\ndidn\n'\nt\n.\n,\ncafe\n北\n京\n"
    "very\na\nnot\n!\n";

/// The same as the tokenizer.json of an uncased BERT.
std::string tiny_tokenizer_json();

/// A model folder with a file model.onnx that is none; the rest is the test's.
struct TextFolder : ScratchFolder {
  TextFolder() { write("model.onnx", "m"); }
};

}  // namespace pellucid::tests
