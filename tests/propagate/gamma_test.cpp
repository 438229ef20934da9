/// The gamma rule and the stabilisers against their formulas in plain loops.

#include <gtest/gtest.h>

#include <cmath>

#include "propagate/replicas.hpp"
#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

using replica::Matrix;
using replica::Vector;

double stabilised(double z, double epsilon, bool follows_sign) {
  return z + (follows_sign && z < 0 ? -epsilon : epsilon);
}

class GammaTest : public RuleSetTest {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) {
    RuleSetTest::walk(propagate::make_rule_set("attnlrp", options_), y, wanted);
  }
  /// The same from the same cotangent without options.
  Vector plain_arrival(ValueId y, ValueId x) {
    RuleSetTest::walk(propagate::make_rule_set("attnlrp"), y, {x});
    return arrival(x);
  }
  /// g z / (z + ε)
  [[nodiscard]] Vector shrunk(const Vector& g, const Vector& z, double epsilon) const {
    Vector out = g;
    for (std::size_t i = 0; i < g.size(); ++i)
      out[i] *= z[i] / stabilised(z[i], epsilon, options_.epsilon.follows_sign);
    return out;
  }

  propagate::RuleOptions options_;
};

// zennit divides by x + 1e-10 sign(x) on its way out, which is left out here. The last output has z = 0.
TEST_F(GammaTest, OfALinearLayerIsZennitsRule) {
  const Vector weights{1.5, -0.5, 0, -2, 0.25, 0, 0.5, 1, 0, 0.75, -1.25, 0}, biases{0.5, -0.75, 0};
  const ValueId w = at_.constant_of({4, 3}, weights), bias = at_.constant_of({3}, biases);
  const ValueId x = at_.input(batched({5, 4})), flat = at_.input(batched({4}));
  const ValueId product = at_.build.matmul(x, w);
  struct Form {
    ValueId y, x;
    bool biased;
  };
  const std::vector<Form> forms{{product, x, false},
                                {op_to(batched({3}), "Gemm", {flat, w, bias}), flat, true},
                                {op_to(batched({3}), "Gemm", {flat, w}), flat, false}};
  const ValueId again = at_.build.op("MatMul", {x, w}, batched({5, 3}), ElementType::kFloat64);
  const std::vector<Form> all{forms[0], forms[1], forms[2], {op("Add", {again, bias}), x, true}};
  for (const double gamma : {0.05, 0.25, 100.0}) {
    options_.gamma.linear = gamma;
    for (const Form& form : all) {
      walk(form.y, {form.x});
      everywhere([&](std::size_t k, std::size_t b) {
        const std::size_t rows = form.x == x ? 5 : 1;
        const Matrix expected =
            replica::gamma_linear({rows, 4, sample(form.x, b)}, weight(w), form.biased ? biases : Vector(3, 0.0),
                                  {rows, 3, seed(k, b)}, gamma);
        expect_near(arrival(form.x, k, b), expected.data, 1e-11);
      });
    }
  }
}

// A convolution whose windows don't overlap is a linear layer of each window.
TEST_F(GammaTest, OfAConvolutionIsThatOfItsWindows) {
  const ValueId x = at_.input(batched({2, 4, 4})), w = at_.constant({3, 2, 2, 2}), bias = at_.constant({3});
  const std::vector<std::int64_t> step{2, 2};
  options_.gamma.conv = 0.25;
  walk(op_to(batched({3, 2, 2}), "Conv", {x, w, bias}, {{"strides", step}, {"kernel_shape", step}}), {x});
  const auto pixel = [](std::size_t window, std::size_t i) {
    const std::size_t channel = i / 4, row = 2 * (window / 2) + i / 2 % 2, column = 2 * (window % 2) + i % 2;
    return (channel * 4 + row) * 4 + column;
  };
  everywhere([&](std::size_t k, std::size_t b) {
    const Vector image = sample(x, b), g = seed(k, b);
    Matrix windows = replica::zeros(4, 8), of = replica::zeros(4, 3);
    for (std::size_t n = 0; n < 4; ++n) {
      for (std::size_t i = 0; i < 8; ++i) windows(n, i) = image[pixel(n, i)];
      for (std::size_t j = 0; j < 3; ++j) of(n, j) = g[j * 4 + n];
    }
    const Matrix filter = replica::transposed({3, 8, values_.at(w).data});
    const Matrix found = replica::gamma_linear(windows, filter, values_.at(bias).data, of, 0.25);
    Vector expected(32, 0);
    for (std::size_t n = 0; n < 4; ++n)
      for (std::size_t i = 0; i < 8; ++i) expected[pixel(n, i)] = found(n, i);
    expect_near(arrival(x, k, b), expected, 1e-11);
  });
}

