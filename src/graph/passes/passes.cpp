#include "graph/passes/passes.hpp"

namespace pellucid::graph {

const std::vector<Pass>& passes() {
  static const std::vector<Pass> kPasses = {
      {"half_to_single", "float16 and bfloat16 become float32, casts between them disappear", half_to_single},
      {"dequantise", "quantised values become the real ones that they stand for", dequantise},
      {"decompose_fused", "fused operators become the plain operators that they stand for", decompose_fused},
      {"lower_einsum", "Einsum of two operands becomes a product of matrices", lower_einsum},
      {"recover_softmax", "exp(x − max)/sum chains become Softmax", recover_softmax},
      {"recover_layer_normalization", "mean, variance, division chains become LayerNormalization",
       recover_layer_normalization},
      {"recover_gelu", "x·(1 + erf(x/√2))/2 becomes Gelu", recover_gelu},
      {"batch_first", "streams of tokens that count the tokens first count the samples first", batch_first},
      {"flatten_grids", "tokens in a grid [batch, rows, columns, width] become a list", flatten_grids},
  };
  return kPasses;
}

std::vector<std::string> canonicalise(Graph& graph) {
  std::vector<std::string> done;
  for (const Pass& pass : passes())
    if (const int places = pass.apply(graph); places > 0) done.push_back(pass.name + ": " + std::to_string(places));
  graph.prune();
  return done;
}

}  // namespace pellucid::graph
