#include "graph/builder.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

bool is_one(const Dim& dim) { return dim == Dim{1, false}; }

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

Dims broadcast(const Dims& a, const Dims& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Dims out(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const Dim x = i < rank - a.size() ? Dim{} : a[i - (rank - a.size())];
    const Dim y = i < rank - b.size() ? Dim{} : b[i - (rank - b.size())];
    PELLUCID_CHECK(x == y || is_one(x) || is_one(y), kInternal, "internal: {} and {} don't broadcast", to_string(a),
                   to_string(b));
    out[i] = is_one(x) ? y : x;
  }
  return out;
}

Dims with_leading(std::int64_t count, const Dims& dims) {
  Dims out{{count, false}};
  out.insert(out.end(), dims.begin(), dims.end());
  return out;
}

ValueId Builder::scalar(double value, ElementType type) {
  const auto [at, fresh] = scalars_.try_emplace({value, type}, kNone);
  if (fresh)
    at->second = graph_.add_rounded(Tensor(Shape{}, std::vector<double>{value}), type, graph_.fresh_name("scalar"));
  return at->second;
}

ValueId Builder::ints(const std::vector<std::int64_t>& values) {
  const auto [at, fresh] = ints_.try_emplace(values, kNone);
  if (fresh) {
    const Shape shape{static_cast<std::int64_t>(values.size())};
    at->second = graph_.add_constant(Tensor(shape, values), graph_.fresh_name("ints"));
  }
  return at->second;
}

ValueId Builder::op(const std::string& name, std::vector<ValueId> inputs, Dims dims, ElementType type,
                    std::map<std::string, Attribute> attributes) {
  Node node;
  node.op = name;
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
  node.source = source_;
  const NodeId id = graph_.add_node(std::move(node), {type}, {std::move(dims)}, {graph_.fresh_name(lower(name))});
  return graph_.node(id).outputs[0];
}

std::vector<ValueId> Builder::ops(const std::string& name, std::vector<ValueId> inputs, const std::vector<Dims>& dims,
                                  ElementType type, std::map<std::string, Attribute> attributes) {
  Node node;
  node.op = name;
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
  node.source = source_;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < dims.size(); ++i) names.push_back(graph_.fresh_name(lower(name)));
  const NodeId id = graph_.add_node(std::move(node), std::vector<ElementType>(dims.size(), type), dims, names);
  return graph_.node(id).outputs;
}

ValueId Builder::binary(const std::string& name, ValueId a, ValueId b) {
  return op(name, {a, b}, broadcast(dims(a), dims(b)), type(a));
}

ValueId Builder::add(ValueId a, ValueId b) { return binary("Add", a, b); }
ValueId Builder::sub(ValueId a, ValueId b) { return binary("Sub", a, b); }
ValueId Builder::mul(ValueId a, ValueId b) { return binary("Mul", a, b); }
ValueId Builder::div(ValueId a, ValueId b) { return binary("Div", a, b); }
ValueId Builder::pow(ValueId a, ValueId b) { return binary("Pow", a, b); }
ValueId Builder::maximum(ValueId a, ValueId b) { return binary("Max", a, b); }

ValueId Builder::mul_scalar(ValueId a, double factor) { return factor == 1.0 ? a : mul(a, scalar_like(factor, a)); }
ValueId Builder::add_scalar(ValueId a, double term) { return term == 0.0 ? a : add(a, scalar_like(term, a)); }

ValueId Builder::unary(const std::string& name, ValueId a) { return op(name, {a}, dims(a), type(a)); }

ValueId Builder::compare(const std::string& name, ValueId a, ValueId b) {
  return op(name, {a, b}, broadcast(dims(a), dims(b)), ElementType::kBool);
}

ValueId Builder::where(ValueId condition, ValueId a, ValueId b) {
  return op("Where", {condition, a, b}, broadcast(dims(condition), broadcast(dims(a), dims(b))), type(a));
}

ValueId Builder::cast(ValueId a, ElementType to) {
  if (type(a) == to) return a;
  static const std::map<ElementType, std::int64_t> kCodes = {{ElementType::kFloat32, 1},  {ElementType::kInt32, 6},
                                                             {ElementType::kInt64, 7},    {ElementType::kBool, 9},
                                                             {ElementType::kFloat16, 10}, {ElementType::kFloat64, 11}};
  return op("Cast", {a}, dims(a), to, {{"to", kCodes.at(to)}});
}

