#include "graph/fused_case.hpp"

namespace pellucid::tests {
namespace {

using graph::fixed;
using graph::kNone;

constexpr std::int64_t kTokens = 5, kWidth = 8;
const Dims kStream = per_sample({kTokens, kWidth});

/// An operator of the stream and of vectors of its width.
FusedCase on_stream(const std::string& op, const std::string& name, std::size_t vectors,
                    const Attributes& attributes = {}) {
  return {op, name, [=](FusedGraph& at) {
            std::vector<ValueId> in{at.input(kStream)};
            for (std::size_t i = 0; i < vectors; ++i) in.push_back(at.constant({kWidth}));
            at.node(op, kRuntimeDomain, in, {kStream}, attributes);
          }};
}

FusedCase on_stream_onnx(const std::string& op, const std::string& name, int opset, std::size_t vectors,
                         const Attributes& attributes = {}) {
  return {op, name, [=](FusedGraph& at) {
            at.opset = opset;
            std::vector<ValueId> in{at.input(kStream)};
            for (std::size_t i = 0; i < vectors; ++i) in.push_back(at.constant({kWidth}));
            at.node(op, "", in, {kStream}, attributes);
          }};
}

FusedCase skip(const std::string& op, const std::string& name, const Dims& other, std::size_t vectors, bool sum) {
  return {op, name, [=](FusedGraph& at) {
            std::vector<ValueId> in{at.input(kStream), at.input(other)};
            for (std::size_t i = 0; i < vectors; ++i) in.push_back(at.constant({kWidth}));
            std::vector<std::optional<Dims>> out{kStream};
            if (sum) out.insert(out.end(), {std::nullopt, std::nullopt, kStream});
            at.node(op, kRuntimeDomain, in, out, {{"epsilon", 1e-3F}});
          }};
}

struct Embedding {
  bool types = true, mask = true, places = false, sum = false;
};

FusedCase embedding(const std::string& name, const Embedding& how) {
  return {"EmbedLayerNormalization", name, [=](FusedGraph& at) {
            const Dims tokens = per_sample({kTokens});
            std::vector<ValueId> in{at.wholes(tokens, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3}),
                                    how.types ? at.wholes(tokens, {0, 0, 1, 1, 1, 0, 1, 0, 1, 0}) : kNone,
                                    at.constant({10, kWidth}),
                                    at.constant({7, kWidth}),
                                    how.types ? at.constant({2, kWidth}) : kNone,
                                    at.constant({kWidth}),
                                    at.constant({kWidth}),
                                    how.mask ? at.wholes(tokens, {1, 1, 1, 0, 0, 1, 1, 1, 1, 1}) : kNone};
            if (how.places) in.push_back(at.wholes(tokens, {0, 1, 2, 3, 4, 6, 5, 4, 3, 2}));
            std::vector<std::optional<Dims>> out{kStream, per_sample({})};
            if (how.sum) out.emplace_back(kStream);
            at.node("EmbedLayerNormalization", kRuntimeDomain, in, out, {{"epsilon", 1e-3F}}, ElementType::kInt32);
          }};
}

FusedCase product(const std::string& name, const Dims& a, const Dims& b, const Dims& out, const Attributes& attributes,
                  const std::string& op = "FusedMatMul") {
  return {op, name, [=](FusedGraph& at) {
            at.node(op, kRuntimeDomain, {at.input(a), at.input(b)}, {out}, attributes);
          }};
}

FusedCase gemm(const std::string& name, const Attributes& attributes) {
  return {"FusedGemm", name, [=](FusedGraph& at) {
            const std::vector<ValueId> in{at.input(per_sample({4})), at.constant({6, 4}), at.constant({6})};
            Attributes all = attributes;
            all.insert({{"transB", 1L}, {"alpha", 0.5F}, {"beta", 2.0F}});
            at.node("FusedGemm", kRuntimeDomain, in, {per_sample({6})}, all);
          }};
}

FusedCase convolution(const std::string& name, bool sum, const Attributes& attributes) {
  return {"FusedConv", name, [=](FusedGraph& at) {
            std::vector<ValueId> in{at.input(per_sample({2, 5, 5})), at.constant({3, 2, 3, 3}), at.constant({3})};
            if (sum) in.push_back(at.input(per_sample({3, 3, 3})));
            at.node("FusedConv", kRuntimeDomain, in, {per_sample({3, 3, 3})}, attributes);
          }};
}

struct Rotary {
  bool heads_apart = false, first_place = false;
  std::int64_t pairs = 4;
  Attributes attributes = {};
};

ValueId rotary_input(FusedGraph& at, const Rotary& how) {
  return at.input(how.heads_apart ? per_sample({3, kTokens, 8}) : per_sample({kTokens, 24}));
}

const std::vector<std::int64_t> kPlaces{0, 1, 2, 3, 4, 3, 2, 7, 8, 0};

FusedCase rotary(const std::string& name, const Rotary& how) {
  return {"RotaryEmbedding", name, [=](FusedGraph& at) {
            const ValueId x = rotary_input(at, how);
            const ValueId places = how.first_place ? at.wholes(fixed({1}), {2}, ElementType::kInt64)
                                                   : at.wholes(per_sample({kTokens}), kPlaces, ElementType::kInt64);
            const std::vector<ValueId> in{x, places, at.constant({9, how.pairs}), at.constant({9, how.pairs})};
            at.node("RotaryEmbedding", kRuntimeDomain, in, {at.build.dims(x)}, how.attributes);
          }};
}

FusedCase onnx_rotary(const std::string& name, const Rotary& how, bool places) {
  return {"OnnxRotaryEmbedding", name, [=](FusedGraph& at) {
            at.opset = 23;
            std::vector<ValueId> in{rotary_input(at, how)};
            const Dims table = places ? fixed({9, how.pairs}) : per_sample({kTokens, how.pairs});
            in.insert(in.end(), {at.input(table), at.input(table)});
            if (places) in.push_back(at.wholes(per_sample({kTokens}), kPlaces, ElementType::kInt64));
            at.node("RotaryEmbedding", "", in, {at.build.dims(in[0])}, how.attributes);
          }};
}

std::vector<FusedCase> rotary_cases() {
  const Attributes partial{{"num_heads", 3L}, {"rotary_embedding_dim", 4L}}, pairs{{"interleaved", 1L}};
  const Attributes heads{{"num_heads", 3L}};
  return {
      rotary("packed", {}),
      rotary("first_place", {.first_place = true}),
      rotary("interleaved", {.attributes = pairs}),
      rotary("partial", {.pairs = 2, .attributes = partial}),
      rotary("heads_apart", {.heads_apart = true}),
      onnx_rotary("packed", {.attributes = heads}, true),
      onnx_rotary("heads_apart", {.heads_apart = true, .attributes = pairs}, true),
      onnx_rotary("partial", {.heads_apart = true, .pairs = 2, .attributes = {{"rotary_embedding_dim", 4L}}}, true),
      onnx_rotary("own_tables", {.heads_apart = true}, false),
      onnx_rotary("own_tables_packed", {.attributes = heads}, false),
  };
}

std::vector<FusedCase> product_cases() {
  const Dims a = fixed({3, 2, 4}), b = fixed({2, 4, 5});
  return {
      product("plain", a, fixed({4, 5}), fixed({3, 2, 5}), {{"alpha", 0.25F}}),
      product("transposed", fixed({3, 4, 2}), fixed({3, 5, 4}), fixed({3, 2, 5}), {{"transA", 1L}, {"transB", 1L}}),
      product("batch_first_a", a, b, fixed({2, 3, 5}), {{"transBatchA", 1L}}),
      product("batch_first_both", a, fixed({5, 2, 4}), fixed({2, 3, 5}),
              {{"transBatchA", 1L}, {"transBatchB", 1L}, {"transB", 1L}}),
      product("plain", a, fixed({5, 4}), fixed({3, 2, 5}), {{"transB", 1L}}, "TransposeMatMul"),
      gemm("relu", {{"activation", std::string("Relu")}}),
      gemm("leaky", {{"activation", std::string("LeakyRelu")}, {"activation_alpha", 0.3F}}),
      gemm("hard_sigmoid",
           {{"activation", std::string("HardSigmoid")}, {"activation_alpha", 0.3F}, {"activation_beta", 0.4F}}),
      convolution("plain", false, {}),
      convolution("relu", false, {{"activation", std::string("Relu")}}),
      convolution("sum", true, {{"activation", std::string("Relu")}}),
      convolution("clip", false,
                  {{"activation", std::string("Clip")}, {"activation_params", std::vector<float>{-1, 2}}}),
  };
}

}  // namespace

