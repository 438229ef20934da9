#include "anatomy/hints.hpp"

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "anatomy/anatomy.hpp"
#include "anatomy/tiny_transformer.hpp"

namespace pellucid::anatomy {
namespace {

using graph::kNone;
using graph::ValueId;
using tests::TinyTransformer;

/// Two pre-norm blocks whose maps are sigmoids: no Softmax tells the attention.
struct SigmoidTransformer : TinyTransformer {
  SigmoidTransformer() {
    tokens = with_rows(patches(), 1);
    middle = block(tokens);
    last = block(middle);
    classify(row(norm(last), 0));
  }

  ValueId block(ValueId x) {
    const ValueId normed = norm(x);
    const ValueId q = heads(linear(normed, kWidth)), k = heads(linear(normed, kWidth)),
                  v = heads(linear(normed, kWidth));
    maps.push_back(build.unary("Sigmoid", build.mul_scalar(build.matmul(q, build.transpose_last(k)), 0.5)));
    const ValueId context = build.transpose(build.matmul(maps.back(), v), {0, 2, 1, 3});
    const graph::Dims& d = graph.dims(context);
    const ValueId mid = build.add(x, linear(build.reshape(context, {d[0], d[1], axis(kWidth)}), kWidth));
    return build.add(mid, mlp(norm(mid)));
  }

  [[nodiscard]] std::string name(ValueId value) const { return graph.value(value).name; }
  /// What the error says; empty where there is none.
  [[nodiscard]] std::string error(const AnatomyHints& hints) const {
    try {
      (void)find_anatomy(graph, kNone, hints);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      return error.what();
    }
    return {};
  }

  ValueId tokens = kNone, middle = kNone, last = kNone;
  std::vector<ValueId> maps;
};

TEST(Hints, NamedAttentionNeedsNoSoftmax) {
  const SigmoidTransformer t;
  EXPECT_TRUE(find_anatomy(t.graph).streams.empty());
  const Anatomy anatomy = find_anatomy(t.graph, kNone, {.attention = {t.name(t.maps[0]), t.name(t.maps[1])}});
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const Stream& stream = anatomy.streams[0];
  ASSERT_EQ(stream.blocks.size(), 2U);
  EXPECT_EQ(stream.tokens, t.tokens);
  EXPECT_EQ(stream.last, t.last);
  EXPECT_EQ(stream.blocks[0].site.probabilities, t.maps[0]);
  EXPECT_EQ(stream.blocks[1].site.probabilities, t.maps[1]);
  EXPECT_EQ(stream.blocks[1].site.heads, 2);
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kClassToken);
}

TEST(Hints, OneNamedAttentionIsOneBlock) {
  const SigmoidTransformer t;
  const Anatomy anatomy = find_anatomy(t.graph, kNone, {.attention = {t.name(t.maps[1])}});
  ASSERT_EQ(anatomy.streams.size(), 1U);
  ASSERT_EQ(anatomy.streams[0].blocks.size(), 1U);
  EXPECT_EQ(anatomy.streams[0].tokens, t.middle);
}

TEST(Hints, NamedBlocksGoBeforeFoundOnes) {
  TinyTransformer t;
  const ValueId tokens = t.with_rows(t.patches(), 1);
  const ValueId first = t.pre_norm_block(tokens), second = t.pre_norm_block(first);
  t.classify(t.row(t.norm(second), 0));
  const Anatomy anatomy =
      find_anatomy(t.graph, kNone, {.blocks = {t.graph.value(first).name, t.graph.value(second).name}});
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const Stream& stream = anatomy.streams[0];
  ASSERT_EQ(stream.blocks.size(), 1U);
  EXPECT_EQ(stream.tokens, first);
  EXPECT_EQ(stream.blocks[0].output, second);
  EXPECT_EQ(stream.blocks[0].site.probabilities, t.last_map);
}

TEST(Hints, TheStreamBeginsAtNamedTokens) {
  TinyTransformer t;
  const ValueId patches = t.with_rows(t.patches(), 1), tokens = t.build.mul_scalar(patches, 2);
  const ValueId first = t.pre_norm_block(tokens), second = t.pre_norm_block(first);
  t.classify(t.row(t.norm(second), 0));
  const Anatomy before = find_anatomy(t.graph, kNone, {.tokens = t.graph.value(patches).name});
  ASSERT_EQ(before.streams.size(), 1U);
  EXPECT_EQ(before.streams[0].tokens, patches);
  EXPECT_EQ(before.streams[0].blocks[0].input, tokens);
  EXPECT_EQ(before.streams[0].blocks.size(), 2U);
  const Anatomy later = find_anatomy(t.graph, kNone, {.tokens = t.graph.value(first).name});
  ASSERT_EQ(later.streams.size(), 1U);
  EXPECT_EQ(later.streams[0].tokens, first);
  ASSERT_EQ(later.streams[0].blocks.size(), 1U);
  EXPECT_EQ(later.streams[0].last, second);
}

TEST(Hints, ANodeStandsForItsValue) {
  SigmoidTransformer t;
  graph::Node& maker = t.graph.node(t.graph.value(t.maps[0]).producer);
  maker.source = "/block.0/attention/Sigmoid";
  EXPECT_EQ(named_value(t.graph, "/block.0/attention/Sigmoid", "attention"), t.maps[0]);
  EXPECT_EQ(t.error({.attention = {"/layer.0/Sigmoid"}}),
            "attention: the graph has no value or node '/layer.0/Sigmoid' (like it: /block.0/attention/Sigmoid); "
            "'inspect --rules gradient' lists the nodes");
}

TEST(Hints, WhatDoesNotFitIsRefused) {
  const SigmoidTransformer t;
  EXPECT_NE(t.error({.tokens = t.name(t.maps[0])}).find("is no stream of tokens"), std::string::npos);
  EXPECT_NE(t.error({.tokens = t.name(t.tokens)}).find("enters no stream"), std::string::npos);
  EXPECT_NE(t.error({.attention = {t.name(t.tokens)}}).find("holds no attention"), std::string::npos);
  EXPECT_NE(t.error({.blocks = {t.name(t.tokens)}}).find("alone tells no block"), std::string::npos);
  EXPECT_NE(t.error({.blocks = {t.name(t.middle), t.name(t.tokens)}}).find("order of the data"), std::string::npos);
  EXPECT_NE(t.error({.blocks = {t.name(t.tokens), t.name(t.middle)}}).find("no attention was found in the block"),
            std::string::npos);
}

TEST(Hints, TheHeadIsAnOutput) {
  TinyTransformer t;
  const ValueId states = t.pre_norm_block(t.patches());
  const ValueId logits = t.classify(t.row(states, 0));
  t.graph.outputs = {states, logits};
  choose_head(t.graph, t.graph.value(logits).name);
  EXPECT_EQ(t.graph.outputs, (std::vector<ValueId>{logits, states}));
  EXPECT_EQ(find_anatomy(t.graph).head.output, logits);
  EXPECT_THROW(choose_head(t.graph, t.graph.value(t.last_map).name), Error);
}

}  // namespace
}  // namespace pellucid::anatomy