ValueId Builder::matmul(ValueId a, ValueId b) {
  const Dims &left = dims(a), &right = dims(b);
  PELLUCID_ASSERT(left.size() >= 2 && right.size() >= 2);
  PELLUCID_ASSERT(left.back() == right[right.size() - 2]);
  Dims out = broadcast(Dims(left.begin(), left.end() - 2), Dims(right.begin(), right.end() - 2));
  out.push_back(left[left.size() - 2]);
  out.push_back(right.back());
  return op("MatMul", {a, b}, out, type(a));
}

ValueId Builder::gemm(ValueId a, ValueId b, bool transpose_b) {
  PELLUCID_ASSERT(rank(a) == 2 && rank(b) == 2);
  const Dims out{dims(a)[0], dims(b)[transpose_b ? 0 : 1]};
  return op("Gemm", {a, b}, out, type(a), {{"transB", std::int64_t{transpose_b ? 1 : 0}}});
}

ValueId Builder::softmax(ValueId a, std::int64_t axis) {
  return op("Softmax", {a}, dims(a), type(a), {{"axis", axis}});
}

ValueId Builder::transpose(ValueId a, std::vector<std::int64_t> permutation) {
  PELLUCID_ASSERT(static_cast<std::int64_t>(permutation.size()) == rank(a));
  const Node* before = graph_.producer(a);
  if (before != nullptr && before->domain.empty() && before->op == "Transpose" && has_attribute(*before, "perm")) {
    const std::vector<std::int64_t> inner = ints_attribute(*before, "perm");
    for (std::int64_t& axis : permutation) axis = inner.at(static_cast<std::size_t>(axis));
    a = before->inputs.at(0);
  }
  Dims out;
  std::vector<std::int64_t> moved;
  for (const std::int64_t axis : permutation) {
    out.push_back(dims(a)[static_cast<std::size_t>(axis)]);
    if (!is_one(out.back())) moved.push_back(axis);
  }
  if (std::is_sorted(permutation.begin(), permutation.end())) return a;
  const auto batches = std::count_if(out.begin(), out.end(), [](const Dim& dim) { return dim.per_batch; });
  if (std::is_sorted(moved.begin(), moved.end()) && batches <= 1) return reshape(a, out);
  return op("Transpose", {a}, out, type(a), {{"perm", permutation}});
}

ValueId Builder::transpose_last(ValueId a) {
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(rank(a)));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  return transpose(a, permutation);
}

ValueId Builder::reshape(ValueId a, const Dims& to) {
  if (dims(a) == to) return a;
  std::vector<std::int64_t> target;
  for (const Dim& dim : to) target.push_back(dim.per_batch ? -1 : dim.size);
  PELLUCID_ASSERT(std::count(target.begin(), target.end(), -1) <= 1);
  return op("Reshape", {a, ints(target)}, to, type(a));
}

ValueId Builder::unsqueeze(ValueId a, std::int64_t axis) {
  Dims to = dims(a);
  const std::int64_t at = positive_axis(axis, rank(a) + 1);
  to.insert(to.begin() + at, Dim{});
  return op("Unsqueeze", {a, ints({at})}, to, type(a));
}

ValueId Builder::squeeze(ValueId a, std::int64_t axis) {
  Dims to = dims(a);
  const std::int64_t at = positive_axis(axis, rank(a));
  PELLUCID_ASSERT(is_one(to[static_cast<std::size_t>(at)]));
  to.erase(to.begin() + at);
  return op("Squeeze", {a, ints({at})}, to, type(a));
}

ValueId Builder::reduce(const std::string& name, ValueId a, std::vector<std::int64_t> axes, bool keep_axes) {
  if (axes.empty()) return a;
  for (std::int64_t& axis : axes) axis = positive_axis(axis, rank(a));
  std::sort(axes.begin(), axes.end());
  Dims to;
  for (std::int64_t i = 0; i < rank(a); ++i) {
    if (!std::binary_search(axes.begin(), axes.end(), i))
      to.push_back(dims(a)[static_cast<std::size_t>(i)]);
    else if (keep_axes)
      to.push_back({});
  }
  return op(name, {a, ints(axes)}, to, type(a), {{"keepdims", std::int64_t{keep_axes ? 1 : 0}}});
}

