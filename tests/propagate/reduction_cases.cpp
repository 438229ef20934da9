#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

void add_reductions(std::vector<Case>& cases, const std::string& op) {
  const Dims x = batched({3, 4});
  cases.push_back({op, "last", [=](CaseGraph& g) { g.node(op, {g.input(x), g.ints({-1})}, batched({3, 1})); }});
  cases.push_back({op, "dropped", [=](CaseGraph& g) {
                     g.node(op, {g.input(x), g.ints({1})}, batched({4}), {{"keepdims", 0L}});
                   }});
  cases.push_back({op, "two", [=](CaseGraph& g) {
                     g.node(op, {g.input(x), g.ints({2, -2})}, batched({}), {{"keepdims", 0L}});
                   }});
  cases.push_back({op, "all", [=](CaseGraph& g) {
                     g.node(op, {g.input(plain({2, 3}))}, plain({}), {{"keepdims", 0L}});
                   }});
  cases.push_back({op, "all_kept", [=](CaseGraph& g) { g.node(op, {g.input(plain({2, 3}), 0.2)}, plain({1, 1})); }});
}

Case along(const std::string& op, const std::string& name, const Dims& x, const Attributes& attributes) {
  return {op, name, [=](CaseGraph& g) { g.node(op, {g.input(x)}, x, attributes); }};
}

Case layer_normalization(const std::string& name, const Dims& x, const Shape& scale, const Attributes& attributes) {
  return {"LayerNormalization", name, [=](CaseGraph& g) {
            const ValueId data = g.input(x), gain = g.constant(scale, 0.5), bias = g.constant(scale);
            g.node("LayerNormalization", {data, gain, bias}, x, attributes);
          }};
}

Case normalization(const std::string& op, const std::string& name, const Dims& x, const Shape& scale,
                   const Attributes& attributes) {
  return {op, name, [=](CaseGraph& g) {
            g.node(op, {g.input(x), g.constant(scale, 0.5), g.constant(scale)}, x, attributes);
          }};
}

Case cum_sum(const std::string& name, std::int64_t reverse, std::int64_t exclusive) {
  return {"CumSum", name, [=](CaseGraph& g) {
            g.node("CumSum", {g.input(batched({3, 2})), g.ints({}, {1})}, batched({3, 2}),
                   {{"reverse", reverse}, {"exclusive", exclusive}});
          }};
}

}  // namespace

std::vector<Case> reduction_cases() {
  std::vector<Case> cases = {
      along("Softmax", "last", batched({3, 4}), {}),
      along("Softmax", "middle", batched({3, 4}), {{"axis", 1L}}),
      along("Softmax", "rank1", plain({4}), {{"axis", 0L}}),
      along("LogSoftmax", "last", batched({3, 4}), {}),
      along("LogSoftmax", "middle", batched({3, 4}), {{"axis", -2L}}),
      layer_normalization("last", batched({3, 4}), {4}, {}),
      layer_normalization("epsilon", batched({3, 4}), {4}, {{"epsilon", 0.5F}}),
      layer_normalization("two_axes", batched({3, 4}), {3, 4}, {{"axis", 1L}}),
      layer_normalization("broadcast_scale", batched({3, 4}), {1}, {{"axis", -2L}}),
      {"LayerNormalization", "wanted_scale",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({3, 4})), scale = g.input(plain({4})), bias = g.input(plain({4}));
         g.node("LayerNormalization", {x, scale, bias}, batched({3, 4}));
       }},
      {"LayerNormalization", "no_bias",
       [](CaseGraph& g) {
         g.node("LayerNormalization", {g.input(batched({4})), g.constant({4})}, batched({4}));
       }},
      {"BatchNormalization", "",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({3, 2})), scale = g.constant({3}), bias = g.constant({3});
         g.node("BatchNormalization", {x, scale, bias, g.constant({3}), g.constant({3}, 0.5)}, batched({3, 2}),
                {{"epsilon", 0.1F}});
       }},
      along("LpNormalization", "last", batched({3, 4}), {}),
      along("LpNormalization", "sums", batched({3, 4}), {{"axis", 1L}, {"p", 1L}}),
      along("LRN", "", batched({5, 2, 2}), {{"size", 3L}, {"alpha", 0.5F}, {"beta", 0.6F}, {"bias", 1.5F}}),
      along("LRN", "even", batched({5, 2, 2}), {{"size", 4L}, {"alpha", 0.5F}}),
      along("MeanVarianceNormalization", "", plain({2, 2, 2, 3}), {}),
      along("MeanVarianceNormalization", "axes", batched({2, 3}), {{"axes", std::vector<std::int64_t>{1, 2}}}),
      normalization("InstanceNormalization", "", batched({3, 2, 3}), {3}, {}),
      normalization("GroupNormalization", "per_group", batched({4, 2, 3}), {2}, {{"num_groups", 2L}}),
      normalization("GroupNormalization", "per_channel", batched({6, 3}), {6}, {{"num_groups", 2L}}),
      cum_sum("forward", 0, 0),
      cum_sum("reverse", 1, 0),
      cum_sum("exclusive", 0, 1),
      cum_sum("both", 1, 1),
      {"ReduceSum", "nothing",
       [](CaseGraph& g) {
         g.node("ReduceSum", {g.input(batched({3}))}, batched({3}), {{"noop_with_empty_axes", 1L}});
       }},
      {"ReduceSum", "batch",
       [](CaseGraph& g) {
         g.node("ReduceSum", {g.input(batched({3})), g.ints({0})}, plain({1, 3}));
       }},
  };
  cases.push_back({"ReduceLogSum", "last", [](CaseGraph& g) {
                     g.node("ReduceLogSum", {g.input(batched({3, 4}), 0.5), g.ints({-1})}, batched({3, 1}));
                   }});
  cases.push_back(
      {"ReduceLogSum", "dropped", [](CaseGraph& g) {
         g.node("ReduceLogSum", {g.input(batched({3, 4}), 0.5), g.ints({1})}, batched({4}), {{"keepdims", 0L}});
       }});
  for (const std::string op : {"ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
                               "ReduceMin", "ReduceSum", "ReduceSumSquare"})
    add_reductions(cases, op);
  return cases;
}

}  // namespace pellucid::tests
