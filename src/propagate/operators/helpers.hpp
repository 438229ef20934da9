#pragma once

#include <string_view>
#include <vector>

#include "propagate/step.hpp"

/// Small pieces that several operators' rules share.
namespace pellucid::propagate::operators {

/// The derivative of an elementwise operator of one operand: gives input 0 the cotangent times `factor`, which has
/// no target axis and broadcasts against the input.
void give_scaled(Step& step, graph::ValueId factor);
/// Gives input 0 the cotangent where `condition` (bool, dims of the input) holds, and zero elsewhere.
void give_where(Step& step, graph::ValueId condition);
/// bool to 0 and 1 of the element type of `like`.
[[nodiscard]] graph::ValueId indicator(Step& step, graph::ValueId condition, graph::ValueId like);
/// Gives input 0 the cotangent under the input's own dims: for operators that only rename the axes.
void give_reshaped(Step& step);
/// The folded product of two axes; at most one may depend on the batch.
[[nodiscard]] graph::Dim product(const graph::Dim& a, const graph::Dim& b);
[[nodiscard]] graph::Dim product(const graph::Dims& dims, std::size_t begin, std::size_t end);
/// The axis' size, which must not depend on the batch; throws Error{kUnsupported} naming the node otherwise.
[[nodiscard]] std::int64_t fixed_size(const Step& step, const graph::Dim& dim, std::string_view what);
/// Throws Error{kUnsupported} where input i lies on a way back: the rule has no gradient for it.
void require_unwanted(const Step& step, std::size_t i, std::string_view role);
/// The cotangent with the targets behind the other axes, [value dims…, targets], and the way back from it.
[[nodiscard]] graph::ValueId targets_last(Step& step, graph::ValueId cotangent);
[[nodiscard]] graph::ValueId targets_first(Step& step, graph::ValueId cotangent);
/// The cotangent times a constant float64 matrix [out, in] along one of its axes, which has `out` elements.
[[nodiscard]] graph::ValueId times_matrix(Step& step, graph::ValueId cotangent, std::size_t axis, const Tensor& matrix);
/// An axis list moved behind the target axis: every axis made non-negative and raised by one.
[[nodiscard]] std::vector<std::int64_t> behind_targets(std::vector<std::int64_t> axes, std::int64_t rank);

}  // namespace pellucid::propagate::operators
