#include "anatomy/tokens.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "anatomy/axes.hpp"
#include "anatomy/plumbing.hpp"

namespace pellucid::anatomy {

using graph::Dims;
using graph::kNone;
using graph::Node;
using graph::ValueId;

namespace {

/// Which positions along an axis of a value depend on the graph inputs.
class VaryingRows {
 public:
  explicit VaryingRows(const Dataflow& flow) : flow_(flow), graph_(flow.graph()) {}

  std::vector<char> of(ValueId id, std::size_t axis) {
    const auto key = std::pair{id, axis};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const auto size = static_cast<std::size_t>(graph_.dims(id)[axis].size);
    std::vector<char> rows(size, flow_.varies(id) ? 1 : 0);
    if (const Node* node = graph_.producer(id); node != nullptr && flow_.varies(id)) rows = made_by(*node, id, axis);
    return known_[key] = rows;
  }

 private:
  std::vector<char> made_by(const Node& node, ValueId id, std::size_t axis) {
    const auto size = static_cast<std::size_t>(graph_.dims(id)[axis].size);
    const std::vector<char> all(size, 1);
    if (node.op == "Concat") return concatenated(node, axis);
    if (node.op == "Slice" || node.op == "Split" || node.op == "Gather") return chosen(node, id, axis);
    if (node.op == "Transpose") {
      for (std::size_t from = 0; from < graph_.dims(id).size(); ++from)
        if (transposed_axis(graph_, node, from) == axis) return of(node.inputs[0], from);
    }
    if (is_plumbing(node) && node.op != "Pad") {
      const auto from = same_axis(graph_.dims(id), graph_.dims(node.inputs[0]), axis);
      return from ? of(node.inputs[0], *from) : all;
    }
    if (!keeps_rows(node, id, axis)) return all;
    std::vector<char> rows(size, 0);
    for (const ValueId from : flow_.sources(node)) add(rows, from, id, axis);
    return rows;
  }

  /// Elementwise work, and work along the last axis that leaves the others alone.
  [[nodiscard]] bool keeps_rows(const Node& node, ValueId id, std::size_t axis) const {
    const std::size_t rank = graph_.dims(id).size();
    if (node.op == "LayerNormalization" || node.op == "RMSNormalization" || node.op == "Softmax") {
      const auto first = graph::positive_axis(graph::int_attribute(node, "axis", -1), static_cast<std::int64_t>(rank));
      return static_cast<std::int64_t>(axis) < first;
    }
    if (node.op == "MatMul") return axis + 1 < rank && projected(flow_, node) == node.inputs[0];
    static constexpr std::array<std::string_view, 22> kElementwise{
        "Abs", "Add", "Div", "Erf",  "Exp", "Gelu",    "Log",   "Max",  "Min", "Mul",       "Neg",
        "Pow", "Not", "Cos", "Relu", "Sin", "Sigmoid", "Where", "Sqrt", "Sub", "HardSwish", "Tanh"};
    return std::find(kElementwise.begin(), kElementwise.end(), node.op) != kElementwise.end();
  }

  std::vector<char> concatenated(const Node& node, std::size_t axis) {
    const ValueId whole = node.outputs[0];
    const auto along = graph::positive_axis(graph::int_attribute(node, "axis", 0), graph_.rank(whole));
    std::vector<char> rows;
    if (along == static_cast<std::int64_t>(axis)) {
      for (const ValueId part : node.inputs) {
        const std::vector<char> more = of(part, axis);
        rows.insert(rows.end(), more.begin(), more.end());
      }
      return rows;
    }
    rows.assign(static_cast<std::size_t>(graph_.dims(whole)[axis].size), 0);
    for (const ValueId part : node.inputs) add(rows, part, whole, axis);
    return rows;
  }

  std::vector<char> chosen(const Node& node, ValueId id, std::size_t axis) {
    std::vector<char> all(static_cast<std::size_t>(graph_.dims(id)[axis].size), 1);
    if (!flow_.varies(node.inputs[0])) return all;
    const std::size_t axes = graph_.dims(node.inputs[0]).size();
    if (axes != graph_.dims(id).size()) return all;
    const Picked pick = picked(graph_, node, id, axis);
    if (!pick.along) return node.op == "Gather" && flow_.varies(node.inputs[1]) ? all : of(node.inputs[0], axis);
    if (pick.computed || pick.positions.size() != all.size()) return all;
    const std::vector<char> from = of(node.inputs[0], axis);
    std::vector<char> rows;
    for (const std::int64_t at : pick.positions) rows.push_back(from[static_cast<std::size_t>(at)]);
    return rows;
  }

