#include "graph/onnx/read.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "graph/builder.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/opset.hpp"

namespace pellucid::graph {
namespace {

/// The batch couldn't be told from the two foldings.
struct NotFree {};

class Reader {
 public:
  Reader(const Folded& small, const Folded* large, const ReadContext& context)
      : small_(small), large_(large), context_(context), build_(graph_) {}

  Graph read() {
    read_inputs();
    read_constants();
    for (int n = 0; n < small_.graph.node_size(); ++n) read_node(n);
    for (const auto& output : small_.graph.output()) {
      PELLUCID_CHECK(ids_.count(output.name()) != 0, kBadInput, "the model's output '{}' is computed by no node",
                     output.name());
      graph_.outputs.push_back(ids_.at(output.name()));
    }
    return std::move(graph_);
  }

 private:
  [[nodiscard]] Dims merge(const Shape& small, const Shape* large) const {
    if (large == nullptr) return fixed(small);
    if (small.size() != large->size()) throw NotFree{};
    Dims dims;
    for (std::size_t i = 0; i < small.size(); ++i) dims.push_back(merge_size(small[i], (*large)[i]));
    if (std::count_if(dims.begin(), dims.end(), [](const Dim& dim) { return dim.per_batch; }) > 1) throw NotFree{};
    return dims;
  }

  [[nodiscard]] Dim merge_size(std::int64_t small, std::int64_t large) const {
    if (small == large) return {small, false};
    const std::int64_t factor = small / context_.small_batch;
    if (factor * context_.small_batch != small || factor * context_.large_batch != large) throw NotFree{};
    return {factor, true};
  }

  [[nodiscard]] const std::pair<ElementType, Shape>& info(const Folded& folded, const std::string& name) const {
    const auto at = folded.shapes.find(name);
    PELLUCID_CHECK(at != folded.shapes.end(), kBadInput, "the shape of the value '{}' could not be found", name);
    return at->second;
  }

  void read_inputs() {
    std::vector<const onnx::ValueInfoProto*> found;
    for (const auto& input : small_.graph.input()) {
      if (context_.weights->count(input.name()) != 0) {
        ids_[input.name()] = graph_.add_constant(context_.weights->at(input.name()), input.name());
      } else {
        found.push_back(&input);
      }
    }
    std::sort(found.begin(), found.end(), [this](const auto* a, const auto* b) {
      return context_.input_order.at(a->name()) < context_.input_order.at(b->name());
    });
    for (const auto* input : found) {
      const auto& [type, shape] = info(small_, input->name());
      const Dims dims = merge(shape, large_ != nullptr ? &info(*large_, input->name()).second : nullptr);
      ids_[input->name()] = graph_.add_input(input->name(), type, dims);
    }
  }

  void read_constants() {
    if (large_ != nullptr && small_.graph.initializer_size() != large_->graph.initializer_size()) throw NotFree{};
    std::map<std::string, const onnx::TensorProto*> others;
    if (large_ != nullptr)
      for (const auto& proto : large_->graph.initializer()) others[proto.name()] = &proto;
    for (const auto& proto : small_.graph.initializer()) {
      const Tensor tensor = tensor_from_onnx(proto, nullptr, {});
      if (large_ == nullptr) {
        ids_[proto.name()] = graph_.add_constant(tensor, proto.name());
        continue;
      }
      const auto other = others.find(proto.name());
      if (other == others.end()) throw NotFree{};
      ids_[proto.name()] = constant(tensor, tensor_from_onnx(*other->second, nullptr, {}), proto.name());
    }
  }

  /// A constant that may depend on the batch: a shape with the batch in it, or something repeated along it.
  ValueId constant(const Tensor& small, const Tensor& large, const std::string& name) {
    if (small.type() != large.type()) throw NotFree{};
    const bool same = small.shape() == large.shape() && std::memcmp(small.data(), large.data(), small.bytes()) == 0;
    if (same) return graph_.add_constant(small, name);
    if (small.shape() == large.shape() && small.shape().size() <= 1 &&
        (small.type() == ElementType::kInt64 || small.type() == ElementType::kInt32))
      return shape_constant(small, large);
    if (const ValueId counted = counted_constant(small, large); counted != kNone) return counted;
    return repeated_constant(small, large);
  }

  /// Whole numbers that grow evenly with the sample, as index grids do: first + step·sample; kNone where it isn't so.
  ValueId counted_constant(const Tensor& small, const Tensor& large) {
    const bool whole =
        small.type() == ElementType::kInt64 && !small.shape().empty() && small.shape()[0] == context_.small_batch;
    Shape due = small.shape();
    if (whole) due[0] = context_.large_batch;
    if (!whole || due != large.shape()) return kNone;
    const auto a = small.values<std::int64_t>(), b = large.values<std::int64_t>();
    const std::size_t row = a.size() / static_cast<std::size_t>(context_.small_batch);
    std::vector<std::int64_t> first(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(row)), step(row);
    for (std::size_t i = 0; i < row; ++i) step[i] = b[row + i] - b[i];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto sample = static_cast<std::int64_t>(i / row);
      const std::int64_t value = first[i % row] + sample * step[i % row];
      if (b[i] != value || (i < a.size() && a[i] != value)) return kNone;
    }
    if (std::all_of(step.begin(), step.end(), [](std::int64_t each) { return each == 0; })) return kNone;
    Shape one = small.shape();
    one[0] = 1;
    Dims column(one.size());
    column[0] = {1, true};
    const ValueId batch = build_.reshape(build_.shape_vector({{1, true}}), {});
    const ValueId zero = graph_.add_constant(Tensor(Shape{}, std::vector<std::int64_t>{0}));
    const ValueId unit = graph_.add_constant(Tensor(Shape{}, std::vector<std::int64_t>{1}));
    const ValueId samples = build_.op("Range", {zero, batch, unit}, {{1, true}}, ElementType::kInt64);
    const ValueId scaled = build_.mul(build_.reshape(samples, column), graph_.add_constant(Tensor(one, step)));
    return build_.add(scaled, graph_.add_constant(Tensor(one, first)));
  }

