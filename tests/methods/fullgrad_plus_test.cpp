#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include <pellucid/error.hpp>

#include "base/random.hpp"
#include "methods/all.hpp"
#include "methods/bias_map.hpp"
#include "methods/settle.hpp"
#include "propagate/rule_sets.hpp"
#include "stream_model.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::Dims;
using graph::ValueId;

constexpr std::int64_t kClasses = 3, kFeatures = 4;

/// A small real network over tokens [batch, 5, 4] with scores [batch, 3], walked with the ordinary gradient. Target k
/// is class k.
class BiasNet {
 public:
  BiasNet() {
    stream.input = "tokens";
    stream.tokens = graph.add_input("tokens", ElementType::kFloat64, {{1, true}, {kTokens, false}, {kFeatures, false}});
    stream.token_count = kTokens;
    stream.width = kFeatures;
    stream.read_out.kind = anatomy::ReadOutKind::kClassToken;
    stream.read_out.weights = {1, 0, 0, 0, 0};
    inputs_[stream.tokens] = numbers({kBatch, kTokens, kFeatures});
  }

  graph::Graph graph;
  graph::Builder build{graph};
  anatomy::Stream stream;
  ValueId scores = graph::kNone;

  TensorD numbers(const Shape& shape) {
    const CounterRandom random(11, draws_++);
    TensorD result = filled(shape, 0);
    for (std::size_t i = 0; i < result.data.size(); ++i) result.data[i] = 2 * random.uniform(i) - 1;
    return result;
  }
  TensorD made(const Shape& shape, ValueId& id) {
    TensorD result = numbers(shape);
    id = graph.add_constant(Tensor(shape, result.data));
    return result;
  }
  ValueId constant(const Shape& shape) {
    ValueId id = graph::kNone;
    (void)made(shape, id);
    return id;
  }
  ValueId linear(ValueId x, std::int64_t in, std::int64_t out) {
    return build.add(build.matmul(x, constant({in, out})), constant({out}));
  }
  void begin_block(ValueId input) {
    anatomy::Block block;
    block.input = input;
    stream.blocks.push_back(block);
  }
  ValueId first_token(ValueId x) { return build.slice(x, 1, 0, 1); }
  ValueId gemm(ValueId x, ValueId weight, ValueId bias, float beta) {
    const Dims out{build.dims(x)[0], build.dims(weight)[1]};
    return build.op("Gemm", {x, weight, bias}, out, ElementType::kFloat64, {{"beta", beta}});
  }
  ValueId norm(ValueId x, ValueId gain, ValueId shift) {
    return build.op("LayerNormalization", {x, gain, shift}, build.dims(x), ElementType::kFloat64,
                    {{"epsilon", 1e-12F}});
  }

  [[nodiscard]] const TensorD& tokens() const { return inputs_.at(stream.tokens); }

  /// The method's scores and the logits, computed on a copy.
  std::pair<TensorD, TensorD> run(const methods::Method& method, const std::vector<std::string>& given) const {
    graph::Graph copy = graph;
    graph::Builder builder(copy);
    const anatomy::Anatomy anatomy;
    methods::ResolvedOptions options = methods::resolve_options(method.name, method.options, method.authors, given);
    methods::settle(method, copy, stream, options);
    methods::Context context(builder, anatomy, stream, options, kClasses);
    const std::vector<ValueId> wanted = method.wanted(context);
    const ValueId seed =
        copy.add_input("seed", ElementType::kFloat64, {{kClasses, false}, {1, true}, {kClasses, false}});
    std::map<ValueId, TensorD> inputs = inputs_;
    inputs[seed] = filled({kClasses, kBatch, kClasses}, 0);
    for (std::int64_t k = 0; k < kClasses; ++k)
      for (std::int64_t b = 0; b < kBatch; ++b) element(inputs[seed], {k, b, k}) = 1;
    const propagate::RuleSet rules = propagate::make_rule_set("gradient");
    propagate::Walk walk(builder, rules, kClasses);
    walk.run({{scores, seed}}, wanted);
    context.set_walks(&walk, nullptr);
    const ValueId result = method.read_out(context);
    const auto values = execute(copy, inputs, kBatch);
    return {values.at(result), values.at(scores)};
  }

 private:
  std::map<ValueId, TensorD> inputs_;
  std::uint64_t draws_ = 0;
};

double sum_over_tokens(const TensorD& scores, std::int64_t k, std::int64_t b) {
  double sum = 0;
  for (std::int64_t j = 0; j < kTokens; ++j) sum += element(scores, {k, b, j});
  return sum;
}

