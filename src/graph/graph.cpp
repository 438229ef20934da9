#include "graph/graph.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/check.hpp"

namespace pellucid::graph {

std::string to_string(const Dims& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    if (!dims[i].per_batch)
      text += std::to_string(dims[i].size);
    else
      text += dims[i].size == 1 ? "batch" : std::to_string(dims[i].size) + "·batch";
  }
  return text + "]";
}

Shape shape_at(const Dims& dims, std::int64_t batch) {
  Shape shape;
  for (const Dim& dim : dims) shape.push_back(dim.per_batch ? dim.size * batch : dim.size);
  return shape;
}

Dims fixed(const Shape& shape) {
  Dims dims;
  for (const std::int64_t axis : shape) dims.push_back({axis, false});
  return dims;
}

ValueId Graph::add_value(Value value) {
  if (value.name.empty()) value.name = fresh_name("v");
  const auto id = static_cast<ValueId>(values_.size());
  const bool fresh = by_name_.emplace(value.name, id).second;
  PELLUCID_CHECK(fresh, kBadInput, "the graph defines the value '{}' twice", value.name);
  values_.push_back(std::move(value));
  return id;
}

ValueId Graph::add_input(std::string name, ElementType type, Dims dims) {
  Value value;
  value.name = std::move(name);
  value.type = type;
  value.dims = std::move(dims);
  value.kind = ValueKind::kInput;
  const ValueId id = add_value(std::move(value));
  inputs.push_back(id);
  return id;
}

ValueId Graph::add_rounded(Tensor exact, ElementType type, std::string name) {
  const ValueId id = add_constant(exact.cast(type), std::move(name));
  if (type == ElementType::kFloat32) value(id).exact = std::move(exact);
  return id;
}

ValueId Graph::add_constant(Tensor tensor, std::string name) {
  Value value;
  value.name = std::move(name);
  value.type = tensor.type();
  value.dims = fixed(tensor.shape());
  value.kind = ValueKind::kConstant;
  value.constant = std::move(tensor);
  return add_value(std::move(value));
}

NodeId Graph::add_node(Node node, const std::vector<ElementType>& types, const std::vector<Dims>& dims,
                       const std::vector<std::string>& names) {
  PELLUCID_ASSERT(types.size() == dims.size());
  const auto id = static_cast<NodeId>(nodes_.size());
  node.outputs.clear();
  for (std::size_t i = 0; i < types.size(); ++i) {
    Value value;
    if (i < names.size()) value.name = names[i];
    value.type = types[i];
    value.dims = dims[i];
    value.producer = id;
    node.outputs.push_back(add_value(std::move(value)));
  }
  nodes_.push_back(std::move(node));
  return id;
}

bool Graph::is_float(ValueId id) const {
  const ElementType type = value(id).type;
  return type == ElementType::kFloat32 || type == ElementType::kFloat64 || type == ElementType::kFloat16 ||
         type == ElementType::kBFloat16;
}

const Node* Graph::producer(ValueId id) const {
  if (id == kNone || value(id).producer == kNone) return nullptr;
  return &node(value(id).producer);
}

std::vector<NodeId> Graph::consumers(ValueId id) const {
  std::vector<NodeId> found;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    if (!node.removed && std::find(node.inputs.begin(), node.inputs.end(), id) != node.inputs.end())
      found.push_back(static_cast<NodeId>(n));
  }
  return found;
}

ValueId Graph::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? kNone : at->second;
}

void Graph::replace_uses(ValueId from, ValueId to) {
  PELLUCID_ASSERT(value(from).type == value(to).type && value(from).dims == value(to).dims);
  for (Node& node : nodes_)
    if (!node.removed) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  if (std::find(outputs.begin(), outputs.end(), from) == outputs.end()) return;
  PELLUCID_ASSERT(value(to).kind == ValueKind::kNodeOutput);
  std::replace(outputs.begin(), outputs.end(), from, to);
  std::swap(value(from).name, value(to).name);
  by_name_[value(from).name] = from;
  by_name_[value(to).name] = to;
}

void Graph::take_name(ValueId id, ValueId from) {
  const auto is_output = [this](ValueId at) { return std::find(outputs.begin(), outputs.end(), at) != outputs.end(); };
  if (is_output(id) || is_output(from)) return;
  const std::string name = value(from).name;
  rename(from, fresh_name("replaced"));
  rename(id, name);
}

void Graph::rename(ValueId id, const std::string& name) {
  PELLUCID_ASSERT(by_name_.find(name) == by_name_.end());
  by_name_.erase(value(id).name);
  value(id).name = name;
  by_name_[name] = id;
}