  ValueId shape_constant(const Tensor& small, const Tensor& large) {
    const std::vector<double> a = small.to_doubles(), b = large.to_doubles();
    Dims dims;
    for (std::size_t i = 0; i < a.size(); ++i)
      dims.push_back(merge_size(static_cast<std::int64_t>(a[i]), static_cast<std::int64_t>(b[i])));
    ValueId vector = build_.shape_vector(dims);
    if (small.shape().empty()) vector = build_.reshape(vector, {});
    vector = build_.cast(vector, small.type());
    batch_shapes_[vector] = dims;
    return vector;
  }

  ValueId repeated_constant(const Tensor& small, const Tensor& large) {
    if (small.shape().size() != large.shape().size()) throw NotFree{};
    const Dims dims = merge(small.shape(), &large.shape());
    const auto axis = static_cast<std::size_t>(
        std::find_if(dims.begin(), dims.end(), [](const Dim& dim) { return dim.per_batch; }) - dims.begin());
    if (axis == dims.size()) throw NotFree{};
    const bool leading =
        std::all_of(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis), [](const Dim& dim) {
          return dim == Dim{1, false};
        });
    if (!leading) throw NotFree{};
    Shape one = small.shape();
    one[axis] = dims[axis].size;
    Tensor period(small.type(), one);
    if (period.bytes() == 0) throw NotFree{};
    for (const Tensor* tensor : {&small, &large})
      for (std::size_t at = 0; at < tensor->bytes(); at += period.bytes())
        if (std::memcmp(tensor->data() + at, small.data(), period.bytes()) != 0) throw NotFree{};
    std::memcpy(period.mutable_data(), small.data(), period.bytes());
    return repeat(graph_.add_constant(period), dims, axis);
  }

  /// [1…, n, …] repeated batch times along `axis`: [1…, n·batch, …].
  ValueId repeat(ValueId period, const Dims& dims, std::size_t axis) {
    if (dims[axis].size == 1) return build_.expand(period, dims);
    Dims wide = dims;
    wide[axis] = {1, true};
    wide.insert(wide.begin() + static_cast<std::ptrdiff_t>(axis) + 1, {dims[axis].size, false});
    const ValueId lifted = build_.unsqueeze(period, static_cast<std::int64_t>(axis));
    return build_.reshape(build_.expand(lifted, wide), dims);
  }

  void read_node(int n) {
    const onnx::NodeProto& proto = small_.graph.node(n);
    if (large_ != nullptr) require_twin(proto, n);
    Node node;
    node.op = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
    node.source = proto.name();
    node.attributes = attributes_from_onnx(proto);
    for (const std::string& input : proto.input()) {
      PELLUCID_CHECK(input.empty() || ids_.count(input) != 0, kBadInput, "{} reads '{}', which nothing defines",
                     describe(node), input);
      node.inputs.push_back(input.empty() ? kNone : ids_.at(input));
    }
    std::vector<ElementType> types;
    std::vector<Dims> dims;
    std::vector<std::string> names;
    for (const std::string& output : proto.output()) {
      if (output.empty()) continue;
      const auto& [type, shape] = info(small_, output);
      types.push_back(type);
      dims.push_back(merge(shape, large_ != nullptr ? &info(*large_, output).second : nullptr));
      names.push_back(output);
    }
    free_shape_input(node, dims);
    to_common_opset(build_, node, small_.opset);
    const NodeId id = graph_.add_node(std::move(node), types, dims, names);
    for (std::size_t i = 0; i < names.size(); ++i) ids_[names[i]] = graph_.node(id).outputs[i];
    graph_.node(id).outputs = with_absent_outputs(proto, graph_.node(id).outputs);
  }

  void require_twin(const onnx::NodeProto& proto, int n) const {
    if (n >= large_->graph.node_size()) throw NotFree{};
    const onnx::NodeProto& twin = large_->graph.node(n);
    const auto same = [](const auto& a, const auto& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); };
    if (twin.op_type() != proto.op_type() || !same(twin.input(), proto.input()) || !same(twin.output(), proto.output()))
      throw NotFree{};
  }

  /// A Reshape whose target holds the batch once: -1 there instead of a shape made at run time.
  void free_shape_input(Node& node, const std::vector<Dims>& dims) {
    if (node.op != "Reshape" || node.inputs.size() < 2 || batch_shapes_.count(node.inputs[1]) == 0) return;
    std::vector<std::int64_t> target;
    for (const Dim& dim : dims[0]) target.push_back(dim.per_batch ? -1 : dim.size);
    node.inputs[1] = build_.ints(target);
    node.attributes.erase("allowzero");
  }

  const Folded& small_;
  const Folded* large_;
  const ReadContext& context_;
  Graph graph_;
  Builder build_;
  std::map<std::string, ValueId> ids_;
  std::map<ValueId, Dims> batch_shapes_;
};

}  // namespace

std::optional<Graph> read_folded(const Folded& small, const Folded* large, const ReadContext& context) {
  try {
    return Reader(small, large, context).read();
  } catch (const NotFree&) {
    return std::nullopt;
  }
}

}  // namespace pellucid::graph