// γ acts on the layers of its scope alone: of a pooler and a classifier behind the last residual, on both or on
// neither.
TEST_F(GammaTest, StaysInItsScope) {
  const ValueId x = at_.input(batched({4}));
  const auto linear = [&](ValueId from) {
    return op("Add", {at_.build.matmul(from, at_.constant({4, 4})), at_.constant({4})});
  };
  const ValueId hidden = linear(x), out = linear(op("Gelu", {hidden}));
  const ValueId stream = op("Add", {x, out}), pooled = linear(stream), feature = op("Tanh", {pooled});
  const ValueId y = linear(feature);
  const std::vector<ValueId> layers{feature, stream, hidden};
  const auto changed = [&](propagate::LinearRole role) {
    std::vector<bool> found;
    for (const ValueId at : layers) {
      const Vector plain = plain_arrival(y, at);
      options_.gamma.linear = 0.5;
      options_.gamma.scope = {role};
      walk(y, {at});
      found.push_back(arrival(at) != plain);
    }
    return found;
  };
  using Role = propagate::LinearRole;
  EXPECT_EQ(changed(Role::kConv), (std::vector<bool>{false, false, false}));
  EXPECT_EQ(changed(Role::kHead), (std::vector<bool>{true, true, true}));
  EXPECT_EQ(changed(Role::kMlp), (std::vector<bool>{false, false, true}));
  options_.gamma.scope = {Role::kHead};
  walk(y, {feature, stream, pooled});
  const Matrix pooler = weight(at_.graph.producer(at_.graph.producer(pooled)->inputs[0])->inputs[1]);
  const Vector bias = values_.at(at_.graph.producer(pooled)->inputs[1]).data;
  everywhere([&](std::size_t k, std::size_t b) {
    const Matrix expected =
        replica::gamma_linear({1, 4, sample(stream, b)}, pooler, bias, {1, 4, arrival(pooled, k, b)}, 0.5);
    expect_near(arrival(stream, k, b), expected.data, 1e-11);
  });
}

TEST_F(GammaTest, OfZeroIsTheEpsilonRule) {
  const ValueId x = at_.input(batched({5, 4})), w = at_.constant({4, 3}), bias = at_.constant({3});
  const ValueId y = op("Add", {at_.build.matmul(x, w), bias});
  const Vector plain = plain_arrival(y, x);
  options_.gamma.conv = 1;
  walk(y, {x});
  EXPECT_EQ(arrival(x), plain) << "without a stabiliser it is the gradient";
  for (const bool follows_sign : {true, false}) {
    options_.epsilon = {.linear = 0.1, .follows_sign = follows_sign};
    walk(y, {x});
    everywhere([&](std::size_t k, std::size_t b) {
      const Matrix g{5, 3, shrunk(seed(k, b), sample(y, b), 0.1)};
      expect_near(arrival(x, k, b), product(g, transposed(weight(w))).data, 1e-12);
    });
  }
}

TEST_F(GammaTest, StabilisedNormsAndSums) {
  const ValueId x = at_.input(batched({3, 4})), u = at_.input(batched({3, 4}));
  const ValueId norm =
      op("LayerNormalization", {x, at_.constant({4}), at_.constant({4})}, {{"axis", std::int64_t{-1}}});
  const ValueId sum = op("Add", {x, u});
  for (const bool follows_sign : {true, false}) {
    options_.epsilon = {.layer_norm = 0.1, .add = 0.2, .follows_sign = follows_sign};
    walk(sum, {x, u});
    EXPECT_EQ(arrival(x), arrival(u));
    everywhere([&](std::size_t k, std::size_t b) {
      expect_near(arrival(x, k, b), shrunk(seed(k, b), sample(sum, b), 0.2), 1e-12);
    });
    walk(norm, {x});
    const TensorD whole = at_.inputs.at(seed_);
    const Vector found = arrival(x);
    TensorD& shrunk_seed = at_.inputs.at(seed_);
    for (std::size_t i = 0; i < shrunk_seed.data.size(); ++i) {
      const double z = values_.at(norm).data[i % (12 * kSamples)];
      shrunk_seed.data[i] *= z / stabilised(z, 0.1, follows_sign);
    }
    expect_near(found, plain_arrival(norm, x), 1e-12);
    at_.inputs.at(seed_) = whole;
  }
}

// R / (2 z + ε) to each factor of a matrix product, R = g z.
TEST_F(GammaTest, StabilisedProducts) {
  const ValueId u = at_.input(batched({4, 3})), v = at_.input(batched({3, 5})), y = at_.build.matmul(u, v);
  for (const bool follows_sign : {true, false}) {
    options_.epsilon = {.matmul = 0.1, .follows_sign = follows_sign};
    walk(y, {u, v});
    everywhere([&](std::size_t k, std::size_t b) {
      Matrix s = seed_matrix(k, b);
      for (std::size_t i = 0; i < s.data.size(); ++i) {
        const double z = sample(y, b)[i];
        s.data[i] *= z / stabilised(2 * z, 0.1, follows_sign);
      }
      expect_near(arrival(u, k, b), product(s, transposed(matrix(v, b))).data, 1e-12);
      expect_near(arrival(v, k, b), product(transposed(matrix(u, b)), s).data, 1e-12);
    });
  }
}

// cp-lrp: R / (z + ε) to attention's values.
TEST_F(GammaTest, StabilisedAttention) {
  const ValueId q = at_.input(batched({4, 3})), v = at_.input(batched({4, 3}));
  const ValueId a = at_.build.softmax(scores(q, q), -1), y = at_.build.matmul(a, v);
  options_.epsilon.attention_value = 0.1;
  RuleSetTest::walk(propagate::make_rule_set("cp-lrp", options_), y, {v});
  everywhere([&](std::size_t k, std::size_t b) {
    const Matrix s{4, 3, shrunk(seed(k, b), sample(y, b), 0.1)};
    expect_near(arrival(v, k, b), product(transposed(matrix(a, b)), s).data, 1e-12);
  });
}

}  // namespace
}  // namespace pellucid::tests
