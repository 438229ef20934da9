#include <array>

#include "graph/passes/fused/operators.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::graph {
namespace {

struct Fused {
  const char* op;
  const char* domain;
  void (*decompose)(FusedNode& at);
};

constexpr const char* kOnnx = "";
constexpr const char* kRuntime = "com.microsoft";

constexpr std::array kFused{
    Fused{"Attention", kOnnx, fused::onnx_attention},
    Fused{"Attention", kRuntime, fused::attention},
    Fused{"BiasGelu", kRuntime, fused::bias_gelu},
    Fused{"EmbedLayerNormalization", kRuntime, fused::embed_layer_normalization},
    Fused{"ExpandDims", kRuntime, fused::expand_dims},
    Fused{"FastGelu", kRuntime, fused::fast_gelu},
    Fused{"FusedConv", kRuntime, fused::fused_conv},
    Fused{"FusedGemm", kRuntime, fused::fused_gemm},
    Fused{"FusedMatMul", kRuntime, fused::fused_matmul},
    Fused{"Gelu", kRuntime, fused::gelu},
    Fused{"GroupQueryAttention", kRuntime, fused::group_query_attention},
    Fused{"MultiHeadAttention", kRuntime, fused::multi_head_attention},
    Fused{"QuickGelu", kRuntime, fused::quick_gelu},
    Fused{"RMSNormalization", kOnnx, fused::rms_normalization},
    Fused{"RotaryEmbedding", kOnnx, fused::onnx_rotary_embedding},
    Fused{"RotaryEmbedding", kRuntime, fused::rotary_embedding},
    Fused{"SimplifiedLayerNormalization", kOnnx, fused::rms_normalization},
    Fused{"SkipLayerNormalization", kRuntime, fused::skip_layer_normalization},
    Fused{"SkipSimplifiedLayerNormalization", kRuntime, fused::skip_rms_normalization},
    Fused{"Swish", kOnnx, fused::swish},
    Fused{"TransposeMatMul", kRuntime, fused::fused_matmul},
    Fused{"Trilu", kRuntime, fused::trilu},
};

const Fused* find(const Node& node) {
  for (const Fused& each : kFused)
    if (node.op == each.op && node.domain == each.domain) return &each;
  return nullptr;
}

}  // namespace

int decompose_fused(Graph& graph) {
  Builder build(graph);
  AttentionParts parts(build);
  int count = 0;
  const std::size_t nodes = graph.node_count();
  for (std::size_t n = 0; n < nodes; ++n) {
    const auto id = static_cast<NodeId>(n);
    const Fused* fused = graph.node(id).removed ? nullptr : find(graph.node(id));
    if (fused == nullptr) continue;
    FusedNode at(build, parts, id);
    graph.remove(id);
    fused->decompose(at);
    ++count;
  }
  return count;
}

}  // namespace pellucid::graph
