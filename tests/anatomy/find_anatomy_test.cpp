#include <gtest/gtest.h>

#include "anatomy/anatomy.hpp"
#include "anatomy/tiny_transformer.hpp"

namespace pellucid::anatomy {
namespace {

using graph::kNone;
using graph::ValueId;
using tests::TinyTransformer;
using Tokens = std::vector<std::int64_t>;

const Stream& only_stream(const Anatomy& anatomy) {
  EXPECT_EQ(anatomy.streams.size(), 1U);
  static const Stream kEmpty;
  return anatomy.streams.empty() ? kEmpty : anatomy.streams[0];
}

bool rules_out(const Anatomy& anatomy, const std::string& method) {
  for (const Missing& missing : anatomy.missing)
    for (const std::string& name : missing.methods)
      if (name == method) return true;
  return false;
}

TEST(FindAnatomy, PreNormBlocksWithAClassToken) {
  TinyTransformer t;
  const ValueId tokens = t.with_rows(t.patches(), 1);
  const ValueId first = t.pre_norm_block(tokens), second = t.pre_norm_block(first);
  const ValueId feature = t.row(t.norm(second), 0);
  t.classify(feature);
  const Anatomy anatomy = find_anatomy(t.graph);
  const Stream& stream = only_stream(anatomy);
  ASSERT_EQ(stream.blocks.size(), 2U);
  EXPECT_EQ(stream.tokens, tokens);
  EXPECT_EQ(stream.blocks[0].output, first);
  EXPECT_EQ(stream.blocks[1].input, first);
  EXPECT_EQ(stream.last, second);
  EXPECT_TRUE(stream.blocks[0].pre_norm);
  EXPECT_EQ(t.graph.producer(stream.blocks[1].attention_input)->op, "LayerNormalization");
  EXPECT_EQ(stream.blocks[1].site.probabilities, t.last_map);
  EXPECT_EQ(stream.blocks[1].site.heads, 2);
  EXPECT_EQ(stream.layout.special, Tokens{0});
  EXPECT_EQ(stream.layout.rows, 2);
  EXPECT_EQ(stream.layout.columns, 3);
  EXPECT_DOUBLE_EQ(stream.layout.patch_width, 4);
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kClassToken);
  EXPECT_EQ(anatomy.head.feature, feature);
  EXPECT_TRUE(anatomy.missing.empty());
}

TEST(FindAnatomy, PostNormBlocksEndWithTheirNorm) {
  for (const int count : {1, 2}) {
    TinyTransformer t;
    const ValueId tokens = t.patches();
    ValueId x = tokens;
    for (int l = 0; l < count; ++l) x = t.post_norm_block(x);
    t.classify(t.build.reduce_mean(x, {1}, false));
    const Anatomy anatomy = find_anatomy(t.graph);
    const Stream& stream = only_stream(anatomy);
    ASSERT_EQ(stream.blocks.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(stream.last, x);
    EXPECT_EQ(stream.blocks[0].attention_input, tokens);
    EXPECT_FALSE(stream.blocks[0].pre_norm);
    EXPECT_EQ(stream.read_out.kind, ReadOutKind::kMean);
  }
}

TEST(FindAnatomy, OnePreNormBlockEndsBeforeTheFinalNorm) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.patches());
  t.classify(t.build.reduce_mean(t.norm(last), {1}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_EQ(only_stream(anatomy).last, last);
}

// h + attention(norm h) + mlp(norm h), summed in either order.
TEST(FindAnatomy, ParallelBlocks) {
  for (const bool branches_first : {true, false}) {
    TinyTransformer t;
    ValueId x = t.patches();
    std::vector<ValueId> inputs;
    for (int l = 0; l < 2; ++l) {
      inputs.push_back(x);
      const ValueId normed = t.norm(x), attended = t.attention(normed), fed = t.mlp(normed);
      x = branches_first ? t.build.add(t.build.add(attended, fed), x) : t.build.add(t.build.add(x, attended), fed);
    }
    t.classify(t.build.reduce_mean(t.norm(x), {1}, false));
    const Anatomy anatomy = find_anatomy(t.graph);
    const Stream& stream = only_stream(anatomy);
    ASSERT_EQ(stream.blocks.size(), 2U);
    for (std::size_t l = 0; l < 2; ++l) EXPECT_EQ(stream.blocks[l].input, inputs[l]);
    EXPECT_EQ(stream.last, x);
  }
}

TEST(FindAnatomy, ScaledBranchesAndAttentionOnly) {
  TinyTransformer t;
  const ValueId tokens = t.patches();
  const ValueId branch = t.build.mul(t.attention(t.norm(tokens)), t.weight({TinyTransformer::kWidth}));
  const ValueId first = t.build.add(branch, tokens);
  const ValueId second = t.build.add(t.attention(t.norm(first)), first);
  t.classify(t.build.reduce_mean(t.norm(second), {1}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  const Stream& stream = only_stream(anatomy);
  ASSERT_EQ(stream.blocks.size(), 2U);
  EXPECT_EQ(stream.blocks[1].input, first);
  EXPECT_EQ(stream.last, second);
}

TEST(FindAnatomy, RegistersAfterThePatchesAndTwoAveragedHeads) {
  TinyTransformer t;
  const ValueId tokens = t.with_rows(t.with_rows(t.patches(), 2), 3, false);
  const ValueId last = t.norm(t.pre_norm_block(tokens));
  t.graph.outputs = {t.build.mul_scalar(t.build.add(t.linear(t.row(last, 0), 5), t.linear(t.row(last, 1), 5)), 0.5)};
  const Anatomy anatomy = find_anatomy(t.graph);
  const Stream& stream = only_stream(anatomy);
  EXPECT_EQ(stream.layout.special, (Tokens{0, 1, 8, 9, 10}));
  EXPECT_EQ(stream.layout.special_names,
            (std::vector<std::string>{"class", "distillation", "register 1", "register 2", "register 3"}));
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kAveragedTokens);
  EXPECT_DOUBLE_EQ(stream.read_out.weights[1], 0.5);
  EXPECT_EQ(anatomy.head.feature, kNone);
}

TEST(FindAnatomy, ClassTokenNextToAMean) {
  TinyTransformer t;
  const ValueId last = t.norm(t.pre_norm_block(t.with_rows(t.patches(), 1)));
  const ValueId mean = t.build.reduce_mean(t.build.slice(last, 1, 1, 6), {1}, false);
  t.classify(t.build.concat({t.row(last, 0), mean}, 1));
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_EQ(only_stream(anatomy).read_out.kind, ReadOutKind::kClassToken);
  EXPECT_NE(only_stream(anatomy).read_out.why.find("mean"), std::string::npos);
}

TEST(FindAnatomy, MeanOverTheGridLeavesTheClassTokenOut) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.with_rows(t.patches(), 1));
  const ValueId grid = t.build.reshape(t.build.transpose(t.build.slice(last, 1, 1, 6), {0, 2, 1}),
                                       {t.batch(), t.axis(8), t.axis(2), t.axis(3)});
  t.classify(t.build.reduce_mean(grid, {2, 3}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  const ReadOut& read_out = only_stream(anatomy).read_out;
  EXPECT_EQ(read_out.kind, ReadOutKind::kMean);
  ASSERT_EQ(read_out.weights.size(), 7U);
  EXPECT_DOUBLE_EQ(read_out.weights[0], 0);
  EXPECT_DOUBLE_EQ(read_out.weights[6], 1.0 / 6);
}

TEST(FindAnatomy, AProbePoolsTheTokens) {
  TinyTransformer t;
  const ValueId last = t.norm(t.pre_norm_block(t.patches()));
  const ValueId probe = t.build.expand(t.weight({1, 2, 1, 4}), {t.batch(), t.axis(2), t.axis(1), t.axis(4)});
  const ValueId pooled = t.attend(probe, t.heads(t.linear(last, 8)), t.heads(t.linear(last, 8)));
  t.classify(t.row(pooled, 0));
  const Anatomy anatomy = find_anatomy(t.graph);
  const Stream& stream = only_stream(anatomy);
  EXPECT_EQ(stream.blocks.size(), 1U);
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kAttentionPool);
  EXPECT_EQ(stream.read_out.pool.probabilities, t.last_map);
  EXPECT_EQ(stream.read_out.pool.queries, 1);
  EXPECT_FALSE(stream.read_out.pool.self);
  EXPECT_EQ(anatomy.sites.size(), 2U);
}

TEST(FindAnatomy, FlattenedTokensHaveNoReadOutRow) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.patches());
  t.classify(t.build.reshape(last, {t.batch(), t.axis(48)}));
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_EQ(only_stream(anatomy).read_out.kind, ReadOutKind::kNone);
  EXPECT_TRUE(rules_out(anatomy, "rollout"));
  EXPECT_FALSE(rules_out(anatomy, "attcat"));
}

