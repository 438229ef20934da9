#include "anatomy/row_flow.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "anatomy/axes.hpp"
#include "anatomy/plumbing.hpp"
#include "anatomy/token_mask.hpp"

namespace pellucid::anatomy {

using graph::Dims;
using graph::kNone;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

using Kind = Rows::Kind;

Rows mixed(const Node& node, const std::string& what) {
  Rows rows;
  rows.kind = Kind::kMixed;
  rows.why = fmt::format("{} {}", describe(node), what);
  return rows;
}

class RowFlow {
 public:
  RowFlow(const Dataflow& flow, ValueId last) : flow_(flow), graph_(flow.graph()), last_(last) {
    count_ = static_cast<std::size_t>(graph_.dims(last)[1].size);
  }

  RowsBehind run() {
    Rows start;
    start.kind = Kind::kPerRow;
    start.axis = start.last_axis = 1;
    start.tokens.resize(count_);
    std::iota(start.tokens.begin(), start.tokens.end(), 0);
    start.why = "the token axis reaches the output";
    state_[last_] = start;
    for (const NodeId id : flow_.order()) {
      const Node& node = graph_.node(id);
      for (const ValueId output : node.outputs)
        if (flow_.varies(output) && output != last_) visit(node, output);
    }
    RowsBehind found;
    if (const auto at = state_.find(flow_.logits()); at != state_.end()) found.logits = at->second;
    found.per_token = per_token(start.tokens);
    return found;
  }

 private:
  /// The outputs that hold all rows in their order along one axis.
  [[nodiscard]] std::vector<TokenOutput> per_token(const std::vector<std::int64_t>& all) const {
    std::vector<ValueId> outputs = graph_.outputs;
    if (std::find(outputs.begin(), outputs.end(), flow_.logits()) == outputs.end()) outputs.push_back(flow_.logits());
    std::vector<TokenOutput> found;
    for (const ValueId output : outputs) {
      const auto at = state_.find(output);
      if (at == state_.end() || at->second.kind != Kind::kPerRow || at->second.flat) continue;
      if (at->second.axis != at->second.last_axis || at->second.tokens != all) continue;
      found.push_back({output, static_cast<std::int64_t>(at->second.axis)});
    }
    return found;
  }

  void visit(const Node& node, ValueId output) {
    std::vector<ValueId> held;
    for (const ValueId from : flow_.sources(node))
      if (state_.count(from) != 0) held.push_back(from);
    if (held.empty()) return;
    Rows rows = held.size() == 1 ? through(node, held[0], output) : together(node, held, output);
    state_[output] = std::move(rows);
  }

  Rows through(const Node& node, ValueId from, ValueId output) {
    const Rows& rows = state_.at(from);
    if (rows.kind != Kind::kPerRow) return rows;
    if (node.op == "Transpose") return transposed(node, rows);
    if (node.op == "Gather" || node.op == "GatherND" || node.op == "GatherElements" || node.op == "Slice" ||
        node.op == "Split" || node.op == "Compress")
      return chosen(node, from, rows, output);
    if (node.op == "Concat") return rows.flat ? rows : shifted(node, rows, output);
    if (is_plumbing(node)) return reshaped(node, from, rows, output);
    if (node.op.rfind("Reduce", 0) == 0) return reduced(node, rows);
    if (node.op == "GlobalAveragePool") return rows.axis >= 2 ? pooled(node, rows) : mixed(node, "pools features");
    if (node.op == "ArgMax" || node.op == "TopK" || node.op == "MaxPool") return mixed(node, "selects by value");
    return computed(node, from, rows, output);
  }

  Rows transposed(const Node& node, const Rows& rows) {
    Rows moved = rows;
    moved.axis = transposed_axis(graph_, node, rows.axis);
    moved.last_axis = transposed_axis(graph_, node, rows.last_axis);
    const bool together = moved.last_axis - moved.axis == rows.last_axis - rows.axis;
    return together ? moved : mixed(node, "takes the token grid apart");
  }

  Rows chosen(const Node& node, ValueId from, const Rows& rows, ValueId output) {
    Rows result = rows;
    if (node.op == "Gather" || node.op == "Slice" || node.op == "Split") {
      if (node.inputs[0] != from) return mixed(node, "uses the tokens as positions");
      const bool one_axis = rows.axis == rows.last_axis;
      const Picked pick = one_axis ? picked(graph_, node, output, rows.axis) : Picked{};
      if (!pick.along) return gathered_elsewhere(node, rows);
      if (!pick.computed) return selected(node, rows, pick);
    }
    result.kind = Kind::kChosen;
    result.why = fmt::format("{} picks a token at a computed position", describe(node));
    return result;
  }