std::vector<FusedCase> fused_layer_cases() {
  const Dims row = fixed({1, kTokens, kWidth});
  const std::string norm = "SkipLayerNormalization", rms = "SkipSimplifiedLayerNormalization";
  std::vector<FusedCase> all = {
      on_stream("BiasGelu", "plain", 1),
      on_stream("FastGelu", "plain", 0),
      on_stream("FastGelu", "bias", 1),
      on_stream("Gelu", "plain", 0),
      on_stream("QuickGelu", "plain", 0),
      on_stream("QuickGelu", "alpha", 0, {{"alpha", 0.7F}}),
      on_stream_onnx("Swish", "alpha", 24, 0, {{"alpha", 0.7F}}),
      on_stream_onnx("RMSNormalization", "plain", 23, 1, {{"epsilon", 1e-2F}}),
      on_stream_onnx("SimplifiedLayerNormalization", "plain", 17, 1, {{"epsilon", 1e-2F}}),
      skip(norm, "plain", kStream, 2, false),
      skip(norm, "bias_and_sum", kStream, 3, true),
      skip(norm, "broadcast", row, 2, true),
      skip(norm, "without_beta", kStream, 1, false),
      skip(rms, "plain", kStream, 1, false),
      skip(rms, "bias_and_sum", kStream, 2, true),
      embedding("plain", {}),
      embedding("without_types", {.types = false}),
      embedding("without_mask", {.mask = false}),
      embedding("places_and_sum", {.places = true, .sum = true}),
      {"Trilu", "lower",
       [](FusedGraph& at) {
         at.node("Trilu", kRuntimeDomain, {at.input(fixed({4, 4}))}, {fixed({4, 4})}, {{"upper", 0L}});
       }},
      {"ExpandDims", "middle",
       [](FusedGraph& at) {
         const std::vector<ValueId> in{at.input(fixed({3, 4})), at.constant_wholes({}, {1})};
         at.node("ExpandDims", kRuntimeDomain, in, {fixed({3, 1, 4})});
       }},
  };
  for (const auto& list : {rotary_cases(), product_cases()}) all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace pellucid::tests
