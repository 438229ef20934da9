#include "inputs/tokenizer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "tiny_tokenizer.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::TextFolder;
using Ids = std::vector<std::int64_t>;

Ids ids_of(const TokenizedText& text) {
  Ids out;
  for (const TextToken& token : text.tokens) out.push_back(token.id);
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

class TokenizerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Tokenizer::available()) GTEST_SKIP() << "no tokenizers";
    folder.write("tokenizer.json", tests::tiny_tokenizer_json());
  }
  [[nodiscard]] Tokenizer open() const { return Tokenizer::open(open_model_folder(folder.path())); }

  TextFolder folder;
};

TEST(Tokenizer, SaysWhatToDoWhereTheBuildHasNone) {
  if (Tokenizer::available()) GTEST_SKIP() << "this build has tokenizers";
  const TextFolder folder;
  folder.write("tokenizer.json", tests::tiny_tokenizer_json());
  expect_error(ErrorCode::kUnsupported, "give token ids with --inputs",
               [&] { (void)Tokenizer::open(open_model_folder(folder.path())); });
}

TEST_F(TokenizerTest, PlacesTokensInTheOriginalText) {
  const TokenizedText text = open().encode("The CAFÉ 😀 wasn't 北京 goodly!");
  EXPECT_EQ(ids_of(text), (Ids{2, 5, 17, 1, 1, 13, 14, 18, 19, 8, 10, 23, 3}));
  EXPECT_EQ(words_of(text), "[The][CAFÉ][😀][wasn]['][t][北][京][goodly][!]");
  const TextToken& emoji = text.tokens[3];
  EXPECT_EQ(emoji.piece, "[UNK]");
  EXPECT_FALSE(emoji.special);
  EXPECT_EQ(emoji.span.begin, 10u);
  EXPECT_EQ(emoji.span.end, 14u);
  EXPECT_EQ(emoji.span.first_char, 9u);
  EXPECT_EQ(emoji.span.last_char, 10u);
  EXPECT_TRUE(text.tokens.front().special);
  EXPECT_EQ(text.tokens.front().sequence, -1);
  EXPECT_EQ(text.tokens.front().word, -1);
  EXPECT_EQ(text.words.back().tokens, Ids{11});
}

TEST_F(TokenizerTest, FollowsCombiningCharacters) {
  const TokenizedText text = open().encode("cafe\u0301 good");
  EXPECT_EQ(ids_of(text), (Ids{2, 17, 8, 3}));
  EXPECT_EQ(text.tokens[2].span.first_char, 6u);
  EXPECT_EQ(text.tokens[2].span.begin, 7u);
}

TEST_F(TokenizerTest, JoinsWordsAtWhitespace) {
  const TokenizedText text = open().encode("didn't good, bad", std::nullopt, {.words = WordKind::kWhitespace});
  EXPECT_EQ(words_of(text), "[didn't][good,][bad]");
  EXPECT_EQ(text.words[0].tokens, (Ids{1, 2, 3}));
}

TEST_F(TokenizerTest, TellsASpecialTokenInTheTextFromAnUnknownWord) {
  const TokenizedText text = open().encode("good [SEP] zzz [UNK] bad");
  EXPECT_EQ(ids_of(text), (Ids{2, 8, 3, 1, 1, 9, 3}));
  EXPECT_TRUE(text.tokens[2].special);
  EXPECT_EQ(text.tokens[2].sequence, 0);
  EXPECT_EQ(text.tokens[2].word, -1);
  EXPECT_FALSE(text.tokens[3].special);
  EXPECT_TRUE(text.tokens[4].special);
  EXPECT_EQ(words_of(text), "[good][zzz][bad]");
}

TEST_F(TokenizerTest, KnowsPairs) {
  const TokenizedText text = open().encode("good movie", "not bad");
  EXPECT_EQ(ids_of(text), (Ids{2, 8, 6, 3, 22, 9, 3}));
  EXPECT_EQ(text.tokens[4].type, 1);
  EXPECT_EQ(text.tokens[4].sequence, 1);
  EXPECT_EQ(text.tokens[5].span.begin, 4u);
  EXPECT_EQ(words_of(text), "[good][movie][not][bad]");
}

TEST_F(TokenizerTest, GivesNoWordsForAnEmptyText) {
  for (const char* empty : {"", "  \n"}) {
    const TokenizedText text = open().encode(empty);
    EXPECT_EQ(ids_of(text), (Ids{2, 3}));
    EXPECT_TRUE(text.words.empty());
    EXPECT_EQ(text.cut, 0);
  }
}

