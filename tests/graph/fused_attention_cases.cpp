#include "graph/fused_case.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;

constexpr std::int64_t kTokens = 5, kHeads = 2, kDim = 4, kWidth = kHeads * kDim;
const Dims kOut = per_sample({kTokens, kWidth});
const std::vector<std::int64_t> kRaw{0, 1, 1, 1, 1, 1, 1, 0, 1, 0};

using Mask = std::function<ValueId(FusedGraph&)>;

FusedCase packed(const std::string& name, const Mask& mask, const Attributes& extra = {}, bool bias_of_scores = false) {
  return {"Attention", name, [=](FusedGraph& at) {
            Attributes attributes = extra;
            attributes["num_heads"] = kHeads;
            std::vector<ValueId> in{at.input(per_sample({kTokens, 6})), at.constant({6, 3 * kWidth}),
                                    at.constant({3 * kWidth}), mask ? mask(at) : kNone};
            if (bias_of_scores) in.insert(in.end(), {kNone, at.input(graph::fixed({1, kHeads, kTokens, kTokens}))});
            at.node("Attention", kRuntimeDomain, in, {kOut}, attributes);
          }};
}

Mask whole_mask(const Dims& dims, const std::vector<std::int64_t>& values) {
  return [=](FusedGraph& at) { return at.wholes(dims, values); };
}

Mask pair_mask() {
  std::vector<std::int64_t> values;
  for (int i = 0; i < 2 * kTokens * kTokens; ++i) values.push_back(i % 3 == 1 || i % kTokens == 0 ? 1 : 0);
  return whole_mask(per_sample({kTokens, kTokens}), values);
}

std::vector<FusedCase> attention_cases() {
  const Mask raw = whole_mask(per_sample({kTokens}), kRaw), ends = whole_mask(per_sample({}), {3, 4});
  return {
      packed("plain", nullptr),
      packed("raw_mask", raw),
      packed("raw_mask_causal", raw, {{"unidirectional", 1L}}),
      packed("filled_otherwise", raw, {{"mask_filter_value", -3.0F}}),
      packed("scale", raw, {{"scale", 0.25F}}),
      packed("ends", ends),
      packed("ends_and_starts", whole_mask({{2, true}}, {3, 5, 1, 0})),
      packed("causal", nullptr, {{"unidirectional", 1L}}),
      packed("pair_mask", pair_mask()),
      packed("bias_of_scores", raw, {}, true),
      {"Attention", "unequal_widths",
       [](FusedGraph& at) {
         const std::vector<ValueId> in{at.input(per_sample({kTokens, 6})), at.constant({6, 22}), at.constant({22})};
         at.node("Attention", kRuntimeDomain, in, {per_sample({kTokens, 6})},
                 {{"num_heads", kHeads}, {"qkv_hidden_sizes", std::vector<std::int64_t>{8, 8, 6}}});
       }},
      {"Attention", "ends_in_front",
       [](FusedGraph& at) {
         const std::vector<ValueId> in{at.input(graph::fixed({2, kTokens, 6})), at.constant({6, 24}), at.constant({24}),
                                       at.wholes(graph::fixed({8}), {3, 4, 0, 3, 5, 0, 3, 5})};
         at.node("Attention", kRuntimeDomain, in, {graph::fixed({2, kTokens, kWidth})}, {{"num_heads", kHeads}});
       }},
      {"Attention", "present",
       [](FusedGraph& at) {
         const std::vector<ValueId> in{at.input(per_sample({kTokens, 6})), at.constant({6, 24}), at.constant({24})};
         const Dims present{{2, false}, {1, true}, {kHeads, false}, {kTokens, false}, {kDim, false}};
         at.node("Attention", kRuntimeDomain, in, {kOut, present}, {{"num_heads", kHeads}});
       }},
  };
}

struct Separate {
  bool cross = false, bias = false, scores = false, split = false;
  Mask mask = {};
  Attributes extra = {};
  bool all_outputs = false;
};

