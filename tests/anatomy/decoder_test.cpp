/// Encoders that are read by a decoder, and outputs that keep a row for each token.

#include <gtest/gtest.h>

#include <algorithm>

#include "anatomy/anatomy.hpp"
#include "anatomy/tiny_transformer.hpp"

namespace pellucid::anatomy {
namespace {

using graph::ValueId;
using tests::TinyTransformer;

/// Two blocks on six words, read by two decoder blocks of three positions.
struct Translator : TinyTransformer {
  Translator() {
    memory = norm(pre_norm_block(pre_norm_block(words("input_ids", 6))));
    tokens = words("decoder_input_ids", 3);
    last = decoder_block(decoder_block(tokens, memory), memory);
  }
  ValueId memory = graph::kNone, tokens = graph::kNone, last = graph::kNone;
};

TEST(Decoder, IsFoundBehindTheEncoder) {
  Translator t;
  t.classify(t.norm(t.last));
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const Stream& stream = anatomy.streams[0];
  EXPECT_EQ(stream.input, "input_ids");
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kNone);
  ASSERT_TRUE(stream.decoder.has_value());
  const Decoder& decoder = *stream.decoder;
  EXPECT_EQ(decoder.tokens, t.tokens);
  EXPECT_EQ(decoder.last, t.last);
  EXPECT_EQ(decoder.token_count, 3);
  ASSERT_EQ(decoder.sites.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(decoder.sites[i].self, i % 2 == 0) << i;
    EXPECT_EQ(decoder.sites[i].queries, 3);
    EXPECT_EQ(decoder.sites[i].keys, i % 2 == 0 ? 3 : 6);
  }
  EXPECT_EQ(decoder.read_out.kind, ReadOutKind::kTarget);
  ASSERT_EQ(decoder.read_out.per_token.size(), 1U);
  EXPECT_EQ(decoder.read_out.per_token[0].output, t.graph.outputs[0]);
  EXPECT_EQ(decoder.read_out.per_token[0].axis, 1);
}

TEST(Decoder, MayBeReadAtOnePosition) {
  Translator t;
  t.classify(t.row(t.last, 1));
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_TRUE(anatomy.streams.at(0).decoder.has_value());
  EXPECT_EQ(anatomy.streams[0].decoder->read_out.weights, (std::vector<double>{0, 1, 0}));
}

TEST(Decoder, RulesOutTheMethodsThatReadTheEncodersRows) {
  Translator t;
  t.classify(t.last);
  std::vector<std::string> methods;
  for (const Missing& missing : find_anatomy(t.graph).missing)
    methods.insert(methods.end(), missing.methods.begin(), missing.methods.end());
  const auto has = [&](const std::string& name) {
    return std::find(methods.begin(), methods.end(), name) != methods.end();
  };
  EXPECT_TRUE(has("rollout"));
  EXPECT_TRUE(has("cdam"));
  EXPECT_TRUE(has("attention (sites=self)"));
  EXPECT_FALSE(has("attention"));
  EXPECT_FALSE(has("genatt"));
}

TEST(Decoder, TwoOfThemAreNone) {
  Translator t;
  const ValueId other = t.decoder_block(t.decoder_block(t.words("more_ids", 3), t.memory), t.memory);
  t.classify(t.build.add(t.last, other));
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  EXPECT_FALSE(anatomy.streams[0].decoder.has_value());
}

// Starts and ends of a span: two outputs of one score for each word, cut out of one linear layer.
TEST(TokenOutputs, SpansKeepTheTokenAxis) {
  TinyTransformer t;
  const ValueId last = t.post_norm_block(t.post_norm_block(t.words("input_ids", 6)));
  const ValueId both = t.linear(last, 2);
  const auto score = [&](std::int64_t at) { return t.build.squeeze(t.build.slice(both, 2, at, 1), 2); };
  t.graph.outputs = {score(0), score(1)};
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const ReadOut& read_out = anatomy.streams[0].read_out;
  EXPECT_EQ(read_out.kind, ReadOutKind::kTarget);
  ASSERT_EQ(read_out.per_token.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read_out.per_token[i].output, t.graph.outputs[i]);
    EXPECT_EQ(read_out.per_token[i].axis, 1);
  }
}

// Beside the classes, the last block's rows: targets on these index a token.
TEST(TokenOutputs, HiddenStatesBesideClasses) {
  TinyTransformer t;
  const ValueId last = t.norm(t.pre_norm_block(t.pre_norm_block(t.words("input_ids", 6))));
  t.classify(t.row(last, 0));
  t.graph.outputs.push_back(last);
  const Anatomy anatomy = find_anatomy(t.graph);
  const ReadOut& read_out = anatomy.streams.at(0).read_out;
  EXPECT_EQ(read_out.kind, ReadOutKind::kClassToken);
  ASSERT_EQ(read_out.per_token.size(), 1U);
  EXPECT_EQ(read_out.per_token[0].output, last);
}

}  // namespace
}  // namespace pellucid::anatomy