void Graph::make_input(ValueId id) {
  Value& mine = value(id);
  PELLUCID_ASSERT(mine.kind == ValueKind::kNodeOutput);
  auto& made = node(mine.producer).outputs;
  std::replace(made.begin(), made.end(), id, kNone);
  mine.kind = ValueKind::kInput;
  mine.producer = kNone;
  inputs.push_back(id);
}

std::vector<NodeId> Graph::order() const {
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  std::vector<State> state(nodes_.size(), State::kNew);
  std::vector<NodeId> sorted, stack;
  for (std::size_t start = 0; start < nodes_.size(); ++start) {
    if (nodes_[start].removed || state[start] != State::kNew) continue;
    stack.push_back(static_cast<NodeId>(start));
    while (!stack.empty()) {
      const NodeId at = stack.back();
      auto& mine = state[static_cast<std::size_t>(at)];
      if (mine != State::kNew) {
        if (mine == State::kOpen) {
          mine = State::kDone;
          sorted.push_back(at);
        }
        stack.pop_back();
        continue;
      }
      mine = State::kOpen;
      const auto& inputs_of = nodes_[static_cast<std::size_t>(at)].inputs;
      for (auto input = inputs_of.rbegin(); input != inputs_of.rend(); ++input) {
        const NodeId from = *input == kNone ? kNone : value(*input).producer;
        if (from == kNone) continue;
        PELLUCID_CHECK(state[static_cast<std::size_t>(from)] != State::kOpen, kBadInput,
                       "the graph has a cycle through {}", describe(node(from)));
        if (state[static_cast<std::size_t>(from)] == State::kNew) stack.push_back(from);
      }
    }
  }
  return sorted;
}

void Graph::prune() {
  std::vector<bool> needed(nodes_.size(), false);
  std::vector<ValueId> open = outputs;
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    const NodeId from = id == kNone ? kNone : value(id).producer;
    if (from == kNone || needed[static_cast<std::size_t>(from)]) continue;
    needed[static_cast<std::size_t>(from)] = true;
    for (const ValueId input : node(from).inputs) open.push_back(input);
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (!needed[n]) nodes_[n].removed = true;
}

std::string Graph::fresh_name(std::string_view stem) {
  for (;;) {
    std::string name = "pellucid/" + std::string(stem) + "_" + std::to_string(next_name_++);
    if (by_name_.find(name) == by_name_.end()) return name;
  }
}

std::string describe(const Node& node) {
  const std::string op = node.domain.empty() ? node.op : node.domain + "." + node.op;
  return node.source.empty() ? op + " node" : op + " node '" + node.source + "'";
}

bool has_attribute(const Node& node, const std::string& name) { return node.attributes.count(name) != 0; }

namespace {
template <class T>
const T* attribute(const Node& node, const std::string& name) {
  const auto at = node.attributes.find(name);
  if (at == node.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&at->second);
  PELLUCID_CHECK(value != nullptr, kBadInput, "{}: attribute '{}' has an unexpected type", describe(node), name);
  return value;
}
}  // namespace

std::int64_t int_attribute(const Node& node, const std::string& name, std::int64_t otherwise) {
  const auto* value = attribute<std::int64_t>(node, name);
  return value != nullptr ? *value : otherwise;
}

double float_attribute(const Node& node, const std::string& name, double otherwise) {
  const auto* value = attribute<float>(node, name);
  return value != nullptr ? static_cast<double>(*value) : otherwise;
}

std::string string_attribute(const Node& node, const std::string& name, const std::string& otherwise) {
  const auto* value = attribute<std::string>(node, name);
  return value != nullptr ? *value : otherwise;
}

std::vector<std::int64_t> ints_attribute(const Node& node, const std::string& name) {
  const auto* value = attribute<std::vector<std::int64_t>>(node, name);
  return value != nullptr ? *value : std::vector<std::int64_t>{};
}

std::vector<std::int64_t> constant_ints(const Graph& graph, const Node& node, std::size_t input) {
  if (input >= node.inputs.size() || node.inputs[input] == kNone) return {};
  const ValueId id = node.inputs[input];
  PELLUCID_CHECK(graph.is_constant(id), kUnsupported,
                 "{}: its input {} ('{}') is computed from the data; only constants are supported there",
                 describe(node), input, graph.value(id).name);
  const Tensor wide = graph.value(id).constant.cast(ElementType::kInt64);
  const auto span = wide.values<std::int64_t>();
  return {span.begin(), span.end()};
}

bool constant_scalar(const Graph& graph, ValueId id, double& value) {
  if (!graph.is_constant(id) || graph.value(id).constant.size() != 1) return false;
  value = graph.value(id).constant.to_doubles()[0];
  return true;
}

std::int64_t positive_axis(std::int64_t axis, std::int64_t rank) { return axis < 0 ? axis + rank : axis; }

}  // namespace pellucid::graph
