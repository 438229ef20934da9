#include "graph/passes/lower_to_double.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "base/check.hpp"
#include "graph/passes/lowerings/lowerings.hpp"
#include "graph/passes/stand_in.hpp"

namespace pellucid::graph {
namespace {

/// Operators of which ONNX Runtime's CPU provider has a float64 kernel (each tried with 1.31).
constexpr std::string_view kWithKernel =
    " "
    "Abs Add ArgMax ArgMin BatchNormalization Cast CastLike Ceil Clip Compress Concat ConstantOfShape "
    "Cos CumSum DepthToSpace Div Dropout Einsum Equal Exp Expand EyeLike Flatten Floor Gather "
    "GatherElements GatherND Gemm Greater GreaterOrEqual GridSample Identity IsInf IsNaN "
    "LayerNormalization Less LessOrEqual Log LogSoftmax LpNormalization MatMul Max MaxPool Min Mod Mul "
    "Neg Pad Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean "
    "ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape ReverseSequence Round ScatterElements "
    "ScatterND Shape Shrink Sigmoid Sign Sin Size Slice Softmax SpaceToDepth Split Sqrt Squeeze Sub Sum "
    "Tanh Tile TopK Transpose Trilu Unsqueeze Where ";

bool has_kernel(const Node& node) {
  return node.domain.empty() && kWithKernel.find(" " + node.op + " ") != std::string_view::npos;
}

const std::map<std::string, lowerings::Lower>& table() {
  static const std::map<std::string, lowerings::Lower> kTable = {
      {"Acos", lowerings::acos},
      {"Acosh", lowerings::acosh},
      {"Asin", lowerings::asin},
      {"Asinh", lowerings::asinh},
      {"Atan", lowerings::atan},
      {"Atanh", lowerings::atanh},
      {"AveragePool", lowerings::average_pool},
      {"Celu", lowerings::celu},
      {"Conv", lowerings::conv},
      {"ConvTranspose", lowerings::conv_transpose},
      {"Cosh", lowerings::cosh},
      {"Elu", lowerings::elu},
      {"Erf", lowerings::erf},
      {"Gelu", lowerings::gelu},
      {"GlobalAveragePool", lowerings::global_average_pool},
      {"GlobalLpPool", lowerings::global_lp_pool},
      {"GlobalMaxPool", lowerings::global_max_pool},
      {"GroupNormalization", lowerings::group_normalization},
      {"HardSigmoid", lowerings::hard_sigmoid},
      {"HardSwish", lowerings::hard_swish},
      {"Hardmax", lowerings::hardmax},
      {"InstanceNormalization", lowerings::instance_normalization},
      {"LRN", lowerings::lrn},
      {"LeakyRelu", lowerings::leaky_relu},
      {"LpPool", lowerings::lp_pool},
      {"Mean", lowerings::mean},
      {"MeanVarianceNormalization", lowerings::mean_variance_normalization},
      {"Mish", lowerings::mish},
      {"NonZero", lowerings::non_zero},
      {"OneHot", lowerings::one_hot},
      {"PRelu", lowerings::p_relu},
      {"Resize", lowerings::resize},
      {"Selu", lowerings::selu},
      {"Sinh", lowerings::sinh},
      {"Softplus", lowerings::softplus},
      {"Softsign", lowerings::softsign},
      {"Tan", lowerings::tan},
      {"ThresholdedRelu", lowerings::thresholded_relu},
  };
  return kTable;
}

bool computes_in_double(const Graph& graph, const Node& node) {
  const auto is_double = [&graph](ValueId id) { return id != kNone && graph.value(id).type == ElementType::kFloat64; };
  return std::any_of(node.inputs.begin(), node.inputs.end(), is_double) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), is_double);
}

void lower(Builder& build, NodeId id) {
  Graph& graph = build.graph();
  lowerings::Lowering at{build, graph.node(id)};
  const auto found = at.node.domain.empty() ? table().find(at.node.op) : table().end();
  PELLUCID_CHECK(found != table().end(), kUnsupported,
                 "{}: ONNX Runtime doesn't compute {} in float64; use --precision float32", describe(at.node),
                 at.node.op);
  PELLUCID_ASSERT(at.node.outputs.size() == 1);
  build.set_source(at.node.source);
  const ValueId output = at.node.outputs[0];
  ValueId result = found->second(at);
  if (result == at.node.inputs[0]) result = build.unary("Identity", result);
  stand_in(graph, output, result);
}

}  // namespace

void lower_to_double(Graph& graph) {
  Builder build(graph);
  // Lowerings emit operators that are lowered in their turn: Mish a Softplus.
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const auto id = static_cast<NodeId>(n);
    const Node& node = graph.node(id);
    if (node.removed || !computes_in_double(graph, node)) continue;
    if (node.op == "LayerNormalization" && node.outputs.size() > 1) {
      build.set_source(node.source);
      lowerings::layer_normalization_statistics(build, id);
    }
    if (!has_kernel(node)) lower(build, id);
  }
}

}  // namespace pellucid::graph
