#include <numeric>

#include "graph/passes/fused/activation_of.hpp"
#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {
namespace {

/// An operand of FusedMatMul as MatMul takes it. `batch`: its first axis belongs behind the batch axes; `last`: its
/// last two axes are swapped.
ValueId untransposed(Builder& build, ValueId x, bool batch, bool last) {
  const std::int64_t rank = build.rank(x);
  if (rank < 2) return x;
  std::vector<std::int64_t> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  if (batch) {
    order.erase(order.begin());
    order.insert(order.end() - 1, 0);
  }
  if (last) std::swap(order[order.size() - 1], order[order.size() - 2]);
  return build.transpose(x, order);
}

/// The attributes of Gemm among those of FusedGemm.
std::map<std::string, Attribute> gemm_attributes(const Node& node) {
  std::map<std::string, Attribute> kept;
  for (const char* name : {"alpha", "beta", "transA", "transB"})
    if (const auto found = node.attributes.find(name); found != node.attributes.end()) kept.insert(*found);
  return kept;
}

}  // namespace

void fused_matmul(FusedNode& at) {
  const auto flag = [&](const char* name) { return at.integer(name, 0) != 0; };
  const ValueId a = untransposed(at.build, at.required(0), flag("transBatchA"), flag("transA"));
  const ValueId b = untransposed(at.build, at.required(1), flag("transBatchB"), flag("transB"));
  const ValueId product = at.build.op("MatMul", {a, b}, at.output_dims(0), at.build.type(a));
  at.give(0, at.build.mul_scalar(product, at.number("alpha", 1)));
}

void fused_gemm(FusedNode& at) {
  std::vector<ValueId> inputs{at.required(0), at.required(1)};
  if (at.has(2)) inputs.push_back(at.input(2));
  const ValueId product =
      at.build.op("Gemm", inputs, at.output_dims(0), at.build.type(inputs[0]), gemm_attributes(at.node));
  std::vector<float> parameters;
  for (const char* name : {"activation_alpha", "activation_beta"})
    if (has_attribute(at.node, name)) parameters.push_back(static_cast<float>(at.number(name, 0)));
  at.give(0, activation_of(at, product, parameters));
}

}  // namespace pellucid::graph::fused
