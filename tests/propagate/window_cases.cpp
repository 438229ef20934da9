#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

using List = std::vector<std::int64_t>;

Case conv(const std::string& name, const Dims& x, const Shape& weight, const Dims& out, const Attributes& attributes,
          bool bias = true) {
  return {"Conv", name, [=](CaseGraph& g) {
            std::vector<ValueId> inputs{g.input(x), g.constant(weight)};
            if (bias) inputs.push_back(g.constant({weight[0]}));
            g.node("Conv", inputs, out, attributes);
          }};
}

Case spread(const std::string& name, const Dims& x, const Shape& weight, const Dims& out,
            const Attributes& attributes) {
  return {"ConvTranspose", name, [=](CaseGraph& g) {
            const ValueId bias = g.constant({out[1].size});
            g.node("ConvTranspose", {g.input(x), g.constant(weight), bias}, out, attributes);
          }};
}

Case pool(const std::string& op, const std::string& name, const Dims& x, const Dims& out, Attributes attributes) {
  return {op, name, [=](CaseGraph& g) { g.node(op, {g.input(x)}, out, attributes); }};
}

}  // namespace

std::vector<Case> window_cases() {
  const List two{2, 2}, three{3, 3}, one_around{1, 1, 1, 1};
  return {
      conv("patches", batched({3, 4, 6}), {2, 3, 2, 2}, batched({2, 2, 3}), {{"strides", two}}),
      conv("patches_remainder", batched({1, 5, 7}), {2, 1, 2, 3}, batched({2, 2, 2}), {{"strides", List{2, 3}}}),
      conv("padded", batched({2, 4, 4}), {3, 2, 3, 3}, batched({3, 4, 4}), {{"pads", one_around}}, false),
      conv("padded_strided", batched({2, 5, 6}), {2, 2, 3, 3}, batched({2, 3, 3}),
           {{"pads", one_around}, {"strides", two}}),
      conv("uneven_pads", batched({1, 4, 4}), {1, 1, 3, 2}, batched({1, 3, 4}), {{"pads", List{0, 1, 1, 0}}}),
      conv("dilated", batched({1, 6, 6}), {2, 1, 2, 2}, batched({2, 4, 3}), {{"dilations", List{2, 3}}}),
      conv("grouped", batched({4, 3, 3}), {6, 2, 2, 2}, batched({6, 2, 2}), {{"group", 2L}}),
      conv("depthwise", batched({3, 4, 4}), {3, 1, 3, 3}, batched({3, 4, 4}), {{"group", 3L}, {"pads", one_around}}),
      conv("same_upper", batched({1, 5, 4}), {1, 1, 2, 3}, batched({1, 3, 2}),
           {{"auto_pad", "SAME_UPPER"}, {"strides", two}}),
      conv("same_lower", batched({1, 5, 4}), {1, 1, 2, 3}, batched({1, 3, 2}),
           {{"auto_pad", "SAME_LOWER"}, {"strides", two}}),
      conv("valid", batched({1, 4, 4}), {1, 1, 3, 3}, batched({1, 2, 2}), {{"auto_pad", "VALID"}}),
      conv("line", batched({2, 7}), {3, 2, 3}, batched({3, 4}), {{"strides", List{2}}, {"pads", List{1, 1}}}),
      conv("volume", batched({1, 3, 4, 3}), {2, 1, 2, 2, 3}, batched({2, 2, 2, 1}), {{"strides", List{1, 2, 1}}}),
      conv("fixed_batch", plain({2, 1, 3, 3}), {2, 1, 2, 2}, plain({2, 2, 2, 2}), {}),
      spread("patches", batched({2, 3, 2}), {2, 3, 2, 4}, batched({3, 6, 8}), {{"strides", List{2, 4}}}),
      spread("remainder", batched({2, 2, 2}), {2, 1, 2, 2}, batched({1, 5, 4}),
             {{"strides", two}, {"output_padding", List{1, 0}}}),
      spread("wide_remainder", batched({1, 3}), {1, 1, 2}, batched({1, 8}),
             {{"dilations", List{4}}, {"output_padding", List{1}}}),
      spread("cut", batched({2, 2, 2}), {2, 1, 2, 2}, batched({1, 3, 4}),
             {{"strides", two}, {"pads", List{0, 0, 1, 0}}}),
      spread("overlapping", batched({2, 3, 3}), {2, 3, 3, 3}, batched({3, 5, 5}),
             {{"strides", two}, {"pads", one_around}}),
      spread("dilated", batched({1, 3, 3}), {1, 2, 2, 2}, batched({2, 5, 6}), {{"dilations", List{2, 3}}}),
      spread("grouped", batched({4, 2, 2}), {4, 3, 2, 2}, batched({6, 3, 3}), {{"group", 2L}}),
      spread("line", batched({2, 4}), {2, 3, 3}, batched({3, 9}), {{"strides", List{2}}}),
      spread("volume", batched({1, 2, 2, 2}), {1, 2, 2, 1, 3}, batched({2, 3, 2, 5}), {{"strides", List{1, 1, 2}}}),
      spread("same_upper", batched({1, 3, 2}), {1, 1, 3, 4}, batched({1, 6, 4}),
             {{"auto_pad", "SAME_UPPER"}, {"strides", two}}),
      spread("same_lower", batched({1, 3, 2}), {1, 1, 3, 4}, batched({1, 6, 4}),
             {{"auto_pad", "SAME_LOWER"}, {"strides", two}}),
      spread("output_shape", batched({1, 3}), {1, 1, 4}, batched({1, 5}),
             {{"strides", List{2}}, {"output_shape", List{5}}}),
      spread("fixed_batch", plain({2, 1, 3, 3}), {1, 2, 2, 2}, plain({2, 2, 4, 4}), {}),
      pool("LpPool", "plain", batched({2, 4, 5}), batched({2, 2, 2}), {{"kernel_shape", two}, {"strides", two}}),
      pool("LpPool", "padded", batched({2, 4, 4}), batched({2, 4, 4}),
           {{"kernel_shape", three}, {"pads", one_around}, {"p", 3L}}),
      pool("LpPool", "sum", batched({2, 5}), batched({2, 4}), {{"kernel_shape", List{2}}, {"p", 1L}}),
      pool("GlobalLpPool", "", batched({2, 3, 2}), batched({2, 1, 1}), {}),
      pool("GlobalLpPool", "cubes", batched({2, 3, 2}), batched({2, 1, 1}), {{"p", 3L}}),
      pool("AveragePool", "plain", batched({2, 4, 5}), batched({2, 2, 2}), {{"kernel_shape", two}, {"strides", two}}),
      pool("AveragePool", "padded", batched({2, 4, 4}), batched({2, 4, 4}),
           {{"kernel_shape", three}, {"pads", one_around}}),
      pool("AveragePool", "padding_counted", batched({2, 4, 4}), batched({2, 2, 2}),
           {{"kernel_shape", three}, {"pads", one_around}, {"strides", two}, {"count_include_pad", 1L}}),
      pool("AveragePool", "ceil", batched({1, 5, 4}), batched({1, 3, 2}),
           {{"kernel_shape", two}, {"strides", two}, {"ceil_mode", 1L}}),
      pool("AveragePool", "line", batched({2, 5}), batched({2, 4}), {{"kernel_shape", List{2}}}),
      pool("GlobalAveragePool", "", batched({2, 3, 2}), batched({2, 1, 1}), {}),
      pool("GlobalMaxPool", "", batched({2, 3, 2}), batched({2, 1, 1}), {}),
      pool("MaxPool", "plain", batched({2, 4, 5}), batched({2, 2, 2}), {{"kernel_shape", two}, {"strides", two}}),
      pool("MaxPool", "overlapping", batched({2, 4, 4}), batched({2, 4, 4}),
           {{"kernel_shape", three}, {"pads", one_around}}),
  };
}

}  // namespace pellucid::tests
