#include "graph/onnx/unroll.hpp"

#include <algorithm>
#include <span>

#include "base/check.hpp"
#include "graph/not_readable.hpp"
#include "graph/onnx/body_copies.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/emit.hpp"
#include "graph/onnx/loop_steps.hpp"
#include "graph/onnx/scan_axes.hpp"

namespace pellucid::graph {
namespace {

constexpr std::int64_t kMostUnrolled = 10'000, kMostSteps = 100'000, kMostUnrolledBytes = std::int64_t{1} << 28;
std::string describe(const onnx::NodeProto& node) { return node.op_type() + " node '" + node.name() + "'"; }

/// Writes the nodes of a graph anew, one after the other.
class Unroller {
 public:
  explicit Unroller(onnx::ModelProto& model)
      : before_(model), graph_(*model.mutable_graph()), names_(graph_), emit_(model, names_) {}

  bool run() {
    graph_.clear_node();
    bool changed = false;
    for (const onnx::NodeProto& node : before_.graph().node()) {
      const onnx::GraphProto* body = subgraph(node, "body");
      const bool own = node.domain().empty() || node.domain() == "ai.onnx";
      const bool unrolled = body != nullptr && own &&
                            ((node.op_type() == "Loop" && unroll_loop(node, *body)) ||
                             (node.op_type() == "Scan" && unroll_scan(node, *body)));
      changed = changed || unrolled;
      if (!unrolled) *graph_.add_node() = node;
    }
    return changed;
  }

 private:
  bool unroll_loop(const onnx::NodeProto& loop, const onnx::GraphProto& body);
  bool unroll_scan(const onnx::NodeProto& scan, const onnx::GraphProto& body);
  void check_size(const onnx::NodeProto& node, const onnx::GraphProto& body, std::int64_t steps);

  /// A number of a step, of the rank that the body declares.
  std::string number(const onnx::ValueInfoProto& info, std::int64_t value) {
    return emit_.constant(Tensor(shape_of(info), std::vector<std::int64_t>{value}), info.name());
  }
  /// A condition that holds.
  std::string truth(const onnx::ValueInfoProto& info) {
    Tensor yes(ElementType::kBool, shape_of(info));
    *yes.mutable_data() = std::byte{1};
    return emit_.constant(yes, info.name());
  }
  static Shape shape_of(const onnx::ValueInfoProto& info) {
    return Shape(info.type().tensor_type().shape().dim_size() == 1 ? 1 : 0, 1);
  }

  void emit_last(const onnx::NodeProto& owner, int output, const std::string& value) {
    if (output < owner.output_size() && !owner.output(output).empty())
      emit_.node("Identity", owner, {value}, owner.output(output));
  }

  /// What every step gave, along a new axis.
  void emit_stack(const onnx::NodeProto& owner, int output, const std::vector<std::string>& values, std::int64_t axis) {
    if (output < owner.output_size() && !owner.output(output).empty())
      emit_.stack(owner, values, axis, owner.output(output));
  }