TEST(FindAnatomy, TokensInColumnOrderHaveNoGrid) {
  TinyTransformer t;
  t.classify(t.row(t.pre_norm_block(t.with_rows(t.patches(true), 1)), 0));
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_EQ(only_stream(anatomy).layout.rows, 0);
  EXPECT_EQ(only_stream(anatomy).layout.special, Tokens{0});
}

// Attention among the patches of one row of the grid: the batch axis of the attention is rows × batch.
TEST(FindAnatomy, WindowsLeaveOnlyTheLastBlock) {
  TinyTransformer t;
  const ValueId tokens = t.patches();
  ValueId x = tokens, normed = kNone;
  for (int l = 0; l < 2; ++l) {
    normed = t.norm(x);
    const ValueId windows = t.build.reshape(normed, {{2, true}, t.axis(3), t.axis(8)});
    const ValueId attended = t.build.reshape(t.attention(windows), {t.batch(), t.axis(6), t.axis(8)});
    x = t.build.add(x, attended);
  }
  t.classify(t.build.reduce_mean(t.norm(x), {1}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  const Stream& stream = only_stream(anatomy);
  EXPECT_TRUE(stream.merged);
  ASSERT_EQ(stream.blocks.size(), 1U);
  EXPECT_EQ(stream.tokens, tokens);
  EXPECT_EQ(stream.blocks[0].attention_input, normed);
  EXPECT_EQ(stream.last_layout.rows, 2);
  EXPECT_TRUE(rules_out(anatomy, "attention"));
  EXPECT_FALSE(rules_out(anatomy, "cdam"));
}

TEST(FindAnatomy, NoAttention) {
  TinyTransformer t;
  const ValueId tokens = t.patches();
  t.classify(t.build.reduce_mean(t.build.add(tokens, t.mlp(t.norm(tokens))), {1}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_TRUE(anatomy.streams.empty());
  EXPECT_TRUE(rules_out(anatomy, "attcat"));
  EXPECT_NE(anatomy.missing[0].why.find("no attention"), std::string::npos);
}

// A Softmax over classes, gates or positions is no attention.
TEST(FindAnatomy, OtherSoftmaxesAreNoSites) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.patches());
  const ValueId gate = t.build.softmax(t.linear(last, 8), -1);
  const ValueId feature = t.build.reduce_mean(t.build.mul(last, gate), {1}, false);
  t.graph.outputs = {t.build.softmax(t.linear(feature, 5), -1)};
  const Anatomy anatomy = find_anatomy(t.graph);
  EXPECT_EQ(anatomy.sites.size(), 1U);
  EXPECT_EQ(anatomy.head.feature, feature);
}

}  // namespace
// The first stage attends from six tokens to three, so it makes no block; the second has three tokens of its own.
TEST(FindAnatomy, AttentionOnOtherTokensBeforeIsNoSingleTokenAxis) {
  TinyTransformer t;
  const ValueId fine = t.patches();
  const ValueId fewer = t.build.reshape(fine, {t.batch(), t.axis(3), t.axis(16)});
  const ValueId mixed = t.build.add(fine, t.attention(t.norm(fine), t.linear(fewer, 8)));
  const ValueId first_map = t.last_map;
  const ValueId coarse = t.linear(t.build.reshape(mixed, {t.batch(), t.axis(3), t.axis(16)}), 8);
  t.classify(t.build.reduce_mean(t.pre_norm_block(coarse), {1}, false));
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  EXPECT_TRUE(anatomy.streams[0].merged);
  const std::string& why = anatomy.streams[0].read_out.why;
  EXPECT_NE(why.find("'" + t.graph.value(first_map).name + "' already runs on other tokens"), std::string::npos) << why;
  const Anatomy named = find_anatomy(t.graph, kNone, {.tokens = t.graph.value(coarse).name});
  ASSERT_EQ(named.streams.size(), 1U);
  EXPECT_FALSE(named.streams[0].merged);
}

}  // namespace pellucid::anatomy
