#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

using List = std::vector<std::int64_t>;

Case slice(const std::string& name, const Dims& out, const List& starts, const List& ends, const List& axes,
           const List& steps = {}) {
  return {"Slice", name, [=](CaseGraph& g) {
            std::vector<ValueId> inputs{g.input(batched({5, 6})), g.ints(starts), g.ints(ends), g.ints(axes)};
            if (!steps.empty()) inputs.push_back(g.ints(steps));
            g.node("Slice", inputs, out);
          }};
}

/// An operator with whole numbers as its second input.
Case with_ints(const std::string& op, const std::string& name, const Dims& x, const List& numbers, const Dims& out,
               const Attributes& attributes = {}) {
  return {op, name, [=](CaseGraph& g) { g.node(op, {g.input(x), g.ints(numbers)}, out, attributes); }};
}

Case plainly(const std::string& op, const std::string& name, const Dims& x, const Dims& out,
             const Attributes& attributes = {}) {
  return {op, name, [=](CaseGraph& g) { g.node(op, {g.input(x)}, out, attributes); }};
}

Case resize(const std::string& name, const std::vector<double>& scales, const Dims& out, const Attributes& attributes) {
  return {"Resize", name, [=](CaseGraph& g) {
            const ValueId x = g.input(batched({1, 3, 4}));
            const ValueId factors = g.graph.add_constant(Tensor({4}, scales).cast(ElementType::kFloat32));
            g.node("Resize", {x, graph::kNone, factors}, out, attributes);
          }};
}

void add_parts(std::vector<Case>& cases) {
  cases.push_back({"Concat", "three", [](CaseGraph& g) {
                     const ValueId a = g.input(batched({2, 3})), c = g.input(batched({1, 3}));
                     g.node("Concat", {a, g.constant({kBatch, 2, 3}), c, a}, batched({7, 3}), {{"axis", 1L}});
                   }});
  cases.push_back({"Concat", "last", [](CaseGraph& g) {
                     const ValueId a = g.input(batched({2})), b = g.input(batched({3}));
                     g.node("Concat", {a, b}, batched({5}), {{"axis", -1L}});
                   }});
  cases.push_back({"Split", "sizes", [](CaseGraph& g) {
                     g.nodes("Split", {g.input(batched({2, 6})), g.ints({1, 3, 2})},
                             {batched({2, 1}), batched({2, 3}), batched({2, 2})}, {{"axis", 2L}});
                   }});
  cases.push_back(
      {"Split", "even", [](CaseGraph& g) {
         g.nodes("Split", {g.input(batched({5}))}, {batched({3}), batched({2})}, {{"axis", -1L}, {"num_outputs", 2L}});
       }});
  for (const std::size_t kept : {0, 1, 2}) {
    cases.push_back({"Split", "only_" + std::to_string(kept), [=](CaseGraph& g) {
                       g.nodes("Split", {g.input(batched({6})), g.ints({1, 3, 2})},
                               {batched({1}), batched({3}), batched({2})}, {{"axis", 1L}});
                       g.outputs = {g.outputs[kept]};
                     }});
  }
  cases.push_back({"Split", "two_of_three", [](CaseGraph& g) {
                     g.nodes("Split", {g.input(batched({6})), g.ints({1, 3, 2})},
                             {batched({1}), batched({3}), batched({2})}, {{"axis", 1L}});
                     g.outputs = {g.outputs[0], g.outputs[2]};
                   }});
}

void add_padding(std::vector<Case>& cases) {
  cases.push_back(with_ints("Pad", "all_axes", plain({2, 3}), {1, 0, 0, 2}, plain({3, 5})));
  cases.push_back(with_ints("Pad", "negative", batched({4, 5}), {0, -1, 2, 0, 1, -2}, batched({4, 5})));
  for (const std::string mode : {"edge", "reflect", "wrap"}) {
    cases.push_back(with_ints("Pad", mode, batched({3, 4}), {0, 1, 2, 0, 2, 1}, batched({6, 7}), {{"mode", mode}}));
    cases.push_back(with_ints("Pad", mode + "_one_side", plain({2, 3}), {0, 0, 0, 2}, plain({2, 5}), {{"mode", mode}}));
  }
  cases.push_back({"Pad", "axes", [](CaseGraph& g) {
                     const ValueId value = g.constant_of({}, {1.5});
                     g.node("Pad", {g.input(batched({2, 3})), g.ints({1, 2}), value, g.ints({-1})}, batched({2, 6}));
                   }});
}