ValueId Builder::slice(ValueId a, std::int64_t axis, std::int64_t start, std::int64_t length) {
  axis = positive_axis(axis, rank(a));
  Dims to = dims(a);
  Dim& dim = to[static_cast<std::size_t>(axis)];
  PELLUCID_ASSERT(!dim.per_batch && start >= 0 && start + length <= dim.size);
  if (dim.size == length) return a;
  dim.size = length;
  return op("Slice", {a, ints({start}), ints({start + length}), ints({axis})}, to, type(a));
}

ValueId Builder::concat(const std::vector<ValueId>& parts, std::int64_t axis) {
  PELLUCID_ASSERT(!parts.empty());
  if (parts.size() == 1) return parts[0];
  axis = positive_axis(axis, rank(parts[0]));
  Dims to = dims(parts[0]);
  Dim& dim = to[static_cast<std::size_t>(axis)];
  dim.size = 0;
  for (const ValueId part : parts) dim.size += dims(part)[static_cast<std::size_t>(axis)].size;
  return op("Concat", parts, to, type(parts[0]), {{"axis", axis}});
}

ValueId Builder::pad(ValueId a, std::int64_t axis, std::int64_t before, std::int64_t after, double value) {
  if (before == 0 && after == 0) return a;
  axis = positive_axis(axis, rank(a));
  Dims to = dims(a);
  PELLUCID_ASSERT(!to[static_cast<std::size_t>(axis)].per_batch);
  to[static_cast<std::size_t>(axis)].size += before + after;
  return op("Pad", {a, ints({before, after}), scalar_like(value, a), ints({axis})}, to, type(a));
}

ValueId Builder::gather(ValueId a, ValueId indices, std::int64_t axis) {
  axis = positive_axis(axis, rank(a));
  Dims to(dims(a).begin(), dims(a).begin() + axis);
  to.insert(to.end(), dims(indices).begin(), dims(indices).end());
  to.insert(to.end(), dims(a).begin() + axis + 1, dims(a).end());
  return op("Gather", {a, indices}, to, type(a), {{"axis", axis}});
}

ValueId Builder::shape_vector(const Dims& to) {
  const bool dynamic = std::any_of(to.begin(), to.end(), [](const Dim& dim) { return dim.per_batch; });
  if (!dynamic) {
    std::vector<std::int64_t> sizes;
    for (const Dim& dim : to) sizes.push_back(dim.size);
    return ints(sizes);
  }
  ValueId from = kNone;
  for (const ValueId input : graph_.inputs)
    if (from == kNone && rank(input) > 0 && dims(input)[0] == Dim{1, true}) from = input;
  PELLUCID_CHECK(from != kNone, kInternal, "internal: no graph input carries the batch axis");
  const ValueId batch =
      op("Shape", {from}, {{1, false}}, ElementType::kInt64, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
  std::vector<ValueId> parts;
  for (const Dim& dim : to)
    parts.push_back(!dim.per_batch ? ints({dim.size}) : dim.size == 1 ? batch : mul(batch, ints({dim.size})));
  return concat(parts, 0);
}

ValueId Builder::expand(ValueId a, const Dims& to) {
  return dims(a) == to ? a : op("Expand", {a, shape_vector(to)}, to, type(a));
}

ValueId Builder::zeros(const Dims& to, ElementType type) { return expand(scalar(0, type), to); }

ValueId Builder::sum_to(ValueId cotangent, const Dims& operand) {
  const std::int64_t extra = rank(cotangent) - 1 - static_cast<std::int64_t>(operand.size());
  PELLUCID_ASSERT(extra >= 0);
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 1; i < rank(cotangent); ++i) {
    const Dim& mine = dims(cotangent)[static_cast<std::size_t>(i)];
    const bool gone = i - 1 < extra;
    if (gone || (is_one(operand[static_cast<std::size_t>(i - 1 - extra)]) && !is_one(mine))) axes.push_back(i);
  }
  const ValueId summed = reduce_sum(cotangent, axes, true);
  return extra == 0 ? summed : reshape(summed, with_leading(dims(cotangent)[0].size, operand));
}

}  // namespace pellucid::graph
