#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "anatomy/anatomy.hpp"
#include "anatomy/fixture_graph.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"

namespace pellucid::anatomy {
namespace {

using graph::Graph;
using graph::kNone;
using nlohmann::json;

json read_json(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return json::parse(stream);
}

/// `anatomy.json` describes the read-out in words; these are the kinds that the words mean.
ReadOutKind kind_of(const std::string& words) {
  if (words.find("weight 1/2 each") != std::string::npos) return ReadOutKind::kAveragedTokens;
  if (words.rfind("class token 0", 0) == 0) return ReadOutKind::kClassToken;
  if (words.rfind("mean over", 0) == 0) return ReadOutKind::kMean;
  if (words.rfind("row of the last position", 0) == 0) return ReadOutKind::kTarget;
  if (words.rfind("row of the", 0) == 0) return ReadOutKind::kLastToken;
  return ReadOutKind::kNone;
}

/// Rows that the words name, where they are fixed.
std::vector<double> weights_of(const std::string& words, std::int64_t tokens) {
  std::vector<double> weights(static_cast<std::size_t>(tokens), 0);
  const ReadOutKind kind = kind_of(words);
  if (kind == ReadOutKind::kClassToken) weights[0] = 1;
  if (kind == ReadOutKind::kAveragedTokens) weights[0] = weights[1] = 0.5;
  const auto first = static_cast<std::size_t>(words == "mean over tokens 1.." ? 1 : 0);
  if (kind == ReadOutKind::kMean)
    for (std::size_t i = first; i < weights.size(); ++i) weights[i] = 1.0 / static_cast<double>(weights.size() - first);
  return weights;
}

bool rules_out(const Anatomy& anatomy, const std::string& method) {
  for (const Missing& missing : anatomy.missing)
    for (const std::string& name : missing.methods)
      if (name == method || name == method + " (at=tokens)" || name == method + " (sites=self)") return true;
  return false;
}

void expect_stream(const Graph& graph, const Stream& stream, const json& want, bool tabular) {
  EXPECT_EQ(stream.token_count, want["tokens"].get<std::int64_t>());
  EXPECT_EQ(stream.layout.tokens, want["tokens"].get<std::int64_t>());
  // The table's class token is as constant as an image model's.
  const auto special = tabular ? std::vector<std::int64_t>{0} : want["special_tokens"].get<std::vector<std::int64_t>>();
  EXPECT_EQ(stream.layout.special, special);
  EXPECT_EQ(stream.layout.special_names.size(), special.size());
  if (want["patch_grid"].is_null())
    EXPECT_EQ(stream.layout.rows, 0);
  else
    EXPECT_EQ((std::vector<std::int64_t>{stream.layout.rows, stream.layout.columns}),
              want["patch_grid"].get<std::vector<std::int64_t>>());
  if (stream.merged) return;
  ASSERT_EQ(stream.blocks.size(), want["attention_sites_explained"].get<std::size_t>());
  for (std::size_t l = 0; l < stream.blocks.size(); ++l) {
    const Block& block = stream.blocks[l];
    EXPECT_EQ(block.site.heads, want["heads"].get<std::int64_t>());
    EXPECT_EQ(block.site.queries, stream.token_count);
    EXPECT_EQ(block.site.keys, stream.token_count);
    EXPECT_TRUE(block.site.self);
    EXPECT_EQ(block.output, l + 1 < stream.blocks.size() ? stream.blocks[l + 1].input : stream.last);
    for (const graph::ValueId id : {block.input, block.output, block.attention_input})
      EXPECT_EQ(graph.dims(id), graph.dims(stream.tokens));
  }
  EXPECT_EQ(stream.blocks[0].input, stream.tokens);
  const std::string words = want["readout"];
  EXPECT_EQ(stream.read_out.kind, kind_of(words)) << words << "; found " << stream.read_out.description;
  const bool masked = words.find("attention_mask = 1") != std::string::npos && kind_of(words) == ReadOutKind::kMean;
  EXPECT_EQ(stream.read_out.mask.value != kNone, masked);
  if (stream.read_out.weights.empty()) return;
  const std::vector<double> weights = weights_of(words, stream.token_count);
  ASSERT_EQ(stream.read_out.weights.size(), weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(stream.read_out.weights[i], weights[i], 1e-12);
}

/// Where the words name a decoder: as many blocks as the encoder has, each with an attention of its own and one over
/// the encoder's tokens.
void expect_decoder(const Stream& stream, const json& want) {
  const bool due = want["readout"].get<std::string>().rfind("decoder position", 0) == 0;
  ASSERT_EQ(stream.decoder.has_value(), due);
  if (!due) return;
  const Decoder& decoder = *stream.decoder;
  EXPECT_EQ(decoder.sites.size(),
            want["attention_sites_total"].get<std::size_t>() - want["attention_sites_explained"].get<std::size_t>());
  for (std::size_t i = 0; i < decoder.sites.size(); ++i) {
    EXPECT_EQ(decoder.sites[i].self, i % 2 == 0);
    EXPECT_EQ(decoder.sites[i].queries, decoder.token_count);
    EXPECT_EQ(decoder.sites[i].keys, i % 2 == 0 ? decoder.token_count : stream.token_count);
  }
  EXPECT_EQ(decoder.read_out.weights, std::vector<double>{1});
  ASSERT_EQ(decoder.read_out.per_token.size(), 1U);
  EXPECT_EQ(decoder.read_out.per_token[0].axis, 1);
}

class Matrix : public testing::TestWithParam<std::string> {};

TEST_P(Matrix, FindsWhatTheFixtureNames) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures/matrix" / GetParam();
  const Graph graph = tests::fixture_graph(folder / "model.onnx", read_safetensors(folder / "inputs.safetensors"));
  const Anatomy anatomy = find_anatomy(graph);
  std::string evidence;
  for (const std::string& line : anatomy.evidence) evidence += line + "\n";
  SCOPED_TRACE(evidence);
  json want = read_json(folder / "anatomy.json");
  if (!want.is_array()) want = json::array({want});
  const bool streamless = want[0]["left_out"].contains("saliency");
  EXPECT_EQ(anatomy.sites.size(), want[0]["attention_sites_total"].get<std::size_t>());
  ASSERT_EQ(anatomy.streams.size(), streamless ? 0 : want.size());
  const bool tabular = GetParam().rfind("torch-mha-tabular", 0) == 0;
  for (std::size_t i = 0; i < anatomy.streams.size(); ++i) {
    EXPECT_EQ(anatomy.streams[i].name, want[i]["stream"].get<std::string>());
    expect_stream(graph, anatomy.streams[i], want[i], tabular);
    expect_decoder(anatomy.streams[i], want[i]);
  }
  // GenAtt is defined through the decoder, too.
  const bool decoder = !anatomy.streams.empty() && anatomy.streams[0].decoder;
  for (const auto& [method, why] : want[0]["left_out"].items())
    EXPECT_EQ(rules_out(anatomy, method), !decoder || method != "genatt") << method;
  const json cases = read_json(folder / "cases.json");
  for (const json& entry : cases) {
    const bool ours = entry.value("rules", "gradient") == "gradient" && want[0]["left_out"].empty();
    EXPECT_FALSE(ours && rules_out(anatomy, entry["method"])) << entry["method"];
  }
}

INSTANTIATE_TEST_SUITE_P(Vision, Matrix, testing::ValuesIn(tests::vision_models()), tests::test_name);
INSTANTIATE_TEST_SUITE_P(Text, Matrix, testing::ValuesIn(tests::text_models()), tests::test_name);
INSTANTIATE_TEST_SUITE_P(Other, Matrix, testing::ValuesIn(tests::other_models()), tests::test_name);

}  // namespace
}  // namespace pellucid::anatomy
