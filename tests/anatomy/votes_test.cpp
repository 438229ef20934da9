/// What detectors vote on: the output that holds the scores, the axis that counts tokens.

#include <gtest/gtest.h>

#include "anatomy/anatomy.hpp"
#include "anatomy/ballot.hpp"
#include "anatomy/hints.hpp"
#include "anatomy/scores.hpp"
#include "anatomy/tiny_transformer.hpp"
#include "anatomy/token_axis.hpp"

namespace pellucid::anatomy {
namespace {

using graph::ValueId;
using tests::TinyTransformer;

TEST(Ballot, TheFirstOfEqualsWins) {
  Ballot ballot({"a", "b", "c"});
  EXPECT_EQ(ballot.winner(), 0U);
  EXPECT_EQ(ballot.text(), "a none, b none, c none");
  ballot.vote(2, "it is last");
  ballot.vote(1, "it is round");
  EXPECT_EQ(ballot.winner(), 1U);
  ballot.vote(2, "it is red");
  EXPECT_EQ(ballot.winner(), 2U);
  EXPECT_EQ(ballot.text(), "a none, b 1 vote (it is round), c 2 votes (it is last; it is red)");
}

/// The output on which the vote falls, of these in their order.
ValueId scores_of(TinyTransformer& t, const std::vector<ValueId>& outputs) {
  t.graph.outputs = outputs;
  choose_head(t.graph, "");
  return find_logits(t.graph);
}

TEST(ScoresVote, AHiddenStateIsNoAnswer) {
  TinyTransformer t;
  const ValueId last = t.norm(t.pre_norm_block(t.with_rows(t.patches(), 1)));
  const ValueId logits = t.linear(t.row(last, 0), 5);
  EXPECT_EQ(scores_of(t, {last, logits}), logits);
  EXPECT_EQ(scores_of(t, {logits, last}), logits);
  EXPECT_EQ(scores_of(t, {last, t.last_map, logits}), logits);
}

TEST(ScoresVote, ScoresOfEveryTokenBeatTheStateBeforeThem) {
  TinyTransformer t;
  const ValueId last = t.norm(t.pre_norm_block(t.words("input_ids", 6)));
  const ValueId scores = t.build.softmax(t.linear(last, 5), -1);
  EXPECT_EQ(scores_of(t, {last, scores}), scores);
}

TEST(ScoresVote, AFeatureBesideTheAnswerIsNoAnswer) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.with_rows(t.patches(), 1));
  const ValueId pooled = t.build.unary("Tanh", t.linear(t.row(last, 0), TinyTransformer::kWidth));
  const ValueId logits = t.linear(pooled, 5);
  EXPECT_EQ(scores_of(t, {pooled, logits}), logits);
}

// Two heads of one kind: as the exporter lists them.
TEST(ScoresVote, OfEqualsTheFirstOutput) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.with_rows(t.patches(), 2));
  const ValueId a = t.linear(t.row(last, 0), 5), b = t.linear(t.row(last, 1), 5);
  EXPECT_EQ(scores_of(t, {a, b}), a);
  EXPECT_EQ(scores_of(t, {b, a}), b);
}

TEST(ScoresVote, ANamedOutputGoesBeforeTheVote) {
  TinyTransformer t;
  const ValueId last = t.pre_norm_block(t.with_rows(t.patches(), 1));
  const ValueId logits = t.linear(t.row(last, 0), 5);
  t.graph.outputs = {logits, last};
  EXPECT_TRUE(choose_head(t.graph, t.graph.value(last).name).empty());
  EXPECT_EQ(find_logits(t.graph), last);
}

/// SqueezeBERT's way: layers are convolutions of width 1 over [batch, width, tokens], norms work on it transposed.
struct ChannelsFirst : TinyTransformer {
  ValueId conv(ValueId x, std::int64_t width) {
    const graph::Dims& d = graph.dims(x);
    return build.op("Conv", {x, weight({width, d[1].size, 1}), weight({width})}, {d[0], axis(width), d[2]},
                    ElementType::kFloat32);
  }
  /// [batch, width, tokens] → [batch, heads, tokens, width / heads].
  ValueId heads_of(ValueId x) {
    const graph::Dims& d = graph.dims(x);
    return build.transpose(build.reshape(x, {d[0], axis(kHeads), axis(kWidth / kHeads), d[2]}), {0, 1, 3, 2});
  }
  ValueId block(ValueId tokens) {
    const ValueId x = build.transpose(tokens, {0, 2, 1});
    const ValueId q = heads_of(conv(x, kWidth)), k = heads_of(conv(x, kWidth)), v = heads_of(conv(x, kWidth));
    last_map = build.softmax(build.matmul(q, build.transpose_last(k)), -1);
    const ValueId context = build.transpose(build.matmul(last_map, v), {0, 1, 3, 2});
    const ValueId joined = build.reshape(context, graph.dims(x));
    const ValueId mid = norm(build.transpose(build.add(x, conv(joined, kWidth)), {0, 2, 1}));
    sums.push_back(mid);
    const ValueId y = build.transpose(mid, {0, 2, 1});
    const ValueId out = build.add(y, conv(build.unary("Gelu", conv(y, 16)), kWidth));
    return norm(build.transpose(out, {0, 2, 1}));
  }
  std::vector<ValueId> sums;
};

TEST(TokenAxis, ConvolutionsTellWidthFromTokens) {
  ChannelsFirst t;
  const ValueId tokens = t.norm(t.words("input_ids", 6)), middle = t.block(tokens), last = t.block(middle);
  t.classify(t.row(last, 0));
  const Anatomy anatomy = find_anatomy(t.graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const Stream& stream = anatomy.streams[0];
  EXPECT_FALSE(stream.merged);
  EXPECT_EQ(stream.tokens, tokens);
  EXPECT_EQ(stream.last, last);
  EXPECT_EQ(stream.token_count, 6);
  ASSERT_EQ(stream.blocks.size(), 2U);
  EXPECT_EQ(stream.blocks[1].input, middle);
  EXPECT_EQ(stream.read_out.kind, ReadOutKind::kClassToken);
  const Dataflow flow(t.graph, find_logits(t.graph));
  EXPECT_TRUE(lists_tokens(flow, tokens));
  const ValueId turned = t.graph.node(flow.readers(tokens).front()).outputs[0];
  EXPECT_TRUE(flow.has_tokens(turned)) << "by its dims alone";
  EXPECT_FALSE(lists_tokens(flow, turned));
  EXPECT_GE(vote_on_token_axis(flow, turned).votes(1), 3U);
}

}  // namespace
}  // namespace pellucid::anatomy