FusedCase separate(const std::string& name, const Separate& how) {
  return {"MultiHeadAttention", name, [=](FusedGraph& at) {
            const std::int64_t keys = how.cross ? 4 : kTokens, values = how.split ? kWidth : 6;
            Attributes attributes = how.extra;
            attributes["num_heads"] = kHeads;
            const auto side = [&](std::int64_t width) {
              return at.input(how.split ? per_sample({kHeads, keys, width / kHeads}) : per_sample({keys, width}));
            };
            std::vector<ValueId> in{at.input(per_sample({kTokens, kWidth})), side(kWidth), side(values)};
            in.push_back(how.bias ? at.constant({2 * kWidth + values}) : kNone);
            in.push_back(how.mask ? how.mask(at) : kNone);
            in.push_back(how.scores ? at.input(graph::fixed({1, 1, kTokens, keys})) : kNone);
            std::vector<std::optional<Dims>> out{per_sample({kTokens, values})};
            if (how.all_outputs)
              out.insert(out.end(), {per_sample({kHeads, keys, kDim}), per_sample({kHeads, keys, values / kHeads}),
                                     per_sample({kHeads, kTokens, keys})});
            at.node("MultiHeadAttention", kRuntimeDomain, in, out, attributes);
          }};
}

std::vector<FusedCase> multi_head_cases() {
  const Mask raw = whole_mask(per_sample({kTokens}), kRaw);
  const Mask cross = whole_mask(per_sample({4}), {0, 1, 1, 1, 1, 1, 0, 0});
  const Attributes causal{{"unidirectional", 1L}};
  return {
      separate("plain", {}),
      separate("bias", {.bias = true}),
      separate("raw_mask", {.bias = true, .mask = raw}),
      separate("raw_mask_causal", {.mask = raw, .extra = causal}),
      separate("ends", {.mask = whole_mask(per_sample({}), {3, 4})}),
      separate("pair_mask", {.mask = pair_mask()}),
      separate("cross", {.cross = true, .bias = true, .mask = cross}),
      separate("cross_causal", {.cross = true, .extra = causal}),
      separate("split_heads", {.cross = true, .bias = true, .split = true}),
      separate("bias_of_scores", {.cross = true, .scores = true, .mask = cross}),
      separate("scale", {.extra = {{"scale", 1.0F}}}),
      separate("all_outputs", {.cross = true, .all_outputs = true}),
  };
}

struct Grouped {
  std::vector<std::int64_t> last{4, 4};
  Attributes extra = {};
  bool packed = false, rotary = false, places = false, scores = false, fixed_ends = false, empty_past = false;
  std::int64_t pairs = 8;
};

FusedCase grouped(const std::string& name, const Grouped& how) {
  return {"GroupQueryAttention", name, [=](FusedGraph& at) {
            constexpr std::int64_t dim = 16, heads = 4, groups = 2;
            Attributes attributes = how.extra;
            attributes["num_heads"] = heads;
            attributes["kv_num_heads"] = groups;
            const auto side = [&](std::int64_t count) { return at.input(per_sample({kTokens, count * dim})); };
            std::vector<ValueId> in;
            if (how.packed)
              in = {side(heads + 2 * groups), kNone, kNone};
            else
              in = {side(heads), side(groups), side(groups)};
            const auto past = [&] { return how.empty_past ? at.input(per_sample({groups, 0, dim})) : kNone; };
            in.insert(in.end(), {past(), past()});
            in.push_back(how.fixed_ends ? at.constant_wholes({2}, how.last) : at.wholes(per_sample({}), how.last));
            in.push_back(at.constant_wholes({}, {kTokens}));
            if (how.rotary) in.insert(in.end(), {at.constant({12, how.pairs}), at.constant({12, how.pairs})});
            if (how.places)
              in.push_back(at.wholes(per_sample({kTokens}), {1, 2, 3, 4, 5, 1, 2, 3, 4, 5}, ElementType::kInt64));
            if (how.scores) {
              in.resize(10, kNone);
              in.push_back(at.input(graph::fixed({1, 1, kTokens, kTokens})));
            }
            if (how.rotary) attributes["do_rotary"] = 1L;
            const Dims present = per_sample({groups, kTokens, dim});
            at.node("GroupQueryAttention", kRuntimeDomain, in, {per_sample({kTokens, heads * dim}), present, present},
                    attributes);
          }};
}

