/// Rule sets on a whole vision Transformer, walked and computed by the reference executor in double.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "anatomy/anatomy.hpp"
#include "anatomy/fixture_graph.hpp"
#include "graph/passes/unround_roots.hpp"
#include "graph/passes/widen.hpp"
#include "propagate/rule_set_fixture.hpp"
#include "propagate/walk.hpp"
#include "support/fixtures.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using Doubles = std::vector<double>;
/// The weights of the logits, one row per target.
using Targets = std::vector<Doubles>;

constexpr std::size_t kClasses = 4;

Doubles one_hot(std::size_t k) {
  Doubles seed(kClasses, 0);
  seed.at(k) = 1;
  return seed;
}

/// What a walk brought to values, [targets, samples, …] each, and the values.
struct Walked {
  std::map<ValueId, TensorD> arrived, values;
  std::size_t targets = 0, samples = 0;

  [[nodiscard]] Doubles at(ValueId x, std::size_t k, std::size_t b) const {
    return part(arrived.at(x).data, k * samples + b, targets * samples);
  }
  [[nodiscard]] Doubles value(ValueId x, std::size_t b) const { return part(values.at(x).data, b, samples); }
  /// Σ x ⊙ g
  [[nodiscard]] double relevance(ValueId x, std::size_t k, std::size_t b) const {
    const Doubles of = value(x, b), g = at(x, k, b);
    return std::inner_product(of.begin(), of.end(), g.begin(), 0.0);
  }
  static Doubles part(const Doubles& all, std::size_t i, std::size_t count) {
    const auto size = static_cast<std::ptrdiff_t>(all.size() / count), at = static_cast<std::ptrdiff_t>(i) * size;
    return {all.begin() + at, all.begin() + at + size};
  }
};

class MicroVit {
 public:
  explicit MicroVit(const std::filesystem::path& folder)
      : pixels_(read_safetensors(folder / "inputs.safetensors").at("pixel_values")),
        graph_(fixture_graph(folder / "model.onnx", {{"pixel_values", pixels_}})),
        anatomy_(anatomy::find_anatomy(graph_)) {}

  [[nodiscard]] const anatomy::Block& block(std::size_t l) const { return anatomy_.streams.at(0).blocks.at(l); }
  [[nodiscard]] std::size_t blocks() const { return anatomy_.streams.at(0).blocks.size(); }
  [[nodiscard]] ValueId input() const { return graph_.inputs.at(0); }
  /// The inputs of all blocks, all A and the pixels.
  [[nodiscard]] std::vector<ValueId> landmarks() const {
    std::vector<ValueId> found{input()};
    for (std::size_t l = 0; l < blocks(); ++l) found.insert(found.end(), {block(l).input, block(l).site.probabilities});
    return found;
  }
  /// Both pictures and one that lies between them.
  [[nodiscard]] std::vector<Doubles> pictures() const {
    const Doubles both = pixels_.to_doubles();
    std::vector<Doubles> found{Walked::part(both, 0, 2), Walked::part(both, 1, 2)};
    found.push_back(found[0]);
    for (std::size_t i = 0; i < found[2].size(); ++i) found[2][i] = (found[0][i] + found[1][i]) / 2;
    return found;
  }

  [[nodiscard]] Walked walk(const propagate::RuleSet& rules, const Targets& targets,
                            const std::vector<Doubles>& pictures, const std::vector<ValueId>& wanted) const {
    graph::Graph graph = graph_;
    graph::Builder build(graph);
    const ValueId logits = anatomy_.head.logits;
    const auto count = static_cast<std::int64_t>(targets.size()), batch = static_cast<std::int64_t>(pictures.size());
    const Dims lifted = graph::with_leading(count, build.dims(logits));
    const ValueId seed = graph.add_input("seed", build.type(logits), lifted);
    std::map<ValueId, TensorD> inputs{{seed, {graph::shape_at(lifted, batch), {}}},
                                      {input(), {graph::shape_at(build.dims(input()), batch), {}}}};
    for (const Doubles& target : targets)
      for (std::int64_t b = 0; b < batch; ++b) append(inputs.at(seed), target);
    for (const Doubles& picture : pictures) append(inputs.at(input()), picture);
    propagate::Walk walk(build, rules, count);
    walk.run({{logits, seed}}, wanted);
    graph::widen(graph);
    graph::unround_roots(graph);
    Walked found{
        .arrived = {}, .values = execute(graph, inputs, batch), .targets = targets.size(), .samples = pictures.size()};
    for (const ValueId x : wanted) found.arrived[x] = found.values.at(walk.cotangent(x));
    return found;
  }

 private:
  static void append(TensorD& to, const Doubles& more) { to.data.insert(to.data.end(), more.begin(), more.end()); }

