#include "inputs/special_tokens.hpp"

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::ScratchFolder;
using Ids = std::set<std::int64_t>;

const char* const kTokenizer = R"({
  "added_tokens": [
    {"id": 0, "content": "<pad>", "special": true}, {"id": 2, "content": "</s>", "special": true},
    {"id": 7, "content": "<name>", "special": false}, {"id": 9, "content": "<mask>", "special": true}],
  "model": {"type": "WordLevel", "vocab": {"<pad>": 0, "</s>": 2, "[MASK]": 5}, "unk_token": "<unk>"}})";

struct Folder : ScratchFolder {
  Folder() { write("model.onnx", "m"); }
  [[nodiscard]] SpecialTokens read() const { return read_special_tokens(open_model_folder(path())); }
};

TEST(SpecialTokens, AreThoseThatTheTokenizerMarks) {
  const Folder folder;
  folder.write("tokenizer.json", kTokenizer);
  folder.write("config.json", R"({"pad_token_id": 1, "eos_token_id": 4})");
  folder.write("special_tokens_map.json",
               R"({"mask_token": {"content": "<mask>", "lstrip": true}, "sep_token": "</s>"})");
  folder.write("tokenizer_config.json", R"({"mask_token": "[MASK]", "cls_token": null})");
  const SpecialTokens tokens = folder.read();
  EXPECT_EQ(tokens.ids, (Ids{0, 2, 9}));
  EXPECT_EQ(tokens.pad, 1);
  EXPECT_EQ(tokens.mask, 9);
  EXPECT_EQ(tokens.sep, 2);
  EXPECT_EQ(tokens.cls, std::nullopt);
}

TEST(SpecialTokens, NamesAreLookedUpInTheVocabularyToo) {
  const Folder folder;
  folder.write("tokenizer.json", kTokenizer);
  folder.write("tokenizer_config.json", R"({"mask_token": "[MASK]", "cls_token": "[CLS]"})");
  EXPECT_EQ(folder.read().mask, 5);
  EXPECT_EQ(folder.read().cls, std::nullopt);
  folder.write("tokenizer.json", R"({"model": {"vocab": [["a", -1.5], ["[CLS]", 0.0], ["[MASK]", 0.0]]}})");
  EXPECT_EQ(folder.read().mask, 2);
  EXPECT_EQ(folder.read().cls, 1);
  EXPECT_EQ(folder.read().ids, Ids{});
}

TEST(SpecialTokens, AreTheConfigurationsWithoutATokenizer) {
  const Folder folder;
  folder.write("config.json",
               R"({"bos_token_id": 5, "eos_token_id": [6, 8], "sep_token_id": null, "pad_token_id": null})");
  const SpecialTokens tokens = folder.read();
  EXPECT_EQ(tokens.ids, (Ids{0, 5, 6, 8}));
  EXPECT_EQ(tokens.pad, 0);
  EXPECT_EQ(tokens.mask, std::nullopt);
  folder.write("config.json", R"({"eos_token_id": "six"})");
  expect_error(ErrorCode::kBadInput, "eos_token_id is no token id", [&] { (void)folder.read(); });
}

TEST(SpecialTokens, AreThoseNamedWhereThereIsOnlyAVocabulary) {
  const Folder folder;
  folder.write("vocab.txt", "[PAD]\n[UNK]\r\n[CLS]\n[SEP]\n[MASK]\ngood");
  folder.write("special_tokens_map.json", R"({"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
                                              "unk_token": "[UNK]", "bos_token": "<s>"})");
  const SpecialTokens tokens = folder.read();
  EXPECT_EQ(tokens.ids, (Ids{0, 1, 2, 3, 4}));
  EXPECT_EQ(tokens.cls, 2);
  EXPECT_EQ(tokens.sep, 3);
  EXPECT_EQ(tokens.mask, 4);
  EXPECT_EQ(tokens.unknown, 1);
}

TEST(SpecialTokens, AreNoneButThePaddingWhereNothingSaysMore) {
  const SpecialTokens tokens = Folder().read();
  EXPECT_EQ(tokens.ids, Ids{0});
  EXPECT_EQ(tokens.pad, 0);
}

TEST(SpecialTokens, RefusesDamagedFiles) {
  const Folder folder;
  const std::string whole = kTokenizer;
  folder.write("tokenizer.json", whole.substr(0, whole.size() / 2));
  expect_error(ErrorCode::kBadInput, "tokenizer.json' is not valid JSON", [&] { (void)folder.read(); });
  for (const char* damaged :
       {R"({"added_tokens": {}})", R"({"added_tokens": [3]})", R"({"added_tokens": [{"id": "0"}]})",
        R"({"added_tokens": [{"id": 0, "content": "a", "special": 1}]})"}) {
    folder.write("tokenizer.json", damaged);
    expect_error(ErrorCode::kBadInput, "added_tokens", [&] { (void)folder.read(); });
  }
}

TEST(SpecialTokens, OfARealModel) {
  const auto shared = tests::fixtures();
  if (!shared) GTEST_SKIP() << "no fixtures";
  const SpecialTokens tokens = read_special_tokens(open_model_folder(*shared / "models" / "bert-tiny-sst2"));
  EXPECT_EQ(tokens.ids, (Ids{0, 100, 101, 102, 103}));
  EXPECT_EQ(tokens.pad, 0);
  EXPECT_EQ(tokens.cls, 101);
  EXPECT_EQ(tokens.sep, 102);
  EXPECT_EQ(tokens.mask, 103);
  EXPECT_EQ(tokens.unknown, 100);
}

}  // namespace
}  // namespace pellucid
