#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::graph {
namespace {

/// ONNX Attention (opset 23) as products and a Softmax. q: [batch, heads, queries, dim] or [batch, queries, heads·dim].
class Decomposition {
 public:
  Decomposition(Graph& graph, Node node) : graph_(graph), build_(graph), node_(std::move(node)) {
    build_.set_source(node_.source);
  }

  ValueId run() {
    refuse_what_is_not_covered();
    const bool packed = graph_.rank(node_.inputs[0]) == 3;
    ValueId q = split_heads(node_.inputs[0], int_attribute(node_, "q_num_heads", 0));
    ValueId k = split_heads(node_.inputs[1], int_attribute(node_, "kv_num_heads", 0));
    ValueId v = split_heads(node_.inputs[2], int_attribute(node_, "kv_num_heads", 0));
    const std::int64_t heads = size(q, 1);
    k = repeat_heads(k, heads);
    v = repeat_heads(v, heads);
    const double scale = float_attribute(node_, "scale", 1.0 / std::sqrt(static_cast<double>(size(q, 3))));
    ValueId scores = build_.mul_scalar(build_.matmul(q, build_.transpose_last(k)), scale);
    scores = masked(scores);
    const ValueId context = build_.matmul(build_.softmax(scores, -1), v);
    return packed ? join_heads(context) : context;
  }

 private:
  [[nodiscard]] std::int64_t size(ValueId id, std::size_t axis) const { return graph_.dims(id).at(axis).size; }

  void refuse_what_is_not_covered() const {
    PELLUCID_CHECK(float_attribute(node_, "softcap", 0) == 0 && int_attribute(node_, "qk_matmul_output_mode", 0) == 0 &&
                       node_.outputs.size() == 1,
                   kUnsupported, "{}: softcap, key/value caches and extra outputs of Attention are not supported",
                   describe(node_));
    for (std::size_t i = 4; i < node_.inputs.size(); ++i)
      PELLUCID_CHECK(node_.inputs[i] == kNone, kUnsupported, "{}: key/value caches are not supported", describe(node_));
  }

  ValueId split_heads(ValueId x, std::int64_t heads) {
    if (graph_.rank(x) == 4) return x;
    const Dims d = graph_.dims(x);
    return build_.transpose(build_.reshape(x, {d[0], d[1], {heads, false}, {d[2].size / heads, false}}), {0, 2, 1, 3});
  }

  ValueId join_heads(ValueId x) {
    const Dims d = graph_.dims(x);
    return build_.reshape(build_.transpose(x, {0, 2, 1, 3}), {d[0], d[2], {d[1].size * d[3].size, false}});
  }

  ValueId repeat_heads(ValueId x, std::int64_t heads) {
    const Dims d = graph_.dims(x);
    if (d[1].size == heads) return x;
    const std::int64_t copies = heads / d[1].size;
    const ValueId wide = build_.expand(build_.unsqueeze(x, 2), {d[0], d[1], {copies, false}, d[2], d[3]});
    return build_.reshape(wide, {d[0], {heads, false}, d[2], d[3]});
  }

  ValueId masked(ValueId scores) {
    const ValueId lowest = build_.scalar(-std::numeric_limits<double>::infinity(), graph_.value(scores).type);
    if (int_attribute(node_, "is_causal", 0) != 0) scores = build_.where(causal(scores), scores, lowest);
    const ValueId mask = node_.inputs.size() > 3 ? node_.inputs[3] : kNone;
    if (mask == kNone) return scores;
    if (graph_.value(mask).type == ElementType::kBool) return build_.where(mask, scores, lowest);
    return build_.add(scores, mask);
  }

  ValueId causal(ValueId scores) {
    const std::int64_t queries = size(scores, 2), keys = size(scores, 3);
    Tensor mask(ElementType::kBool, {queries, keys});
    std::byte* out = mask.mutable_data();
    for (std::int64_t i = 0; i < queries; ++i)
      for (std::int64_t j = 0; j <= i && j < keys; ++j) out[i * keys + j] = std::byte{1};
    return graph_.add_constant(std::move(mask), graph_.fresh_name("causal"));
  }

  Graph& graph_;
  Builder build_;
  Node node_;
};

}  // namespace

int decompose_attention(Graph& graph) {
  int count = 0;
  const std::size_t nodes = graph.node_count();
  for (std::size_t n = 0; n < nodes; ++n) {
    const auto id = static_cast<NodeId>(n);
    if (graph.node(id).removed || graph.node(id).op != "Attention" || !graph.node(id).domain.empty()) continue;
    const ValueId result = graph.node(id).outputs[0];
    graph.replace_uses(result, Decomposition(graph, graph.node(id)).run());
    graph.remove(id);
    ++count;
  }
  return count;
}

}  // namespace pellucid::graph