  Tensor pixels_;
  graph::Graph graph_;
  anatomy::Anatomy anatomy_;
};

double sum(const Doubles& of) { return std::accumulate(of.begin(), of.end(), 0.0); }

class RuleSets : public testing::TestWithParam<const char*> {
 protected:
  const MicroVit model_{carried("vit-micro")};
  const propagate::RuleSet rules_ = propagate::make_rule_set(GetParam());
};

const auto kName = [](const auto& of) {
  std::string name = of.param;
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
};

TEST_P(RuleSets, TargetsOfOneWalkAreThoseOfSeveral) {
  const std::vector<Doubles> pictures = model_.pictures();
  const Walked all = model_.walk(rules_, {one_hot(2), one_hot(0), one_hot(3)}, pictures, model_.landmarks());
  for (const auto& [k, target] : {std::pair(0U, 2U), std::pair(1U, 0U), std::pair(2U, 3U)}) {
    const Walked alone = model_.walk(rules_, {one_hot(target)}, pictures, model_.landmarks());
    for (const ValueId x : model_.landmarks())
      for (std::size_t b = 0; b < 3; ++b) EXPECT_EQ(all.at(x, k, b), alone.at(x, 0, b));
  }
}

TEST_P(RuleSets, SamplesOfABatchAreThoseAlone) {
  const std::vector<Doubles> pictures = model_.pictures();
  const Walked all = model_.walk(rules_, {one_hot(2), one_hot(0)}, pictures, model_.landmarks());
  for (std::size_t b = 0; b < pictures.size(); ++b) {
    const Walked alone = model_.walk(rules_, {one_hot(2), one_hot(0)}, {pictures[b]}, model_.landmarks());
    for (const ValueId x : model_.landmarks())
      for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ(all.at(x, k, b), alone.at(x, k, 0));
  }
}

INSTANTIATE_TEST_SUITE_P(All, RuleSets, testing::Values("gradient", "libra", "attnlrp", "cp-lrp", "chefer", "lrp"),
                         kName);

class GradientForm : public RuleSets {};

TEST_P(GradientForm, AContrastIsTheDifferenceOfItsLogits) {
  Doubles contrast = one_hot(2);
  contrast[0] = -1;
  const Walked found = model_.walk(rules_, {one_hot(2), one_hot(0), contrast}, model_.pictures(), model_.landmarks());
  for (const ValueId x : model_.landmarks()) {
    for (std::size_t b = 0; b < 3; ++b) {
      Doubles expected = found.at(x, 0, b);
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] -= found.at(x, 1, b)[i];
      expect_near(found.at(x, 2, b), expected, 1e-12);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GradientForm, testing::Values("gradient", "libra", "attnlrp", "cp-lrp"), kName);

class RelevanceModels : public testing::Test {
 protected:
  const MicroVit model_{carried("vit-micro")};
  const Targets targets_{one_hot(0), one_hot(1), one_hot(2), one_hot(3)};
};

TEST_F(RelevanceModels, CheferKeepsASumOfOneThroughEveryBlock) {
  const Walked found = model_.walk(propagate::make_rule_set("chefer"), targets_, model_.pictures(), model_.landmarks());
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    for (std::size_t b = 0; b < 3; ++b) {
      for (std::size_t l = 0; l < model_.blocks(); ++l)
        EXPECT_NEAR(sum(found.at(model_.block(l).input, k, b)), 1, 1e-5) << "block " << l;
      const double at_pixels = sum(found.at(model_.input(), k, b));
      EXPECT_GT(std::fabs(at_pixels - 1), 1e-3) << "positions and class token keep their share";
    }
  }
}

// The head reads the class token alone: no other row of the last A has been met.
TEST_F(RelevanceModels, TheLastAttentionHasRelevanceAtTheClassTokenOnly) {
  const ValueId a = model_.block(model_.blocks() - 1).site.probabilities;
  const Walked found = model_.walk(propagate::make_rule_set("chefer"), targets_, model_.pictures(), {a});
  const auto tokens = static_cast<std::size_t>(found.values.at(a).shape.back());
  const Doubles& relevance = found.arrived.at(a).data;
  bool any = false;
  for (std::size_t i = 0; i < relevance.size(); ++i) {
    if (i / tokens % tokens == 0) {
      any = any || relevance[i] != 0;
    } else {
      EXPECT_EQ(relevance[i], 0) << "element " << i;
    }
  }
  EXPECT_TRUE(any);
}

