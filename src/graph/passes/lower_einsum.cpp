#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "graph/builder.hpp"
#include "graph/einsum.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::graph {
namespace {

/// An Einsum of two operands as one product of matrices; every letter is in exactly one of the groups.
struct Product {
  ValueId a = kNone, b = kNone;
  std::string a_letters, b_letters, result;
  std::string batch, left, right, contracted;
};

bool has(const std::string& letters, char letter) { return letters.find(letter) != std::string::npos; }

bool has_repeats(std::string letters) {
  std::sort(letters.begin(), letters.end());
  return std::adjacent_find(letters.begin(), letters.end()) != letters.end();
}

const Dim& dim_of(const Graph& graph, ValueId operand, const std::string& letters, char letter) {
  return graph.dims(operand)[letters.find(letter)];
}

/// Puts the letters into their groups, in the order of the result; false where one belongs to none of them: a
/// diagonal, an axis that is summed in one operand alone or broadcast.
bool group(const Graph& graph, Product& product) {
  if (has_repeats(product.a_letters) || has_repeats(product.b_letters)) return false;
  for (const char c : product.result) {
    const bool in_a = has(product.a_letters, c), in_b = has(product.b_letters, c);
    (in_a && in_b ? product.batch : in_a ? product.left : product.right) += c;
  }
  for (const char c : product.a_letters) {
    if (!has(product.result, c)) product.contracted += c;
    if (!has(product.b_letters, c)) continue;
    if (!(dim_of(graph, product.a, product.a_letters, c) == dim_of(graph, product.b, product.b_letters, c)))
      return false;
  }
  const bool sums_alone = std::any_of(product.contracted.begin(), product.contracted.end(),
                                      [&](char c) { return !has(product.b_letters, c); }) ||
                          std::any_of(product.b_letters.begin(), product.b_letters.end(),
                                      [&](char c) { return !has(product.result, c) && !has(product.a_letters, c); });
  return !sums_alone && !product.contracted.empty();
}

/// A constant with its axes in this order.
Tensor transposed(const Tensor& tensor, const std::vector<std::int64_t>& permutation) {
  const auto width = tensor.bytes() / static_cast<std::size_t>(std::max<std::int64_t>(tensor.size(), 1));
  const std::size_t rank = permutation.size();
  std::vector<std::int64_t> strides(rank, 1);
  for (std::size_t axis = rank; axis-- > 1;) strides[axis - 1] = strides[axis] * tensor.shape()[axis];
  Shape shape;
  for (const std::int64_t axis : permutation) shape.push_back(tensor.shape()[static_cast<std::size_t>(axis)]);
  Tensor result(tensor.type(), shape);
  std::vector<std::int64_t> at(rank, 0);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    std::int64_t from = 0;
    for (std::size_t axis = 0; axis < rank; ++axis)
      from += at[axis] * strides[static_cast<std::size_t>(permutation[axis])];
    std::memcpy(result.mutable_data() + static_cast<std::size_t>(i) * width,
                tensor.data() + static_cast<std::size_t>(from) * width, width);
    for (std::size_t axis = rank; axis-- > 0 && ++at[axis] == shape[axis];) at[axis] = 0;
  }
  return result;
}

/// The operands in the order in which the result needs no transposition of its matrices; weights come second.
std::optional<Product> read_product(const Graph& graph, const Node& node) {
  if (node.inputs.size() != 2) return std::nullopt;
  const Equation equation = read_equation(graph, node);
  Product product{
      node.inputs[0], node.inputs[1], equation.operands[0], equation.operands[1], equation.result, {}, {}, {}, {}};
  if (!group(graph, product)) return std::nullopt;
  const bool weights_first = graph.is_constant(product.a) && !graph.is_constant(product.b);
  const bool turned = !product.left.empty() && !product.right.empty() && !graph.is_constant(product.b) &&
                      product.result.find(product.left.back()) > product.result.find(product.right.back());
  if (weights_first || turned) {
    std::swap(product.a, product.b);
    std::swap(product.a_letters, product.b_letters);
    std::swap(product.left, product.right);
  }
  return product;
}

class Lowering {
 public:
  explicit Lowering(Graph& graph) : build_(graph) {}

  void apply(const Product& product, const Node& node) {
    build_.set_source(node.source);
    // Weights without batch axes meet any number of leading axes.
    const bool flat = !product.batch.empty();
    ValueId a = arranged(product.a, product.a_letters, product.batch + product.left + product.contracted);
    ValueId b = arranged(product.b, product.b_letters, product.batch + product.contracted + product.right);
    const Dims all_a = build_.dims(a), all_b = build_.dims(b);
    const std::size_t shared = product.batch.size(), left = shared + product.left.size();
    const std::size_t right = shared + product.contracted.size();
    Dims to_a(all_a.begin(), all_a.begin() + static_cast<std::ptrdiff_t>(flat ? shared : left));
    if (flat) to_a.push_back(joined(all_a, shared, left));
    to_a.push_back(joined(all_a, left, all_a.size()));
    Dims to_b(all_b.begin(), all_b.begin() + static_cast<std::ptrdiff_t>(shared));
    to_b.push_back(joined(all_b, shared, right));
    to_b.push_back(joined(all_b, right, all_b.size()));
    a = reshaped(a, to_a);
    b = reshaped(b, to_b);
    Dims apart(all_a.begin(), all_a.begin() + static_cast<std::ptrdiff_t>(left));
    apart.insert(apart.end(), all_b.begin() + static_cast<std::ptrdiff_t>(right), all_b.end());
    const ValueId result = build_.reshape(build_.matmul(a, b), apart);
    build_.graph().replace_uses(node.outputs[0],
                                arranged(result, product.batch + product.left + product.right, product.result));
  }

 private:
  /// The operand with its axes in the order of `wanted`.
  ValueId arranged(ValueId id, const std::string& letters, const std::string& wanted) {
    std::vector<std::int64_t> permutation;
    for (const char c : wanted) permutation.push_back(static_cast<std::int64_t>(letters.find(c)));
    Graph& graph = build_.graph();
    // Weights stay constants, as readers expect them.
    if (graph.is_constant(id) && letters != wanted)
      return graph.add_constant(transposed(graph.value(id).constant, permutation), graph.fresh_name("weight"));
    return build_.transpose(id, permutation);
  }
  ValueId reshaped(ValueId id, const Dims& dims) {
    Graph& graph = build_.graph();
    if (!graph.is_constant(id) || graph.dims(id) == dims) return build_.reshape(id, dims);
    return graph.add_constant(graph.value(id).constant.reshaped(shape_at(dims, 1)), graph.fresh_name("weight"));
  }
  /// The axes [from, to) as one.
  static Dim joined(const Dims& dims, std::size_t from, std::size_t to) {
    Dim out;
    for (std::size_t i = from; i < to; ++i) out = Dim{out.size * dims[i].size, out.per_batch || dims[i].per_batch};
    return out;
  }

  Builder build_;
};

}  // namespace

int lower_einsum(Graph& graph) {
  Lowering lowering(graph);
  int lowered = 0;
  const std::size_t count = graph.node_count();
  for (std::size_t n = 0; n < count; ++n) {
    const Node node = graph.node(static_cast<NodeId>(n));
    if (node.removed || node.op != "Einsum") continue;
    const auto product = read_product(graph, node);
    if (!product) continue;
    lowering.apply(*product, node);
    ++lowered;
  }
  return lowered;
}

}  // namespace pellucid::graph