  void add(std::vector<char>& rows, ValueId operand, ValueId result, std::size_t axis) {
    if (!flow_.varies(operand)) return;
    const std::size_t rank = graph_.dims(result).size(), own = graph_.dims(operand).size();
    const std::size_t shift = rank - std::min(rank, own);
    if (axis < shift) {
      std::fill(rows.begin(), rows.end(), 1);
      return;
    }
    const std::vector<char> more = of(operand, axis - shift);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (more[more.size() == 1 ? 0 : i] != 0) rows[i] = 1;
  }

  const Dataflow& flow_;
  const graph::Graph& graph_;
  std::map<std::pair<ValueId, std::size_t>, std::vector<char>> known_;
};

/// Walks from the tokens to the image along the operands that vary.
std::vector<ValueId> way_to_image(const Dataflow& flow, ValueId tokens, ValueId image) {
  std::vector<ValueId> way;
  for (ValueId at = tokens; at != kNone && at != image;) {
    way.push_back(at);
    const std::vector<ValueId> from = flow.sources(at);
    if (from.empty()) break;
    at = from.size() == 1 ? from[0] : flow.common_dominator(from);
  }
  way.push_back(image);
  return way;
}

struct Grid {
  std::int64_t rows = 0, columns = 0;
  double height = 1, width = 1;  ///< stride of the patches, in pixels
};

/// A tensor [batch, channels, rows, columns] whose positions are the content tokens.
std::optional<Grid> grid_of_map(const graph::Graph& graph, ValueId id, std::int64_t content) {
  const Dims& dims = graph.dims(id);
  if (dims.size() != 4 || dims[2].size * dims[3].size != content) return std::nullopt;
  const Node* node = graph.producer(id);
  if (node == nullptr || node->op == "Reshape" || node->op == "Transpose") return std::nullopt;
  return Grid{dims[2].size, dims[3].size};
}

/// A tensor [batch, channels, rows, height, columns, width] cut out of an image.
std::optional<Grid> grid_of_cut(const graph::Graph& graph, ValueId id, ValueId image, std::int64_t content) {
  const Dims &dims = graph.dims(id), &whole = graph.dims(image);
  if (dims.size() != 6 || dims[2].size * dims[4].size != content) return std::nullopt;
  if (dims[2].size * dims[3].size != whole[2].size || dims[4].size * dims[5].size != whole[3].size) return std::nullopt;
  return Grid{dims[2].size, dims[4].size, static_cast<double>(dims[3].size), static_cast<double>(dims[5].size)};
}

/// Strides of the convolutions and poolings between the map and the image, multiplied.
void add_strides(const graph::Graph& graph, const std::vector<ValueId>& way, std::size_t map_at, Grid& grid) {
  for (std::size_t i = map_at; i < way.size(); ++i) {
    const Node* node = graph.producer(way[i]);
    if (node == nullptr) continue;
    const std::vector<std::int64_t> strides = ints_attribute(*node, "strides");
    if (strides.size() != 2) continue;
    grid.height *= static_cast<double>(strides[0]);
    grid.width *= static_cast<double>(strides[1]);
  }
}

/// Whether a Transpose between the map and the tokens swaps rows and columns.
bool swaps_grid(const graph::Graph& graph, const std::vector<ValueId>& way, std::size_t map_at) {
  for (std::size_t i = 0; i < map_at; ++i) {
    const Node* node = graph.producer(way[i]);
    if (node == nullptr || node->op != "Transpose") continue;
    const std::size_t rank = graph.dims(way[i]).size(), row = 2, column = rank == 6 ? 4 : 3;
    if (rank != 4 && rank != 6) continue;
    if (transposed_axis(graph, *node, row) > transposed_axis(graph, *node, column)) return true;
  }
  return false;
}

void find_grid(const Dataflow& flow, ValueId tokens, TokenLayout& layout, std::vector<std::string>& evidence) {
  const graph::Graph& graph = flow.graph();
  const ValueId image = find_input(flow, tokens);
  if (image == kNone || graph.rank(image) != 4 || !graph.is_float(image)) return;
  layout.input_height = graph.dims(image)[2].size;
  layout.input_width = graph.dims(image)[3].size;
  const std::int64_t content = layout.tokens - static_cast<std::int64_t>(layout.special.size());
  const std::vector<ValueId> way = way_to_image(flow, tokens, image);
  for (std::size_t i = 0; i < way.size(); ++i) {
    auto grid = grid_of_map(graph, way[i], content);
    if (!grid) grid = grid_of_cut(graph, way[i], image, content);
    if (!grid) continue;
    if (swaps_grid(graph, way, i)) {
      evidence.push_back("no patch grid: the tokens run down the columns of the image");
      return;
    }
    layout.rows = grid->rows;
    layout.columns = grid->columns;
    add_strides(graph, way, i, *grid);
    layout.patch_height = grid->height;
    layout.patch_width = grid->width;
    evidence.push_back(fmt::format("patch grid {}×{} from '{}'", grid->rows, grid->columns, graph.value(way[i]).name));
    return;
  }
  evidence.push_back(fmt::format("no patch grid: no map of {} positions between the image and the tokens", content));
}

}  // namespace

ValueId find_input(const Dataflow& flow, ValueId tokens) {
  const graph::Graph& graph = flow.graph();
  const std::vector<ValueId> origins = flow.origins(tokens);
  for (const ValueId input : origins)
    if (graph.is_float(input) && graph.rank(input) > 2) return input;
  ValueId best = kNone;
  std::int64_t rows = 0;
  for (const graph::NodeId id : flow.order()) {
    const Node& node = graph.node(id);
    if (node.op != "Gather" || flow.varies(node.inputs[0]) || graph.rank(node.inputs[0]) != 2 ||
        !flow.varies(node.inputs[1]))
      continue;
    const std::vector<ValueId> ids = flow.origins(node.inputs[1]);
    const bool ours = std::find(origins.begin(), origins.end(), ids.front()) != origins.end();
    if (!ours || graph.dims(node.inputs[0])[0].size <= rows) continue;
    best = ids.front();
    rows = graph.dims(node.inputs[0])[0].size;
  }
  if (best == kNone && !origins.empty()) best = origins.front();
  return best;
}

TokenLayout find_layout(const Dataflow& flow, ValueId tokens, std::vector<std::string>& evidence) {
  TokenLayout layout;
  layout.tokens = flow.graph().dims(tokens)[1].size;
  const std::vector<char> varying = VaryingRows(flow).of(tokens, 1);
  for (std::size_t i = 0; i < varying.size(); ++i)
    if (varying[i] == 0) layout.special.push_back(static_cast<std::int64_t>(i));
  find_grid(flow, tokens, layout, evidence);
  return layout;
}

void name_special(TokenLayout& layout, const ReadOut& read_out, bool text) {
  const auto reads = [&](std::int64_t token) {
    return static_cast<std::size_t>(token) < read_out.weights.size() &&
           read_out.weights[static_cast<std::size_t>(token)] > 0;
  };
  const bool by_token = read_out.kind == ReadOutKind::kClassToken || read_out.kind == ReadOutKind::kAveragedTokens;
  if (text && layout.special.empty() && by_token)
    for (std::int64_t token = 0; token < layout.tokens; ++token)
      if (reads(token)) layout.special.push_back(token);
  layout.special_names.clear();
  int registers = 0;
  for (const std::int64_t token : layout.special) {
    const bool first = token == layout.special.front();
    if (first && (by_token ? reads(token) : layout.special.size() < 3))
      layout.special_names.emplace_back("class");
    else if (by_token && reads(token))
      layout.special_names.emplace_back("distillation");
    else
      layout.special_names.push_back(fmt::format("register {}", ++registers));
  }
}

TokenLayout merged_layout(const TokenLayout& first, std::int64_t tokens) {
  TokenLayout layout;
  layout.tokens = tokens;
  layout.input_height = first.input_height;
  layout.input_width = first.input_width;
  for (std::int64_t step = 1; step <= first.rows; ++step) {
    const std::int64_t rows = first.rows / step, columns = first.columns / step;
    if (rows * columns != tokens) continue;
    layout.rows = rows;
    layout.columns = columns;
    layout.patch_height = first.patch_height * static_cast<double>(step);
    layout.patch_width = first.patch_width * static_cast<double>(step);
  }
  return layout;
}

}  // namespace pellucid::anatomy
