#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

using List = std::vector<std::int64_t>;

Case gather(const std::string& name, const Shape& index_shape, const List& indices, const Dims& out,
            std::int64_t axis) {
  return {"Gather", name, [=](CaseGraph& g) {
            g.node("Gather", {g.input(batched({4, 3})), g.ints(index_shape, indices)}, out, {{"axis", axis}});
          }};
}

Case scatter_nd(const std::string& name, const std::string& reduction) {
  return {"ScatterND", name, [=](CaseGraph& g) {
            const ValueId data = g.input(plain({4, 3})), updates = g.input(plain({2, 3}));
            g.node("ScatterND", {data, g.ints({2, 1}, {2, -4}), updates}, plain({4, 3}), {{"reduction", reduction}});
          }};
}

Case scatter_elements(const std::string& name, const std::string& reduction, const List& indices) {
  return {"ScatterElements", name, [=](CaseGraph& g) {
            const ValueId data = g.input(plain({2, 4})), updates = g.input(plain({2, 2}));
            g.node("ScatterElements", {data, g.ints({2, 2}, indices), updates}, plain({2, 4}),
                   {{"axis", -1L}, {"reduction", reduction}});
          }};
}

Case top_k(const std::string& name, std::int64_t axis, std::int64_t largest, const Dims& out) {
  return {"TopK", name, [=](CaseGraph& g) {
            const ValueId x = g.input(batched({3, 4}));
            const graph::Node node{"TopK", "", {x, g.ints({2})}, {}, {{"axis", axis}, {"largest", largest}}, ""};
            const graph::NodeId id = g.graph.add_node(node, {g.build.type(x), ElementType::kInt64}, {out, out});
            g.outputs.push_back(g.graph.node(id).outputs[0]);
          }};
}

Case reverse_sequence(const std::string& name, const Dims& x, const Attributes& attributes) {
  return {"ReverseSequence", name, [=](CaseGraph& g) {
            g.node("ReverseSequence", {g.input(x), g.ints({3, 2})}, x, attributes);
          }};
}

Case one_hot(const std::string& name, std::int64_t axis, const Dims& out) {
  return {"OneHot", name, [=](CaseGraph& g) {
            const ValueId indices = g.index_input(batched({3}), {0, 2, 1, 3, -1, 2});
            g.node("OneHot", {indices, g.ints({}, {4}), g.input(plain({2}))}, out, {{"axis", axis}});
          }};
}

}  // namespace

std::vector<Case> indexing_cases() {
  return {
      gather("scalar", {}, {1}, batched({3}), 1),
      gather("negative_scalar", {}, {-1}, batched({4}), 2),
      gather("run", {2}, {1, 2}, batched({2, 3}), 1),
      gather("all_reordered", {4}, {2, 0, 3, 1}, batched({4, 3}), -2),
      gather("some_reordered", {2, 1}, {3, 1}, batched({2, 1, 3}), 1),
      gather("repeated", {2, 3}, {0, 1, 1, -1, 2, 0}, batched({4, 2, 3}), 2),
      {"Gather", "first_axis",
       [](CaseGraph& g) {
         g.node("Gather", {g.input(plain({3, 2})), g.ints({4}, {2, 2, 0, 1})}, plain({4, 2}), {{"axis", 0L}});
       }},
      {"Gather", "run_time",
       [](CaseGraph& g) {
         const ValueId x = g.input(plain({5, 3}));
         g.node("Gather", {x, g.index_input(batched({3}), {4, 0, 1, 1, 4, 4})}, batched({3, 3}));
       }},
      {"Gather", "run_time_scalar",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({4, 3}));
         g.node("Gather", {x, g.index_input(plain({}), {2})}, batched({3}), {{"axis", 1L}});
       }},
      {"GatherElements", "",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({3, 2}));
         g.node("GatherElements", {x, g.index_input(batched({2, 2}), {0, 1, 0, 2, -1, 1, 1, 1})}, batched({2, 2}),
                {{"axis", 1L}});
       }},
      {"GatherND", "rows",
       [](CaseGraph& g) {
         const ValueId x = g.input(plain({3, 2, 2}));
         g.node("GatherND", {x, g.ints({3, 2}, {0, 1, 2, 0, 0, 1})}, plain({3, 2}));
       }},
      {"GatherND", "batch_coordinates",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({4, 3}));
         Dims rows{{1, true}, {2, false}};
         g.node("GatherND", {x, g.index_input(rows, {0, 3, 1, 2})}, batched({3}));
       }},
      {"GatherND", "batch_dims",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({4, 3}));
         g.node("GatherND", {x, g.index_input(batched({1}), {3, 1})}, batched({3}), {{"batch_dims", 1L}});
       }},
      {"GatherND", "fixed_batch_dims",
       [](CaseGraph& g) {
         const ValueId x = g.input(plain({2, 3, 4}));
         g.node("GatherND", {x, g.ints({2, 3, 2, 1}, {0, 1, 1, 1, 2, 3, 3, 0, 0, 0, 1, 2})}, plain({2, 3, 2}),
                {{"batch_dims", 2L}});
       }},
      top_k("largest", -1, 1, batched({3, 2})),
      top_k("smallest", 1, 0, batched({2, 4})),
      reverse_sequence("time_first", plain({4, 2, 3}), {{"time_axis", 0L}, {"batch_axis", 1L}}),
      reverse_sequence("batch_first", batched({4, 3}), {{"time_axis", 1L}, {"batch_axis", 0L}}),
      one_hot("last", -1, batched({3, 4})),
      one_hot("first", 0, {{4, false}, {1, true}, {3, false}}),
      scatter_nd("replace", "none"),
      scatter_nd("add", "add"),
      scatter_elements("replace", "none", {0, 2, 3, -3}),
      scatter_elements("add", "add", {0, 0, 3, 1}),
  };
}

}  // namespace pellucid::tests