TEST_F(TokenizerTest, SaysHowManyTokensWereCut) {
  const Tokenizer tokenizer = open();
  EXPECT_FALSE(tokenizer.truncation());
  const TokenizedText cut = tokenizer.encode("the movie was very good", std::nullopt, {.max_length = 5});
  EXPECT_EQ(ids_of(cut), (Ids{2, 5, 6, 7, 3}));
  EXPECT_EQ(cut.cut, 2);
  EXPECT_EQ(tokenizer.encode("the movie was", std::nullopt, {.max_length = 5}).cut, 0);
  const TokenizedText pair = tokenizer.encode("the movie was very good", "bad !", {.max_length = 7});
  EXPECT_EQ(ids_of(pair), (Ids{2, 5, 6, 3, 9, 23, 3}));
  EXPECT_EQ(pair.cut, 3);
  for (const std::int64_t length : {1, 2}) {
    expect_error(ErrorCode::kUsage, "no room for a text",
                 [&] { (void)tokenizer.encode("good", std::nullopt, {.max_length = length}); });
  }
}

TEST_F(TokenizerTest, CutsAsTheFolderSays) {
  folder.write("tokenizer_config.json", R"({"model_max_length": 4})");
  EXPECT_EQ(ids_of(open().encode("the movie was good")), (Ids{2, 5, 6, 3}));
  folder.write("tokenizer_config.json", R"({"model_max_length": 4, "truncation_side": "left"})");
  EXPECT_EQ(ids_of(open().encode("the movie was good")), (Ids{2, 7, 8, 3}));
  folder.write("tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})");
  EXPECT_FALSE(open().truncation());
  auto json = nlohmann::json::parse(tests::tiny_tokenizer_json());
  json["truncation"] = {{"direction", "Right"}, {"max_length", 3}, {"strategy", "LongestFirst"}, {"stride", 1}};
  json["padding"] = {
      {"strategy", {{"Fixed", 8}}}, {"direction", "Left"},  {"pad_to_multiple_of", nullptr}, {"pad_id", 4},
      {"pad_type_id", 1},           {"pad_token", "[MASK]"}};
  folder.write("tokenizer.json", json.dump());
  const Tokenizer own = open();
  EXPECT_EQ(ids_of(own.encode("the movie was good")), (Ids{2, 5, 3}));
  EXPECT_EQ(own.encode("the movie was good").cut, 3);
  EXPECT_EQ(ids_of(own.encode("the movie was good", std::nullopt, {.max_length = 6})).size(), 6u);
  EXPECT_EQ(own.padding()->length, 8);
  EXPECT_EQ(own.padding()->id, 4);
  EXPECT_TRUE(own.padding()->left);
}

TEST_F(TokenizerTest, GoesThroughALongTextInWindows) {
  const Tokenizer tokenizer = open();
  const auto windows = tokenizer.windows("the movie was very very good", std::nullopt, {}, 5, 1);
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(ids_of(windows[0]), (Ids{2, 5, 6, 7, 3}));
  EXPECT_EQ(ids_of(windows[1]), (Ids{2, 7, 20, 20, 3}));
  EXPECT_EQ(ids_of(windows[2]), (Ids{2, 20, 8, 3}));
  EXPECT_EQ(words_of(windows[2]), "[very][good]");
  EXPECT_EQ(windows[2].words[1].span.begin, 24u);
  EXPECT_EQ(windows[2].cut, 0);
  EXPECT_EQ(tokenizer.windows("the movie", std::nullopt, {}, 5, 1).size(), 1u);
}

TEST_F(TokenizerTest, GoesThroughTheSecondTextOfAPair) {
  const Tokenizer tokenizer = open();
  const auto windows = tokenizer.windows("not bad", "the movie was good", {}, 7, 0);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_EQ(ids_of(windows[0]), (Ids{2, 22, 9, 3, 5, 6, 3}));
  EXPECT_EQ(ids_of(windows[1]), (Ids{2, 22, 9, 3, 7, 8, 3}));
  EXPECT_EQ(words_of(windows[1]), "[not][bad][was][good]");
  expect_error(ErrorCode::kUsage, "the first text of the pair has 2 tokens",
               [&] { (void)tokenizer.windows("not bad", "the movie", {}, 5, 0); });
  expect_error(ErrorCode::kUsage, "give one from 0 to 1",
               [&] { (void)tokenizer.windows("not bad", "the movie was good", {}, 7, 2); });
  expect_error(ErrorCode::kUsage, "no room for a text",
               [&] { (void)tokenizer.windows("bad", std::nullopt, {}, 2, 0); });
}

TEST_F(TokenizerTest, TakesLongTexts) {
  std::string text;
  for (int times = 0; times < 20000; ++times) text += "very good ";
  const TokenizedText whole = open().encode(text);
  EXPECT_EQ(whole.tokens.size(), 40002u);
  EXPECT_EQ(whole.words.size(), 40000u);
  EXPECT_EQ(whole.words.back().span.end, text.size() - 1);
  EXPECT_EQ(open().encode(text, std::nullopt, {.max_length = 512}).cut, 40002 - 512);
  EXPECT_EQ(open().encode(std::string(100000, 'x')).tokens.size(), 3u);
}

