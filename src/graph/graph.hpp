#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <pellucid/tensor.hpp>

namespace pellucid::graph {

/// The opset that every program is emitted at; the reader converts what came from others.
inline constexpr int kOpset = 20;

using ValueId = std::int32_t;
using NodeId = std::int32_t;
inline constexpr ValueId kNone = -1;

/// One axis: `size`, or `size` times the batch where `per_batch` is set (heads folded into the batch axis
/// have size = heads).
struct Dim {
  std::int64_t size = 1;
  bool per_batch = false;
  friend bool operator==(const Dim&, const Dim&) = default;
};
using Dims = std::vector<Dim>;

[[nodiscard]] std::string to_string(const Dims& dims);
/// The shape at a given batch size.
[[nodiscard]] Shape shape_at(const Dims& dims, std::int64_t batch);
/// Dims without a batch axis.
[[nodiscard]] Dims fixed(const Shape& shape);

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>, Tensor>;

enum class ValueKind : std::uint8_t { kNodeOutput, kInput, kConstant };

struct Value {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Dims dims;
  ValueKind kind = ValueKind::kNodeOutput;
  NodeId producer = kNone;
  Tensor constant;              ///< kConstant: the elements, shared with the model file's memory
  std::optional<Tensor> exact;  ///< kConstant that was rounded when it was made: the numbers in float64
};

struct Node {
  std::string op;
  std::string domain;
  std::vector<ValueId> inputs, outputs;  ///< kNone where an optional one is absent
  std::map<std::string, Attribute> attributes;
  std::string source;  ///< name of the user's node that this one is or stems from
  bool removed = false;
};

/// A computation: values and the nodes that make them. Nodes may be added in any order; `order` sorts them.
class Graph {
 public:
  ValueId add_input(std::string name, ElementType type, Dims dims);
  ValueId add_constant(Tensor tensor, std::string name = {});
  /// float64 numbers as a constant of another type; a program in float64 takes them as they were.
  ValueId add_rounded(Tensor exact, ElementType type, std::string name = {});
  /// Adds a node whose outputs have the given types and dims; names are made up where `names` is empty.
  NodeId add_node(Node node, const std::vector<ElementType>& types, const std::vector<Dims>& dims,
                  const std::vector<std::string>& names = {});

  [[nodiscard]] const Value& value(ValueId id) const { return values_.at(static_cast<std::size_t>(id)); }
  [[nodiscard]] Value& value(ValueId id) { return values_.at(static_cast<std::size_t>(id)); }
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_.at(static_cast<std::size_t>(id)); }
  [[nodiscard]] Node& node(NodeId id) { return nodes_.at(static_cast<std::size_t>(id)); }
  [[nodiscard]] std::size_t value_count() const { return values_.size(); }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }

  [[nodiscard]] const Dims& dims(ValueId id) const { return value(id).dims; }
  [[nodiscard]] std::int64_t rank(ValueId id) const { return static_cast<std::int64_t>(value(id).dims.size()); }
  [[nodiscard]] bool is_constant(ValueId id) const { return id != kNone && value(id).kind == ValueKind::kConstant; }
  [[nodiscard]] bool is_float(ValueId id) const;
  /// The node that makes a value, or nullptr for inputs and constants.
  [[nodiscard]] const Node* producer(ValueId id) const;
  /// The live nodes that read a value, in the order of their ids.
  [[nodiscard]] std::vector<NodeId> consumers(ValueId id) const;
  [[nodiscard]] ValueId find(std::string_view name) const;

  /// All readers of `from` (and graph outputs) read `to`, of the same type and dims, instead; a graph output keeps its
  /// name.
  void replace_uses(ValueId from, ValueId to);
  void rename(ValueId id, const std::string& name);
  /// `id` is called as `from` was, which gets a name that nothing has. A graph output keeps its name.
  void take_name(ValueId id, ValueId from);
  /// The value becomes an input of the graph; what computed it no longer does.
  void make_input(ValueId id);
  void remove(NodeId id) { node(id).removed = true; }
  /// Live nodes, inputs before outputs. Throws Error{kBadInput} on a cycle.
  [[nodiscard]] std::vector<NodeId> order() const;
  /// Removes nodes from which no graph output can be reached.
  void prune();
  /// A name that no value has yet.
  [[nodiscard]] std::string fresh_name(std::string_view stem);

  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

 private:
  ValueId add_value(Value value);

  // Deques: a reference to a value, its dims or a node stays good while nodes are added.
  std::deque<Value> values_;
  std::deque<Node> nodes_;
  std::map<std::string, ValueId, std::less<>> by_name_;
  std::int64_t next_name_ = 0;
};

/// Readers of attributes; throw Error{kBadInput} naming the node where one is missing or of another type.
[[nodiscard]] std::int64_t int_attribute(const Node& node, const std::string& name, std::int64_t otherwise);
[[nodiscard]] double float_attribute(const Node& node, const std::string& name, double otherwise);
[[nodiscard]] std::string string_attribute(const Node& node, const std::string& name, const std::string& otherwise);
[[nodiscard]] std::vector<std::int64_t> ints_attribute(const Node& node, const std::string& name);
[[nodiscard]] bool has_attribute(const Node& node, const std::string& name);

/// "MatMul node '/encoder/layer.0/MatMul'", for messages.
[[nodiscard]] std::string describe(const Node& node);

/// The whole numbers of a constant input (axes, shapes, indices); throws Error{kUnsupported} where it isn't constant.
[[nodiscard]] std::vector<std::int64_t> constant_ints(const Graph& graph, const Node& node, std::size_t input);
/// The one element of a constant scalar, if it is one.
[[nodiscard]] bool constant_scalar(const Graph& graph, ValueId id, double& value);
/// An axis counted from the end made non-negative.
[[nodiscard]] std::int64_t positive_axis(std::int64_t axis, std::int64_t rank);

}  // namespace pellucid::graph