// Without gated products, and attention as the only product of two activations, both rule sets are one walk.
TEST_F(RelevanceModels, CpLrpIsLibraWithoutGatedProducts) {
  const Walked cp = model_.walk(propagate::make_rule_set("cp-lrp"), targets_, model_.pictures(), model_.landmarks());
  const Walked libra = model_.walk(propagate::make_rule_set("libra"), targets_, model_.pictures(), model_.landmarks());
  for (const ValueId x : model_.landmarks()) EXPECT_EQ(cp.arrived.at(x).data, libra.arrived.at(x).data);
}

// Σ v ⊙ g = ½ Σ context ⊙ g, Σ q ⊙ g = Σ k ⊙ g = ½ Σ scores ⊙ g: the other half of the scores' is taken behind A.
TEST_F(RelevanceModels, AttnlrpSharesEveryAttention) {
  std::vector<ValueId> wanted;
  for (std::size_t l = 0; l < model_.blocks(); ++l) {
    const anatomy::AttentionSite& site = model_.block(l).site;
    wanted.insert(wanted.end(), {site.q, site.k, site.v, site.context, site.scores, site.probabilities});
  }
  const Walked found = model_.walk(propagate::make_rule_set("attnlrp"), targets_, model_.pictures(), wanted);
  for (std::size_t l = 0; l < model_.blocks(); ++l) {
    const anatomy::AttentionSite& site = model_.block(l).site;
    for (std::size_t k = 0; k < targets_.size(); ++k) {
      for (std::size_t b = 0; b < 3; ++b) {
        const double context = found.relevance(site.context, k, b), scores = found.relevance(site.scores, k, b);
        EXPECT_GT(std::fabs(context), 1e-4);
        EXPECT_NEAR(found.relevance(site.v, k, b), context / 2, 1e-10);
        EXPECT_NEAR(found.relevance(site.probabilities, k, b), context, 1e-10);
        EXPECT_NEAR(found.relevance(site.q, k, b), scores / 2, 1e-10);
        EXPECT_NEAR(found.relevance(site.k, k, b), scores / 2, 1e-10);
      }
    }
  }
}

/// A rule set, and its name among the recorded tensors. Gelu's derivative has constants that are as precise as the
/// model's float32.
struct Recorded {
  const char *rules, *name;
  double tolerance = 1e-10;
  bool gradient_activations = false;
};

class Intermediates : public testing::TestWithParam<Recorded> {};

// Every tensor of the walk that the methods' authors' code, or automatic differentiation, left behind in float64.
TEST_P(Intermediates, AreThoseOfTheReference) {
  const auto folder = fixtures();
  if (!folder) GTEST_SKIP() << "no fixtures";
  const MicroVit model(*folder / "fixtures" / "vit-micro");
  const TensorMap recorded = read_safetensors(*folder / "fixtures" / "vit-micro" / "intermediates.safetensors");
  propagate::RuleOptions options;
  options.gradient_activations = GetParam().gradient_activations;
  const auto pictures = model.pictures();
  const Walked found = model.walk(propagate::make_rule_set(GetParam().rules, options), {one_hot(2)},
                                  {pictures[0], pictures[1]}, model.landmarks());
  const bool relevance = recorded.count("row0/2/" + std::string(GetParam().name) + "/attn_R") != 0;
  for (std::size_t b = 0; b < 2; ++b) {
    const std::string path = "row" + std::to_string(b) + "/2/" + GetParam().name + "/";
    const auto expect = [&](ValueId x, const Doubles& expected, const std::string& what) {
      SCOPED_TRACE(path + what);
      expect_near(found.at(x, 0, b), expected, GetParam().tolerance);
    };
    const auto stored = [&](const std::string& name) { return recorded.at(path + name).to_doubles(); };
    for (std::size_t l = 0; l < model.blocks(); ++l) {
      const std::string block = "blocks." + std::to_string(l);
      expect(model.block(l).input, stored(relevance ? block + ".R_in" : "grad/" + block + ".in"), block);
      const Doubles a = relevance ? Walked::part(stored("attn_R"), l, model.blocks()) : stored("grad/" + block + ".A");
      expect(model.block(l).site.probabilities, a, block + ".A");
    }
    expect(model.input(), stored(relevance ? "patch_embed.proj.R_in" : "grad/pixel_values"), "pixel_values");
  }
}

INSTANTIATE_TEST_SUITE_P(VitMicro, Intermediates,
                         testing::Values(Recorded{"gradient", "gradient", 1e-8}, Recorded{"libra", "libra"},
                                         Recorded{"attnlrp", "attnlrp"}, Recorded{"cp-lrp", "cp-lrp"},
                                         Recorded{"cp-lrp", "cp-lrp-ali", 1e-8, true}, Recorded{"chefer", "chefer"},
                                         Recorded{"lrp", "lrp"}),
                         [](const auto& of) {
                           std::string name = of.param.name;
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

}  // namespace
}  // namespace pellucid::tests