  /// A Gather along another axis moves the token axis where its indices have more axes or fewer than one.
  Rows gathered_elsewhere(const Node& node, const Rows& rows) {
    Rows result = rows;
    if (node.op != "Gather") return result;
    const auto along = graph::positive_axis(graph::int_attribute(node, "axis", 0), graph_.rank(node.inputs[0]));
    if (along < static_cast<std::int64_t>(rows.axis)) {
      const std::int64_t shift = graph_.rank(node.inputs[1]) - 1;
      result.axis = static_cast<std::size_t>(static_cast<std::int64_t>(rows.axis) + shift);
      result.last_axis = static_cast<std::size_t>(static_cast<std::int64_t>(rows.last_axis) + shift);
    }
    return result;
  }

  Rows selected(const Node& node, const Rows& rows, const Picked& pick) {
    Rows result = rows;
    result.tokens.clear();
    for (const std::int64_t at : pick.positions) result.tokens.push_back(rows.tokens[static_cast<std::size_t>(at)]);
    if (result.tokens.size() > 1) return result;
    return pooled(node, result);
  }

  /// Constants concatenated to the tokens behind the last block.
  Rows shifted(const Node& node, const Rows& rows, ValueId output) {
    const auto along = graph::positive_axis(graph::int_attribute(node, "axis", 0), graph_.rank(output));
    return along == static_cast<std::int64_t>(rows.axis) ? mixed(node, "adds rows to the tokens") : rows;
  }

  Rows reshaped(const Node& node, ValueId from, const Rows& rows, ValueId output) {
    const Dims &in = graph_.dims(from), &out = graph_.dims(output);
    Rows result = rows;
    if (in == out) return result;
    if (rows.flat) {
      const auto axis = same_axis(graph_.dims(last_), out, 1);
      result.flat = !axis.has_value();
      result.axis = result.last_axis = axis.value_or(0);
      return result;
    }
    if (rows.axis == rows.last_axis) {
      if (const auto axis = same_axis(in, out, rows.axis)) {
        result.axis = result.last_axis = *axis;
        return result;
      }
      if (const auto axes = split_axes(in, out, rows.axis)) {
        result.axis = axes->first;
        result.last_axis = axes->second;
        return result;
      }
    } else if (const auto first = same_axis(in, out, rows.axis); first && same_axis(in, out, rows.last_axis)) {
      result.axis = *first;
      result.last_axis = *same_axis(in, out, rows.last_axis);
      return result;
    }
    return merged(node, in, rows, out);
  }

  /// Tokens merged with the batch axis keep their rows; tokens merged with the features don't.
  Rows merged(const Node& node, const Dims& in, const Rows& rows, const Dims& out) {
    Rows result = rows;
    std::int64_t before = 1, size = 1;
    for (std::size_t i = 0; i <= rows.last_axis; ++i) (i < rows.axis ? before : size) *= in[i].size;
    if (!out.empty() && out[0].size == before * size && rows.axis > 0) {
      result.flat = true;
      result.axis = result.last_axis = 0;
      return result;
    }
    return mixed(node, "flattens tokens and features into one axis");
  }

  Rows reduced(const Node& node, const Rows& rows) {
    const auto axes = named_axes(graph_, node);
    if (!axes || rows.flat) return mixed(node, "reduces over axes that can't be followed");
    const auto covers = [&](std::size_t axis) { return std::find(axes->begin(), axes->end(), axis) != axes->end(); };
    std::size_t covered = 0, earlier = 0;
    for (std::size_t axis = rows.axis; axis <= rows.last_axis; ++axis) covered += covers(axis) ? 1U : 0U;
    for (std::size_t axis = 0; axis < rows.axis; ++axis) earlier += covers(axis) ? 1U : 0U;
    if (covered == 0) {
      Rows result = rows;
      if (graph::int_attribute(node, "keepdims", 1) == 0) {
        result.axis -= earlier;
        result.last_axis -= earlier;
      }
      return result;
    }
    if (covered != rows.last_axis - rows.axis + 1) return mixed(node, "pools one axis of the token grid");
    if (node.op != "ReduceMean" && node.op != "ReduceSum") return mixed(node, "pools the tokens, but not by a mean");
    return pooled(node, rows);
  }

  Rows pooled(const Node& node, const Rows& rows) {
    Rows result;
    result.why = fmt::format("{} pools the tokens", describe(node));
    result.kind = rows.masked && rows.tokens.size() > 1 ? Kind::kMasked : Kind::kPooled;
    if (result.kind == Kind::kMasked) {
      result.mask = rows.mask;
      result.why += rows.mask.value == kNone ? ", weighted by a tensor that has more than one number for a token"
                                             : fmt::format(", weighted by '{}'", graph_.value(rows.mask.value).name);
    }
    result.weights.assign(count_, 0);
    for (const std::int64_t token : rows.tokens)
      result.weights[static_cast<std::size_t>(token)] += 1.0 / static_cast<double>(rows.tokens.size());
    if (rows.tokens.size() == 1) result.why = fmt::format("{} takes token {}", describe(node), rows.tokens[0]);
    return result;
  }

