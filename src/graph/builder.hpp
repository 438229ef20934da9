#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Emits nodes of opset kOpset and keeps track of their dims. Operands of different rank broadcast as in ONNX
/// (aligned at the last axis). Trivial work (adding a constant 0, multiplying by a constant 1, transposing by the
/// identity, reshaping to the same dims) emits nothing.
class Builder {
 public:
  explicit Builder(Graph& graph) : graph_(graph) {}

  /// Nodes emitted from now on carry this name as their source.
  void set_source(std::string source) { source_ = std::move(source); }
  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] const Dims& dims(ValueId id) const { return graph_.dims(id); }
  [[nodiscard]] std::int64_t rank(ValueId id) const { return graph_.rank(id); }
  [[nodiscard]] ElementType type(ValueId id) const { return graph_.value(id).type; }

  /// A rank-0 constant of the element type of `like`; equal constants are made once.
  ValueId scalar(double value, ElementType type);
  ValueId scalar_like(double value, ValueId like) { return scalar(value, type(like)); }
  /// A one-dimensional int64 constant.
  ValueId ints(const std::vector<std::int64_t>& values);

  /// Any operator, with the dims and type of its one output.
  ValueId op(const std::string& name, std::vector<ValueId> inputs, Dims dims, ElementType type,
             std::map<std::string, Attribute> attributes = {});
  /// Any operator with several outputs of one type.
  std::vector<ValueId> ops(const std::string& name, std::vector<ValueId> inputs, const std::vector<Dims>& dims,
                           ElementType type, std::map<std::string, Attribute> attributes = {});

  ValueId add(ValueId a, ValueId b);
  ValueId sub(ValueId a, ValueId b);
  ValueId mul(ValueId a, ValueId b);
  ValueId div(ValueId a, ValueId b);
  ValueId pow(ValueId a, ValueId b);
  ValueId maximum(ValueId a, ValueId b);
  ValueId mul_scalar(ValueId a, double factor);
  ValueId add_scalar(ValueId a, double term);
  /// Any elementwise operator of one operand: Exp, Erf, Neg, Abs, Sqrt, Reciprocal, Relu, Sigmoid, Tanh, …
  ValueId unary(const std::string& name, ValueId a);
  /// bool result: Equal, Less, Greater, LessOrEqual, GreaterOrEqual.
  ValueId compare(const std::string& name, ValueId a, ValueId b);
  ValueId where(ValueId condition, ValueId a, ValueId b);
  ValueId cast(ValueId a, ElementType type);

  /// [..., m, k] x [..., k, n] -> [..., m, n], leading axes broadcast.
  ValueId matmul(ValueId a, ValueId b);
  /// a: [m, k], b: [k, n] or [n, k] with transpose_b -> [m, n].
  ValueId gemm(ValueId a, ValueId b, bool transpose_b);
  ValueId softmax(ValueId a, std::int64_t axis);

  /// A transposition of a transposition is emitted as one; one that only moves axes of size 1 as a reshape.
  ValueId transpose(ValueId a, std::vector<std::int64_t> permutation);
  /// Swaps the last two axes.
  ValueId transpose_last(ValueId a);
  /// At most one axis may depend on the batch.
  ValueId reshape(ValueId a, const Dims& dims);
  ValueId unsqueeze(ValueId a, std::int64_t axis);
  ValueId squeeze(ValueId a, std::int64_t axis);
  ValueId reduce(const std::string& name, ValueId a, std::vector<std::int64_t> axes, bool keep_axes);
  ValueId reduce_sum(ValueId a, std::vector<std::int64_t> axes, bool keep_axes) {
    return reduce("ReduceSum", a, std::move(axes), keep_axes);
  }
  ValueId reduce_mean(ValueId a, std::vector<std::int64_t> axes, bool keep_axes) {
    return reduce("ReduceMean", a, std::move(axes), keep_axes);
  }
  /// Elements [start, start + length) of an axis that doesn't depend on the batch.
  ValueId slice(ValueId a, std::int64_t axis, std::int64_t start, std::int64_t length);
  ValueId concat(const std::vector<ValueId>& parts, std::int64_t axis);
  /// Zeros (or `value`) before and after one axis.
  ValueId pad(ValueId a, std::int64_t axis, std::int64_t before, std::int64_t after, double value = 0);
  ValueId gather(ValueId a, ValueId indices, std::int64_t axis);
  /// int64 vector of `dims` at run time: the batch is read off the first graph input that has it.
  ValueId shape_vector(const Dims& dims);
  ValueId expand(ValueId a, const Dims& dims);
  ValueId zeros(const Dims& dims, ElementType type);

  /// Sums a cotangent of dims [targets, …] over the axes along which an operand of dims `operand` was
  /// broadcast, and gives it the dims [targets, operand…].
  ValueId sum_to(ValueId cotangent, const Dims& operand);

 private:
  ValueId binary(const std::string& name, ValueId a, ValueId b);

  Graph& graph_;
  std::string source_;
  std::map<std::pair<double, ElementType>, ValueId> scalars_;
  std::map<std::vector<std::int64_t>, ValueId> ints_;
};

/// Broadcast of two dims; throws Error{kInternal} where they don't fit.
[[nodiscard]] Dims broadcast(const Dims& a, const Dims& b);
/// `dims` with a leading axis of `count`.
[[nodiscard]] Dims with_leading(std::int64_t count, const Dims& dims);

}  // namespace pellucid::graph