  const onnx::ModelProto before_;
  onnx::GraphProto& graph_;
  ValueNames names_;
  Emit emit_;
  std::int64_t written_ = 0;
};

/// Before anything is copied.
void Unroller::check_size(const onnx::NodeProto& node, const onnx::GraphProto& body, std::int64_t steps) {
  written_ += steps * count_nodes(body);
  std::int64_t bytes = 0;
  for (const onnx::NodeProto& one : body.node()) bytes += static_cast<std::int64_t>(one.ByteSizeLong());
  if (written_ <= kMostUnrolled && bytes * steps <= kMostUnrolledBytes) return;
  throw NotReadable(fmt::format("{}: written out, its {} steps make the graph larger than {} nodes or {} MiB",
                                describe(node), steps, kMostUnrolled, kMostUnrolledBytes >> 20));
}

/// Inputs: the greatest number of steps, the first condition, values that are carried. Outputs of the body: the next
/// condition, the values, what is collected.
bool Unroller::unroll_loop(const onnx::NodeProto& loop, const onnx::GraphProto& body) {
  constexpr int kFirst = 2;
  const int carried = loop.input_size() - kFirst;
  PELLUCID_CHECK(carried >= 0 && body.input_size() == loop.input_size() && body.output_size() > carried, kBadInput,
                 "{}: its body has {} inputs and {} outputs, which doesn't fit its own {} inputs", describe(loop),
                 body.input_size(), body.output_size(), loop.input_size());
  if (body.sparse_initializer_size() > 0) return false;
  const std::optional<std::int64_t> steps = loop_steps(before_, loop, body, kMostSteps + 1);
  const bool collects = body.output_size() > carried + 1;
  if (!steps || (*steps == 0 && collects)) return false;
  PELLUCID_CHECK(*steps <= kMostSteps, kUnsupported, "{}: it takes more than {} steps", describe(loop), kMostSteps);
  check_size(loop, body, *steps);
  BodyCopies copies(loop, body, graph_, names_);
  const std::string go = truth(body.input(1));
  std::vector<std::string> values(loop.input().begin() + kFirst, loop.input().end());
  std::vector<std::vector<std::string>> collected(static_cast<std::size_t>(body.output_size() - carried - 1));
  for (std::int64_t step = 0; step < *steps; ++step) {
    Renaming inputs{{body.input(0).name(), number(body.input(0), step)}, {body.input(1).name(), go}};
    for (int i = 0; i < carried; ++i) inputs[body.input(kFirst + i).name()] = values[static_cast<std::size_t>(i)];
    const std::vector<std::string> outputs = copies.add(inputs);
    values.assign(outputs.begin() + 1, outputs.begin() + 1 + carried);
    for (std::size_t i = 0; i < collected.size(); ++i)
      collected[i].push_back(outputs[static_cast<std::size_t>(carried) + 1 + i]);
  }
  for (int i = 0; i < carried; ++i) emit_last(loop, i, values[static_cast<std::size_t>(i)]);
  for (std::size_t i = 0; i < collected.size(); ++i) emit_stack(loop, carried + static_cast<int>(i), collected[i], 0);
  return true;
}

/// Inputs: values that are carried, then tensors whose slices are the steps'. Outputs: the values, what is collected.
bool Unroller::unroll_scan(const onnx::NodeProto& scan, const onnx::GraphProto& body) {
  const ScanAxes axes(scan, body);
  if (opset_of(before_) < kFirstScanOpset || body.sparse_initializer_size() > 0) return false;
  const std::optional<std::int64_t> steps = axes.steps(before_);
  if (!steps || *steps == 0) return false;
  check_size(scan, body, *steps);
  BodyCopies copies(scan, body, graph_, names_);
  const int carried = axes.carried;
  std::vector<std::string> values(scan.input().begin(), scan.input().begin() + carried);
  std::vector<std::vector<std::string>> collected(axes.written.size());
  for (std::int64_t step = 0; step < *steps; ++step) {
    Renaming inputs;
    for (int i = 0; i < carried; ++i) inputs[body.input(i).name()] = values[static_cast<std::size_t>(i)];
    for (std::size_t i = 0; i < axes.read.size(); ++i) {
      const int input = carried + static_cast<int>(i);
      const std::int64_t at = axes.read[i].backwards ? *steps - 1 - step : step;
      const std::string place = emit_.constant(Tensor(Shape{}, std::vector<std::int64_t>{at}), "place");
      const std::string slice = names_.fresh(body.input(input).name());
      attribute_to_onnx("axis", axes.read[i].axis, emit_.node("Gather", scan, {scan.input(input), place}, slice));
      inputs[body.input(input).name()] = slice;
    }
    const std::vector<std::string> outputs = copies.add(inputs);
    values.assign(outputs.begin(), outputs.begin() + carried);
    for (std::size_t i = 0; i < collected.size(); ++i)
      collected[i].push_back(outputs[static_cast<std::size_t>(carried) + i]);
  }
  for (int i = 0; i < carried; ++i) emit_last(scan, i, values[static_cast<std::size_t>(i)]);
  for (std::size_t i = 0; i < collected.size(); ++i) {
    if (axes.written[i].backwards) std::reverse(collected[i].begin(), collected[i].end());
    emit_stack(scan, carried + static_cast<int>(i), collected[i], axes.written[i].axis);
  }
  return true;
}

}  // namespace

bool unroll_loops(onnx::ModelProto& model) {
  const bool loops = std::any_of(model.graph().node().begin(), model.graph().node().end(),
                                 [](const auto& node) { return node.op_type() == "Loop" || node.op_type() == "Scan"; });
  return loops && Unroller(model).run();
}

}  // namespace pellucid::graph
