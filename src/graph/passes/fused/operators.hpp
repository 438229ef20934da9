#pragma once

#include "graph/passes/fused/fused_node.hpp"

/// How each fused operator is written in plain ONNX operators. Operators of ONNX Runtime (domain com.microsoft) unless
/// said otherwise.
namespace pellucid::graph::fused {

void attention(FusedNode& at);
void bias_gelu(FusedNode& at);
void embed_layer_normalization(FusedNode& at);
void expand_dims(FusedNode& at);
void fast_gelu(FusedNode& at);
void fused_conv(FusedNode& at);
void fused_gemm(FusedNode& at);
void fused_matmul(FusedNode& at);
void gelu(FusedNode& at);
void group_query_attention(FusedNode& at);
void multi_head_attention(FusedNode& at);
void onnx_attention(FusedNode& at);         ///< ONNX, opsets 23 and 24
void onnx_rotary_embedding(FusedNode& at);  ///< ONNX, opset 23
void quick_gelu(FusedNode& at);
/// ONNX's RMSNormalization (opset 23), and the SimplifiedLayerNormalization that ONNX Runtime writes among ONNX's.
void rms_normalization(FusedNode& at);
void rotary_embedding(FusedNode& at);
void skip_layer_normalization(FusedNode& at);
void skip_rms_normalization(FusedNode& at);
void swish(FusedNode& at);  ///< ONNX, opset 24
void trilu(FusedNode& at);

}  // namespace pellucid::graph::fused
