/// MatMulInteger and ConvInteger, followed by Cast and the Mul that brings the scales in.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

/// What the product is multiplied by: scales made at run time, and numbers.
struct Factors {
  std::vector<ValueId> dynamic;
  std::vector<Tensor> constants;
};

class IntegerProduct {
 public:
  IntegerProduct(Reals& reals, const Node& node) : reals_(reals), graph_(reals.graph()), node_(node) {}

  bool run() {
    if (!find_scaled() || !collect(scales_) || !settle_operand(0) || !settle_operand(1)) return false;
    if (!factors_.dynamic.empty()) return false;
    Builder& build = reals_.build_for(node_);
    Scaling left{kNone, input_at(node_, 2), {-2, 0}}, right{kNone, input_at(node_, 3), {weight_axis(), 0}};
    ValueId rest = kNone;
    if (!share_constants(left, right, rest)) return false;
    const ValueId a = operand(0, left), b = operand(1, right);
    std::map<std::string, Attribute> attributes = node_.attributes;
    const std::string op = node_.op == "ConvInteger" ? "Conv" : "MatMul";
    ValueId made = build.op(op, {a, b}, graph_.dims(node_.outputs[0]), ElementType::kFloat32, std::move(attributes));
    if (rest != kNone) made = build.mul(made, rest);
    reals_.replace(scaled_, made);
    return true;
  }

 private:
  [[nodiscard]] std::int64_t weight_axis() const { return node_.op == "ConvInteger" ? 0 : -1; }
  [[nodiscard]] bool is_dynamic(std::size_t at) const { return reals_.scaling_of(node_.inputs.at(at)) != nullptr; }

  [[nodiscard]] const Node* only_reader(ValueId id) const {
    const std::vector<NodeId> readers = graph_.consumers(id);
    return readers.size() == 1 ? &graph_.node(readers[0]) : nullptr;
  }

  bool find_scaled() {
    const Node* cast = only_reader(node_.outputs[0]);
    if (cast == nullptr || cast->op != "Cast" || !graph_.is_float(cast->outputs[0])) return false;
    const Node* mul = only_reader(cast->outputs[0]);
    if (mul == nullptr || mul->op != "Mul") return false;
    scales_ = mul->inputs[mul->inputs[0] == cast->outputs[0] ? 1 : 0];
    scaled_ = mul->outputs[0];
    return graph_.dims(scaled_) == graph_.dims(node_.outputs[0]);
  }

  bool collect(ValueId id) {
    if (graph_.is_constant(id)) {
      factors_.constants.push_back(graph_.value(id).constant);
      return true;
    }
    const Node* from = graph_.producer(id);
    if (from == nullptr) return false;
    if (from->op == "Mul") return collect(from->inputs[0]) && collect(from->inputs[1]);
    const bool reshaped = from->op == "Reshape" || from->op == "Unsqueeze" || from->op == "Squeeze";
    if (reshaped && graph_.is_constant(from->inputs[0])) {
      factors_.constants.push_back(graph_.value(from->inputs[0]).constant.reshaped(shape_at(graph_.dims(id), 1)));
      return true;
    }
    factors_.dynamic.push_back(id);
    return true;
  }

  /// An operand that was quantised brings a scale, which the product's scales must undo: one of them, or a number.
  bool settle_operand(std::size_t at) {
    const Scaling* scaling = reals_.scaling_of(node_.inputs.at(at));
    if (scaling == nullptr) return true;
    const auto mine = std::find(factors_.dynamic.begin(), factors_.dynamic.end(), scaling->scale);
    if (mine != factors_.dynamic.end()) {
      factors_.dynamic.erase(mine);
      return true;
    }
    double scale = 0;
    if (!constant_scalar(graph_, scaling->scale, scale)) return false;
    factors_.constants.emplace_back(Shape{}, std::vector<double>{1 / scale});
    return true;
  }

  /// Numbers go into the weight; where both operands are made of the data, they are multiplied afterwards.
  bool share_constants(Scaling& left, Scaling& right, ValueId& rest) {
    std::vector<double> all{1};
    Shape shape;
    for (const Tensor& each : factors_.constants) {
      const std::vector<double> values = each.to_doubles();
      if (values.size() > 1 && all.size() > 1) return false;
      if (values.size() > 1) shape = each.shape();
      const double one = values.size() == 1 ? values[0] : all[0];
      if (values.size() > 1) all = values;
      for (double& value : all) value *= one;
    }
    if (all.size() > 1 && (is_dynamic(1) || !runs_along_outputs(shape))) return false;
    const ValueId one = graph_.add_constant(Tensor(Shape{}, std::vector<float>{1}));
    left.scale = right.scale = one;
    if (is_dynamic(0) && is_dynamic(1)) {
      if (all[0] != 1) rest = reals_.build_for(node_).scalar(all[0], ElementType::kFloat32);
      return true;
    }
    const auto count = static_cast<std::int64_t>(all.size());
    const Tensor scale(count == 1 ? Shape{} : Shape{count}, std::vector<float>(all.begin(), all.end()));
    (is_dynamic(1) ? left : right).scale = graph_.add_constant(scale);
    return true;
  }

  /// Factors of this shape differ along the axis of the outputs alone.
  [[nodiscard]] bool runs_along_outputs(const Shape& shape) const {
    const Dims& made = graph_.dims(node_.outputs[0]);
    const std::size_t due = node_.op == "ConvInteger" ? 1 : made.size() - 1;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] != 1 && i + made.size() - shape.size() != due) return false;
    return true;
  }

  ValueId operand(std::size_t at, const Scaling& otherwise) {
    const Scaling* made = reals_.scaling_of(node_.inputs.at(at));
    return reals_.of(node_.inputs.at(at), made != nullptr ? *made : otherwise, node_);
  }

  Reals& reals_;
  Graph& graph_;
  const Node& node_;
  ValueId scaled_ = kNone, scales_ = kNone;
  Factors factors_;
};

}  // namespace

bool dequantise_integer_product(Reals& reals, const Node& node) { return IntegerProduct(reals, node).run(); }

}  // namespace pellucid::graph