/// Two blocks and a head of linear layers and ReLU: for such networks scores that include every bias add up to the
/// logit, wherever the sum begins. Biases after MatMul, in Gemm over folded rows and over the batch, after a gain.
BiasNet relu_net(bool class_token) {
  BiasNet net;
  net.begin_block(net.stream.tokens);
  const ValueId hidden = net.build.unary("Relu", net.linear(net.stream.tokens, kFeatures, 7));
  const ValueId first = net.build.add(net.stream.tokens, net.linear(hidden, 7, kFeatures));
  net.begin_block(first);
  const ValueId mixed = net.build.matmul(net.constant({kTokens, kTokens}), first);
  const ValueId rows = net.build.reshape(mixed, {{kTokens, true}, {kFeatures, false}});
  const ValueId folded = net.gemm(rows, net.constant({kFeatures, kFeatures}), net.constant({kFeatures}), 0.5F);
  const ValueId second =
      net.build.add(first, net.build.unary("Relu", net.build.reshape(folded, net.build.dims(first))));
  const ValueId scaled = net.build.add(net.build.mul(second, net.constant({kFeatures})), net.constant({kFeatures}));
  ValueId pooled = graph::kNone;
  if (class_token) {
    pooled = net.build.squeeze(net.linear(net.first_token(scaled), kFeatures, kFeatures), 1);
  } else {
    net.stream.read_out.weights = std::vector<double>(kTokens, 0.2);
    pooled = net.build.reduce_mean(scaled, {1}, false);
  }
  net.scores =
      net.gemm(net.build.unary("Relu", pooled), net.constant({kFeatures, kClasses}), net.constant({kClasses}), 1);
  return net;
}

class FullGradPlus : public testing::TestWithParam<bool> {};

TEST_P(FullGradPlus, TokensAndBiasesAddUpToTheLogit) {
  const BiasNet net = relu_net(GetParam());
  const auto [scores, logits] = net.run(methods::fullgrad_plus_method(), {"ensemble=first"});
  for (std::int64_t k = 0; k < kClasses; ++k)
    for (std::int64_t b = 0; b < kBatch; ++b)
      EXPECT_NEAR(sum_over_tokens(scores, k, b), element(logits, {b, k}), 1e-12);
}

TEST_P(FullGradPlus, EveryBlockAddsUpToTheLogit) {
  const BiasNet net = relu_net(GetParam());
  const auto [scores, logits] = net.run(methods::fullgrad_plus_method(), {"ensemble=blocks"});
  for (std::int64_t k = 0; k < kClasses; ++k)
    for (std::int64_t b = 0; b < kBatch; ++b)
      EXPECT_NEAR(sum_over_tokens(scores, k, b), 2 * element(logits, {b, k}), 1e-12);
}

TEST_P(FullGradPlus, SumCountsBiasesOnce) {
  const BiasNet net = relu_net(GetParam());
  const TensorD sum = net.run(methods::fullgrad_plus_method(), {}).first,
                first = net.run(methods::fullgrad_plus_method(), {"ensemble=first"}).first,
                cat = net.run(methods::cat_method(), {}).first,
                input = net.run(methods::input_x_gradient_method(), {}).first;
  for (std::size_t i = 0; i < sum.data.size(); ++i)
    EXPECT_NEAR(sum.data[i] - first.data[i], cat.data[i] - input.data[i], 1e-12);
}

INSTANTIATE_TEST_SUITE_P(ReadOuts, FullGradPlus, testing::Bool());

/// W of x W as a convolution of width 1 has it: [out, in, 1].
ValueId as_filter(BiasNet& net, ValueId w) {
  const std::vector<double> weight = net.graph.value(w).constant.to_doubles();
  std::vector<double> filter(weight.size());
  for (std::size_t in = 0; in < kFeatures; ++in)
    for (std::size_t out = 0; out < kFeatures; ++out) filter[out * kFeatures + in] = weight[in * kFeatures + out];
  return net.graph.add_constant(Tensor(Shape{kFeatures, kFeatures, 1}, filter));
}

/// x W + β of tokens [B, T, d], also computed sequence first: [T, B, d], or rows [T·B, d] as torch's
/// MultiheadAttention has them, or as a convolution over [B, d, T].
ValueId shifted(BiasNet& net, const std::string& layout, ValueId w, ValueId bias) {
  const ValueId x = net.stream.tokens;
  if (layout == "batch") return net.build.add(net.build.matmul(x, w), bias);
  if (layout == "channels") {
    const ValueId channels = net.build.transpose(x, {0, 2, 1});
    const ValueId result =
        net.build.op("Conv", {channels, as_filter(net, w), bias}, net.build.dims(channels), ElementType::kFloat64);
    return net.build.transpose(result, {0, 2, 1});
  }
  const ValueId turned = net.build.transpose(x, {1, 0, 2});
  if (layout == "sequence") return net.build.transpose(net.build.add(net.build.matmul(turned, w), bias), {1, 0, 2});
  const ValueId rows = net.gemm(net.build.reshape(turned, {{kTokens, true}, {kFeatures, false}}), w, bias, 1);
  return net.build.transpose(net.build.reshape(rows, net.build.dims(turned)), {1, 0, 2});
}

class BiasLayouts : public testing::TestWithParam<const char*> {};