std::vector<FusedCase> grouped_cases() {
  return {
      grouped("plain", {}),
      grouped("shorter_samples", {.last = {2, 3}}),
      grouped("known_lengths", {.fixed_ends = true}),
      grouped("packed", {.packed = true}),
      grouped("empty_past", {.empty_past = true}),
      grouped("window", {.extra = {{"local_window_size", 2L}}}),
      grouped("softcap", {.extra = {{"softcap", 1.5F}}}),
      grouped("both_ways", {.last = {2, 4}, .extra = {{"causal", 0L}}}),
      grouped("scale", {.extra = {{"scale", 0.5F}}}),
      grouped("rotary", {.rotary = true}),
      grouped("rotary_packed", {.packed = true, .rotary = true}),
      grouped("rotary_interleaved", {.extra = {{"rotary_interleaved", 1L}}, .rotary = true}),
      grouped("rotary_places", {.rotary = true, .places = true}),
      grouped("bias_of_scores", {.extra = {{"softcap", 1.5F}}, .scores = true}),
  };
}

struct Onnx {
  int opset = 23;
  std::int64_t groups = 2;
  bool packed = false;
  Mask mask = {};
  Attributes extra = {};
  std::int64_t mode = -1;
  bool lengths = false;
};

FusedCase onnx(const std::string& name, const Onnx& how) {
  return {"OnnxAttention", name, [=](FusedGraph& at) {
            constexpr std::int64_t heads = 4;
            at.opset = how.opset;
            Attributes attributes = how.extra;
            const auto side = [&](std::int64_t count) {
              return at.input(how.packed ? per_sample({kTokens, count * kDim}) : per_sample({count, kTokens, kDim}));
            };
            std::vector<ValueId> in{side(heads), side(how.groups), side(how.groups)};
            if (how.mask) in.push_back(how.mask(at));
            if (how.lengths) {
              in.resize(6, kNone);
              in.push_back(at.wholes(per_sample({}), {3, 5}, ElementType::kInt64));
            }
            if (how.packed) attributes.insert({{"q_num_heads", heads}, {"kv_num_heads", how.groups}});
            const Dims y = how.packed ? per_sample({kTokens, heads * kDim}) : per_sample({heads, kTokens, kDim});
            std::vector<std::optional<Dims>> out{y};
            if (how.mode >= 0) {
              attributes["qk_matmul_output_mode"] = how.mode;
              const Dims present = per_sample({how.groups, kTokens, kDim});
              out.insert(out.end(), {present, present, per_sample({heads, kTokens, kTokens})});
            }
            at.node("Attention", "", in, out, attributes);
          }};
}

std::vector<FusedCase> onnx_cases() {
  const Mask floats = [](FusedGraph& at) { return at.input(graph::fixed({1, 1, kTokens, kTokens})); };
  const Mask flags = [](FusedGraph& at) {
    return at.truths({kTokens, kTokens}, {1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0});
  };
  const Attributes cap{{"softcap", 2.0F}}, causal{{"is_causal", 1L}};
  return {
      onnx("plain", {}),
      onnx("packed", {.packed = true}),
      onnx("packed_opset_24", {.opset = 24, .packed = true, .mask = floats, .extra = causal}),
      onnx("flags_causal", {.mask = flags, .extra = causal}),
      onnx("softcap_mask", {.mask = floats, .extra = cap}),
      onnx("scale", {.extra = {{"scale", 0.3F}}}),
      onnx("all_heads", {.groups = 4, .mask = floats}),
      onnx("lengths", {.opset = 24, .lengths = true}),
      onnx("outputs_scaled", {.mask = floats, .extra = cap, .mode = 0}),
      onnx("outputs_capped", {.mask = floats, .extra = cap, .mode = 1}),
      onnx("outputs_masked", {.mask = floats, .extra = cap, .mode = 2}),
      onnx("outputs_probabilities", {.mask = floats, .extra = cap, .mode = 3}),
  };
}

}  // namespace

std::vector<FusedCase> fused_attention_cases() {
  std::vector<FusedCase> all;
  for (const auto& list : {attention_cases(), multi_head_cases(), grouped_cases(), onnx_cases()})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace pellucid::tests
