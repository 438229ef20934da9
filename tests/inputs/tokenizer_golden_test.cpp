// Every recorded case of the reference library: ids, pieces, both kinds of offsets, masks, words, the rows that
// truncation cuts off, padded batches, refusals.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pellucid/error.hpp>

#include "inputs/tokenizer_crate.hpp"
#include "support/fixtures.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Recorded {
  TokenizerCrate tokenizer;
  json cases;
};

std::vector<Recorded> recorded() {
  std::vector<Recorded> out;
  for (const auto& entry : fs::directory_iterator(*tests::fixtures() / "fixtures" / "tokenizers")) {
    if (!fs::exists(entry.path() / "golden.json")) continue;
    json golden = json::parse(std::ifstream(entry.path() / "golden.json"));
    const fs::path file = entry.path() / golden.value("tokenizer", "tokenizer.json");
    out.push_back({TokenizerCrate::open(tests::content_of(file), file.string()), golden["cases"]});
  }
  return out;
}

std::optional<std::string> pair_of(const json& one) {
  return one.contains("pair") && !one["pair"].is_null() ? std::optional(one["pair"].get<std::string>()) : std::nullopt;
}

std::optional<Truncation> truncation_of(const json& options) {
  if (!options.contains("max_length")) return std::nullopt;
  using Strategy = Truncation::Strategy;
  const std::map<std::string, Strategy> strategies = {{"longest_first", Strategy::kLongestFirst},
                                                      {"only_first", Strategy::kOnlyFirst},
                                                      {"only_second", Strategy::kOnlySecond}};
  return Truncation{
      .max_length = options["max_length"], .stride = options["stride"], .strategy = strategies.at(options["strategy"])};
}

std::vector<TokenizerCrate::Row> encode(const TokenizerCrate& tokenizer, const json& one) {
  const json options = one.value("options", json::object());
  return tokenizer.encode(one["text"], pair_of(one), options.value("add_special_tokens", true), truncation_of(options));
}

json or_null(std::int64_t number) { return number < 0 ? json() : json(number); }

/// The row as the reference writes it.
json to_json(const TokenizerCrate::Row& row) {
  json out = {{"ids", json::array()},          {"tokens", json::array()},      {"offsets_char", json::array()},
              {"offsets_byte", json::array()}, {"type_ids", json::array()},    {"special_tokens_mask", json::array()},
              {"word_ids", json::array()},     {"sequence_ids", json::array()}};
  for (const TextToken& token : row) {
    out["ids"].push_back(token.id);
    out["tokens"].push_back(token.piece);
    out["offsets_char"].push_back({token.span.first_char, token.span.last_char});
    out["offsets_byte"].push_back({token.span.begin, token.span.end});
    out["type_ids"].push_back(token.type);
    out["special_tokens_mask"].push_back(token.special ? 1 : 0);
    out["word_ids"].push_back(or_null(token.word));
    out["sequence_ids"].push_back(or_null(token.sequence));
  }
  return out;
}

json overflow(const std::vector<TokenizerCrate::Row>& rows) {
  json out = json::array();
  for (std::size_t row = 1; row < rows.size(); ++row) out.push_back(to_json(rows[row])["ids"]);
  return out;
}

void expect_row(const TokenizerCrate& tokenizer, const json& one) {
  const auto rows = encode(tokenizer, one);
  const json row = to_json(rows.front());
  for (const auto& [key, value] : row.items()) {
    EXPECT_EQ(value, one[key]) << tokenizer.source() << " " << key << " of " << one["text"]
                               << one.value("options", json());
  }
  if (!one.contains("overflowing")) return;
  EXPECT_EQ(overflow(rows), one["overflowing"]) << tokenizer.source() << one["text"];
}

void expect_batch(const TokenizerCrate& tokenizer, const json& one) {
  const json& options = one["options"]["padding"];
  TokenPadding padding{.id = options["pad_id"]};
  if (options["length"].is_number()) padding.length = options["length"];
  padding.multiple = options.value("pad_to_multiple_of", 0);
  std::vector<TokenizerCrate::Row> rows;
  for (const std::string text : one["batch"]) rows.push_back(tokenizer.encode(text, std::nullopt).front());
  const std::vector<PaddedRow> padded = pad_tokens(rows, padding);
  ASSERT_EQ(padded.size(), one["rows"].size());
  for (std::size_t row = 0; row < padded.size(); ++row) {
    EXPECT_EQ(json(padded[row].ids), one["rows"][row]["ids"]) << tokenizer.source();
    EXPECT_EQ(json(padded[row].types), one["rows"][row]["type_ids"]) << tokenizer.source();
    EXPECT_EQ(json(padded[row].attention_mask), one["rows"][row]["attention_mask"]) << tokenizer.source();
  }
}

/// Runs `expect` on the recorded cases that have `key`; there must be some.
template <class Expect>
void for_cases_with(const char* key, const Expect& expect) {
  if (!TokenizerCrate::available()) GTEST_SKIP() << "no tokenizers";
  if (!tests::fixtures()) GTEST_SKIP() << "no fixtures";
  std::size_t count = 0;
  for (const Recorded& kind : recorded()) {
    for (const json& one : kind.cases) {
      if (!one.contains(key)) continue;
      expect(kind.tokenizer, one);
      ++count;
    }
  }
  EXPECT_GT(count, 0u);
}

TEST(RecordedTokens, AreTheReferences) { for_cases_with("ids", expect_row); }

TEST(RecordedTokens, ArePaddedAsByTheReference) { for_cases_with("batch", expect_batch); }

TEST(RecordedTokens, AreRefusedAsByTheReference) {
  for_cases_with("error", [](const TokenizerCrate& tokenizer, const json& one) {
    EXPECT_THROW((void)encode(tokenizer, one), Error) << tokenizer.source() << one;
  });
}

TEST(RecordedTokens, AreFoundByPieceAndById) {
  for_cases_with("ids", [](const TokenizerCrate& tokenizer, const json& one) {
    for (std::size_t token = 0; token < one["ids"].size(); ++token) {
      const std::int64_t id = one["ids"][token];
      const std::optional<std::string> piece = tokenizer.piece_of(id);
      ASSERT_TRUE(piece) << tokenizer.source() << id;
      EXPECT_EQ(tokenizer.id_of(*piece), id) << tokenizer.source();
    }
  });
}

}  // namespace
}  // namespace pellucid
