#include "inputs/vocabulary.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inputs/bert_vocabulary.hpp"
#include "support/expect_error.hpp"
#include "tiny_tokenizer.hpp"

namespace pellucid {
namespace {

using nlohmann::json;
using tests::expect_error;
using tests::TextFolder;

TEST(VocabularyFile, HoldsAPieceOnEachLine) {
  const TextFolder folder;
  const auto file = folder.write("vocab.txt", "a\nb\r\n\nb\nlast");
  EXPECT_EQ(read_vocabulary(file), (Vocabulary{{"a", 0}, {"b", 3}, {"", 2}, {"last", 4}}));
}

json tokenizer_of(const TextFolder& folder, const json& config) {
  const auto file = folder.write("vocab.txt", tests::kTinyVocabulary);
  return json::parse(bert_tokenizer_json(open_model_folder(folder.path()), file, config));
}

TEST(BertVocabulary, IsUncasedWhereNothingIsSaid) {
  const json made = tokenizer_of(TextFolder(), json());
  const json normalizer = {{"type", "BertNormalizer"},
                           {"clean_text", true},
                           {"handle_chinese_chars", true},
                           {"strip_accents", nullptr},
                           {"lowercase", true}};
  EXPECT_EQ(made["normalizer"], normalizer);
  EXPECT_EQ(made["model"]["vocab"]["movie"], 6);
  EXPECT_EQ(made["post_processor"]["cls"], json::parse(R"(["[CLS]", 2])"));
  EXPECT_EQ(made["added_tokens"].size(), 5u);
}

TEST(BertVocabulary, FollowsTheConfiguration) {
  const json made = tokenizer_of(TextFolder(), {{"do_lower_case", false},
                                                {"strip_accents", true},
                                                {"tokenize_chinese_chars", false},
                                                {"tokenizer_class", "DistilBertTokenizer"}});
  EXPECT_EQ(made["normalizer"]["lowercase"], false);
  EXPECT_EQ(made["normalizer"]["strip_accents"], true);
  EXPECT_EQ(made["normalizer"]["handle_chinese_chars"], false);
  const TextFolder folder;
  folder.write("special_tokens_map.json", R"({"cls_token": "the"})");
  EXPECT_EQ(tokenizer_of(folder, json())["post_processor"]["cls"], json::parse(R"(["the", 5])"));
}

TEST(BertVocabulary, RefusesOtherTokenizers) {
  const auto refuse = [](ErrorCode code, const std::string& words, const json& config) {
    expect_error(code, words, [&] { (void)tokenizer_of(TextFolder(), config); });
  };
  refuse(ErrorCode::kUnsupported, "'bertjapanese'", {{"tokenizer_class", "BertJapaneseTokenizer"}});
  refuse(ErrorCode::kUnsupported, "do_basic_tokenize", {{"do_basic_tokenize", false}});
  refuse(ErrorCode::kBadInput, "do_lower_case is neither", {{"do_lower_case", "yes"}});
  const TextFolder folder;
  folder.write("config.json", R"({"model_type": "esm"})");
  expect_error(ErrorCode::kUnsupported, "'esm'", [&] { (void)tokenizer_of(folder, json()); });
  const auto file = folder.write("vocab.txt", "[PAD]\n[CLS]\n[SEP]\n");
  folder.write("config.json", R"({"model_type": "bert"})");
  expect_error(ErrorCode::kBadInput, "no piece '[UNK]'",
               [&] { (void)bert_tokenizer_json(open_model_folder(folder.path()), file, json()); });
}

}  // namespace
}  // namespace pellucid