TEST_F(TokenizerTest, FindsPiecesAndIds) {
  const Tokenizer tokenizer = open();
  EXPECT_EQ(tokenizer.id_of("movie"), 6);
  EXPECT_EQ(tokenizer.id_of("film"), std::nullopt);
  EXPECT_EQ(tokenizer.piece_of(10), "##ly");
  expect_error(ErrorCode::kBadInput, "has no token 4000", [&] { (void)tokenizer.piece_of(4000); });
  expect_error(ErrorCode::kBadInput, "has no token -1", [&] { (void)tokenizer.piece_of(-1); });
}

TEST_F(TokenizerTest, RefusesWhatIsNotUtf8) {
  const Tokenizer tokenizer = open();
  for (const char* text : {"good \xff", "good \xc3", "good \xed\xa0\x80"}) {
    expect_error(ErrorCode::kBadInput, "the text is not valid UTF-8 at byte 5", [&] { (void)tokenizer.encode(text); });
    expect_error(ErrorCode::kBadInput, "the second text is not valid UTF-8 at byte 5",
                 [&] { (void)tokenizer.encode("good", text); });
  }
  EXPECT_EQ(tokenizer.encode(std::string("good\0bad", 8)).text.size(), 8u);
}

TEST_F(TokenizerTest, RefusesDamagedFiles) {
  const std::string whole = tests::tiny_tokenizer_json();
  for (const std::size_t size : {whole.size() / 2, whole.size() - 1, std::size_t{0}}) {
    folder.write("tokenizer.json", whole.substr(0, size));
    expect_error(ErrorCode::kBadInput, "tokenizer.json' is no tokenizer", [&] { (void)open(); });
  }
  for (const char* place : {"/model/vocab", "/model", "/post_processor", "/normalizer", "/added_tokens",
                            "/model/vocab/the", "/post_processor/single", "/added_tokens/0/id", "/pre_tokenizer"}) {
    for (const nlohmann::json& wrong : {nlohmann::json("x"), nlohmann::json(-7), nlohmann::json::array({1.5})}) {
      auto json = nlohmann::json::parse(whole);
      json[nlohmann::json::json_pointer(place)] = wrong;
      folder.write("tokenizer.json", json.dump());
      expect_error(ErrorCode::kBadInput, "tokenizer.json' is no tokenizer", [&] { (void)open(); });
    }
  }
  folder.write("tokenizer.json", std::string(100000, '['));
  expect_error(ErrorCode::kBadInput, "tokenizer.json' is no tokenizer", [&] { (void)open(); });
}

TEST_F(TokenizerTest, SaysWhatItLookedFor) {
  const TextFolder other;
  expect_error(ErrorCode::kBadInput, "neither a tokenizer.json nor a vocab.txt",
               [&] { (void)Tokenizer::open(open_model_folder(other.path())); });
}

const char* const kTexts[] = {"The movie wasn't GOOD, but very bad!",
                              "naïve café résumé",
                              "北京 is ﬁne [MASK] 😀 ok",
                              "a\tb\u00a0c\u200bd",
                              "[CLS] twice [SEP]",
                              ""};

TEST_F(TokenizerTest, ReadsAVocabularyAsItsTokenizerJson) {
  const TextFolder plain;
  plain.write("vocab.txt", tests::kTinyVocabulary);
  const Tokenizer by_vocabulary = Tokenizer::open(open_model_folder(plain.path()));
  for (const char* text : kTexts) {
    const TokenizedText a = open().encode(text, "good"), b = by_vocabulary.encode(text, "good");
    EXPECT_EQ(ids_of(a), ids_of(b)) << text;
    EXPECT_EQ(words_of(a), words_of(b)) << text;
  }
}

TEST_F(TokenizerTest, ReadsTheVocabularyOfRealModelsAsTheirTokenizerJson) {
  const auto shared = tests::fixtures();
  if (!shared) GTEST_SKIP() << "no fixtures";
  for (const char* name : {"bert-tiny-sst2", "sentiment-small"}) {
    const ModelFolder model = open_model_folder(*shared / "models" / name);
    const TextFolder plain;
    for (const char* file : {"config.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"}) {
      plain.write(file, tests::content_of(model.folder / file));
    }
    const Tokenizer a = Tokenizer::open(model), b = Tokenizer::open(open_model_folder(plain.path()));
    EXPECT_EQ(a.truncation()->max_length, b.truncation()->max_length);
    for (const char* text : kTexts) {
      for (const auto& pair : {std::optional<std::string>(), std::optional<std::string>("not bad")}) {
        EXPECT_EQ(ids_of(a.encode(text, pair)), ids_of(b.encode(text, pair))) << name << text;
        EXPECT_EQ(words_of(a.encode(text, pair)), words_of(b.encode(text, pair))) << name << text;
      }
    }
  }
}

}  // namespace
}  // namespace pellucid