  /// Work on every row alone: norms and softmaxes over later axes, products with weights, elementwise operators.
  Rows computed(const Node& node, ValueId from, const Rows& rows, ValueId output) {
    const std::size_t rank = graph_.dims(output).size(), own = graph_.dims(from).size();
    Rows result = rows;
    if (rows.flat) return result;
    if (node.op == "MatMul") {
      if (node.inputs[0] == from && rows.last_axis + 1 < own) return result;
      return weighed(node, from, rows, output);
    }
    if (node.op == "LayerNormalization" || node.op == "RMSNormalization" || node.op == "Softmax") {
      const auto first = graph::positive_axis(graph::int_attribute(node, "axis", -1), static_cast<std::int64_t>(own));
      return static_cast<std::int64_t>(rows.last_axis) < first ? result : mixed(node, "mixes the tokens");
    }
    if (node.op == "Conv" || node.op == "Gemm") return mixed(node, "mixes the tokens");
    if (rank < own) return mixed(node, "drops axes");
    result.axis += rank - own;
    result.last_axis += rank - own;
    if (node.op == "Mul" || node.op == "Where") mask(node, from, rank, result);
    return result;
  }

  /// A product along the token axis: a weighted mean where the other operand has one number for each token.
  Rows weighed(const Node& node, ValueId from, const Rows& rows, ValueId output) {
    const ValueId weights = node.inputs[node.inputs[0] == from ? 1 : 0];
    const std::size_t summed = graph_.dims(from).size() - (node.inputs[0] == from ? 1 : 2);
    const bool along = rows.axis == rows.last_axis && rows.axis == summed && rows.tokens.size() == count_;
    Rows result = rows;
    result.mask.value = along && flow_.varies(weights) ? per_token_source(flow_, weights, batch(), count_) : kNone;
    const std::int64_t sums = graph_.dims(output)[summed].size;
    if (result.mask.value == kNone || sums != 1 || rows.masked) return mixed(node, "sums over the tokens");
    result.masked = true;
    return pooled(node, result);
  }

  /// Notes that another operand varies with the input and along the token axis.
  void mask(const Node& node, ValueId from, std::size_t rank, Rows& rows) const {
    for (const ValueId other : node.inputs) {
      if (other == from || !flow_.varies(other)) continue;
      const Dims& dims = graph_.dims(other);
      const std::size_t shift = rank - dims.size();
      if (rows.axis < shift || dims[rows.axis - shift].size <= 1) continue;
      const TokenMask found =
          rows.tokens.size() == count_ ? mask_of(flow_, node, from, other, batch(), count_) : TokenMask{};
      rows.mask = !rows.masked || found == rows.mask ? found : TokenMask{};
      rows.masked = true;
    }
  }

  [[nodiscard]] graph::Dim batch() const { return graph_.dims(last_)[0]; }

  Rows together(const Node& node, const std::vector<ValueId>& held, ValueId output) {
    std::vector<Rows> all;
    for (const ValueId from : held) all.push_back(through(node, from, output));
    for (const Rows& rows : all)
      if (rows.kind == Kind::kMixed) return rows;
    Rows result = all[0];
    for (std::size_t i = 1; i < all.size(); ++i) result = combined(node, result, all[i]);
    return result;
  }

  Rows combined(const Node& node, const Rows& a, const Rows& b) {
    if (a.kind != b.kind) return mixed(node, "combines pooled and single rows");
    if (a.kind == Kind::kPerRow) {
      const bool same = a.axis == b.axis && a.tokens == b.tokens && a.flat == b.flat;
      return same ? a : mixed(node, "combines different rows");
    }
    if (a.kind == Kind::kMasked && a.mask != b.mask) return mixed(node, "combines different means");
    if (a.kind != Kind::kPooled || a.weights == b.weights) return a;
    const auto single = [](const Rows& rows) {
      return std::count_if(rows.weights.begin(), rows.weights.end(), [](double w) { return w > 0; }) == 1;
    };
    Rows result = a;
    if (node.op == "Concat" && single(a) != single(b)) {
      result = single(a) ? a : b;
      result.why += fmt::format("; {} appends a mean, which the row leaves out", describe(node));
      return result;
    }
    if (node.op != "Add" && node.op != "Sum" && node.op != "Concat")
      return mixed(node, "combines differently pooled rows");
    for (std::size_t i = 0; i < count_; ++i) result.weights[i] = (a.weights[i] + b.weights[i]) / 2;
    result.why = fmt::format("{} puts together: {}; {}", describe(node), a.why, b.why);
    return result;
  }

  const Dataflow& flow_;
  const graph::Graph& graph_;
  ValueId last_;
  std::size_t count_ = 0;
  std::map<ValueId, Rows> state_;
};

}  // namespace

RowsBehind follow_rows(const Dataflow& flow, ValueId last) { return RowFlow(flow, last).run(); }

}  // namespace pellucid::anatomy