void add_resizes(std::vector<Case>& cases) {
  const Dims twice = batched({1, 6, 8});
  cases.push_back(resize("linear", {1, 1, 2, 2}, twice, {{"mode", "linear"}}));
  cases.push_back(resize("nearest", {1, 1, 2, 2}, twice,
                         {{"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}}));
  cases.push_back(resize("cubic", {1, 1, 2, 0.5}, batched({1, 6, 2}), {{"mode", "cubic"}}));
  cases.push_back({"Resize", "sizes", [](CaseGraph& g) {
                     const ValueId sizes = g.ints({kBatch, 1, 5, 3});
                     g.node("Resize", {g.input(batched({1, 3, 4})), graph::kNone, graph::kNone, sizes},
                            batched({1, 5, 3}),
                            {{"mode", "linear"}, {"coordinate_transformation_mode", "align_corners"}});
                   }});
}

}  // namespace

std::vector<Case> layout_cases() {
  const Dim twelve_per_batch{12, true};
  std::vector<Case> cases = {
      with_ints("Reshape", "split", batched({12}), {0, 3, -1}, batched({3, 4})),
      with_ints("Reshape", "fold_batch", batched({4, 3}), {-1, 3}, {{4, true}, {3, false}}),
      with_ints("Reshape", "all", batched({4, 3}), {-1}, {twelve_per_batch}),
      plainly("Flatten", "", batched({2, 3}), batched({6})),
      plainly("Flatten", "axis2", batched({2, 3}), {{2, true}, {3, false}}, {{"axis", 2L}}),
      with_ints("Squeeze", "axis", batched({1, 3}), {-2}, batched({3})),
      plainly("Squeeze", "all", plain({1, 3, 1}), plain({3})),
      with_ints("Unsqueeze", "two", batched({3}), {1, -1}, batched({1, 3, 1})),
      with_ints("Expand", "rank", plain({3, 1}), {2, 3, 4}, plain({2, 3, 4})),
      with_ints("Expand", "one_target", batched({1, 3}), {1, 4, 1}, batched({4, 3})),
      plainly("Transpose", "default", batched({3, 4}), {{4, false}, {3, false}, {1, true}}),
      plainly("Transpose", "heads", batched({2, 3, 4}), batched({3, 4, 2}), {{"perm", List{0, 2, 3, 1}}}),
      plainly("Transpose", "size_one", batched({1, 4}), batched({4, 1}), {{"perm", List{0, 2, 1}}}),
      slice("step1", batched({3, 6}), {1}, {4}, {1}),
      slice("negative", batched({2, 4}), {-3, 1}, {-1, 5}, {1, 2}),
      slice("beyond", batched({5, 2}), {4}, {1000}, {-1}),
      slice("step2", batched({5, 3}), {0}, {6}, {2}, {2}),
      slice("step4", batched({5, 2}), {1}, {6}, {2}, {4}),
      slice("reversed", batched({5, 6}), {-1}, {INT64_MIN}, {2}, {-1}),
      slice("backwards", batched({2, 2}), {4, 5}, {0, 1}, {1, 2}, {-2, -3}),
      slice("whole_batch", batched({5, 2}), {0, 2}, {INT64_MAX, 4}, {0, 2}),
      {"Slice", "first_samples",
       [](CaseGraph& g) {
         const ValueId x = g.build.reshape(g.input(batched({3, 4})), {{3, true}, {4, false}});
         const ValueId end = g.build.shape_vector({{2, true}});
         g.node("Slice", {x, g.ints({0}), end, g.ints({0})}, {{2, true}, {4, false}});
       }},
      with_ints("Tile", "middle", batched({2, 3}), {1, 3, 1}, batched({6, 3})),
      with_ints("Tile", "several", plain({2, 3}), {2, 2}, plain({4, 6})),
      plainly("Trilu", "upper", batched({3, 4}), batched({3, 4})),
      {"Trilu", "lower",
       [](CaseGraph& g) {
         g.node("Trilu", {g.input(batched({3, 4})), g.ints({}, {1})}, batched({3, 4}), {{"upper", 0L}});
       }},
      plainly("DepthToSpace", "dcr", batched({8, 2, 3}), batched({2, 4, 6}), {{"blocksize", 2L}}),
      plainly("DepthToSpace", "crd", batched({8, 2, 3}), batched({2, 4, 6}), {{"blocksize", 2L}, {"mode", "CRD"}}),
      plainly("SpaceToDepth", "", batched({2, 4, 6}), batched({8, 2, 3}), {{"blocksize", 2L}}),
  };
  add_parts(cases);
  add_padding(cases);
  add_resizes(cases);
  return cases;
}

}  // namespace pellucid::tests