/// y_c = Σ_i M[0, i] (h_i W + β)·V_c + β'_c: the token that a bias was added to keeps it.
TEST_P(BiasLayouts, KeepTheTokenOfABias) {
  BiasNet net;
  net.begin_block(net.stream.tokens);
  ValueId w = graph::kNone, bias = graph::kNone, mix = graph::kNone, v = graph::kNone, head_bias = graph::kNone;
  const TensorD weight = net.made({kFeatures, kFeatures}, w), shift = net.made({kFeatures}, bias),
                mixing = net.made({kTokens, kTokens}, mix), head = net.made({kFeatures, kClasses}, v),
                head_shift = net.made({kClasses}, head_bias);
  const ValueId moved = shifted(net, GetParam(), w, bias);
  const ValueId row = net.build.squeeze(net.first_token(net.build.matmul(mix, moved)), 1);
  net.scores = net.gemm(row, v, head_bias, 1);

  TensorD want = filled({kClasses, kBatch, kTokens}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    const std::int64_t c = at[0], b = at[1], i = at[2];
    double share = 0;
    for (std::int64_t d = 0; d < kFeatures; ++d) {
      double value = element(shift, {d});
      for (std::int64_t e = 0; e < kFeatures; ++e) value += element(net.tokens(), {b, i, e}) * element(weight, {e, d});
      share += value * element(head, {d, c});
    }
    element(want, at) = element(mixing, {0, i}) * share + (i == 0 ? element(head_shift, {c}) : 0);
  });
  expect_same(net.run(methods::fullgrad_plus_method(), {"ensemble=first"}).first, want);
}

INSTANTIATE_TEST_SUITE_P(BiasMap, BiasLayouts, testing::Values("batch", "sequence", "rows", "channels"),
                         [](const auto& of) { return std::string(of.param); });

/// A norm's shift within the heads, [batch, heads, tokens, 2] or [batch·heads, tokens, 2], then the class token's row.
TEST(BiasMap, FindsTheTokenAmongHeads) {
  for (const bool folded : {false, true}) {
    BiasNet net;
    net.begin_block(net.stream.tokens);
    ValueId shift = graph::kNone, v = graph::kNone;
    const TensorD beta = net.made({2}, shift), head = net.made({kFeatures, kClasses}, v);
    const Dims split{{1, true}, {kTokens, false}, {2, false}, {2, false}};
    ValueId heads = net.build.transpose(net.build.reshape(net.stream.tokens, split), {0, 2, 1, 3});
    const Dims apart = net.build.dims(heads);
    if (folded) heads = net.build.reshape(heads, {{2, true}, {kTokens, false}, {2, false}});
    heads = net.build.reshape(net.norm(heads, net.constant({2}), shift), apart);
    const ValueId back = net.build.reshape(net.build.transpose(heads, {0, 2, 1, 3}), net.build.dims(net.stream.tokens));
    net.scores = net.build.matmul(net.build.squeeze(net.first_token(back), 1), v);

    TensorD want = net.run(methods::input_x_gradient_method(), {}).first;
    for (std::int64_t c = 0; c < kClasses; ++c)
      for (std::int64_t b = 0; b < kBatch; ++b)
        for (std::int64_t f = 0; f < kFeatures; ++f)
          element(want, {c, b, 0}) += element(beta, {f % 2}) * element(head, {f, c});
    expect_same(net.run(methods::fullgrad_plus_method(), {"ensemble=first"}).first, want);
  }
}

TEST(BiasMap, PassesOverWhatIsNoBias) {
  BiasNet net;
  net.begin_block(net.stream.tokens);
  // not after a product; a table of positions; scalars
  const ValueId plain = net.build.add(net.build.unary("Tanh", net.stream.tokens), net.constant({kFeatures}));
  const ValueId placed = net.build.add(plain, net.constant({kTokens, kFeatures}));
  const ValueId scaled = net.build.mul_scalar(placed, 3);
  (void)net.build.add_scalar(scaled, 2);
  const methods::ResolvedOptions options;
  const anatomy::Anatomy anatomy;
  methods::Context context(net.build, anatomy, net.stream, options, kClasses);
  EXPECT_TRUE(methods::find_biases(context, "it").empty());
}

TEST(BiasMap, LeavesOutWhatLiesBeforeTheBlocks) {
  BiasNet net;
  net.begin_block(net.linear(net.stream.tokens, kFeatures, kFeatures));
  (void)net.linear(net.stream.blocks[0].input, kFeatures, kFeatures);
  const methods::ResolvedOptions options;
  const anatomy::Anatomy anatomy;
  methods::Context context(net.build, anatomy, net.stream, options, kClasses);
  EXPECT_EQ(methods::find_biases(context, "it").size(), 1U);
}

TEST(BiasMap, RefusesBiasesOfChannels) {
  BiasNet net;
  net.begin_block(net.stream.tokens);
  const Dims image{{1, true}, {kFeatures, false}, {1, false}, {kTokens, false}};
  const ValueId pixels = net.build.unsqueeze(net.build.transpose(net.stream.tokens, {0, 2, 1}), 2);
  (void)net.build.op("Conv", {pixels, net.constant({kFeatures, kFeatures, 1, 1}), net.constant({kFeatures})}, image,
                     ElementType::kFloat64);
  const methods::ResolvedOptions options;
  const anatomy::Anatomy anatomy;
  methods::Context context(net.build, anatomy, net.stream, options, kClasses);
  EXPECT_THROW((void)methods::find_biases(context, "it"), Error);
}

}  // namespace
}  // namespace pellucid::tests
