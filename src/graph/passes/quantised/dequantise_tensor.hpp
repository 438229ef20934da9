#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Which scale and zero point an element of a quantised tensor has.
struct Granularity {
  std::int64_t axis = 0;   ///< along which they differ, where there are several
  std::int64_t block = 0;  ///< neighbours along the axis that share one; 0: every index has its own
};

/// scale · (q − zero), computed in float64 and rounded once to float32. `zero` may be empty: 0. Throws
/// Error{kBadInput} naming `what` where the sizes don't fit.
[[nodiscard]] Tensor dequantise_tensor(const Tensor& q, const Tensor& scale, const std::optional<Tensor>& zero,
                                       const Granularity& granularity, const std::string& what);

/// Whole numbers of 2, 4 or 8 bits packed into bytes, the lowest bits first, one row of `count` numbers after the
/// other: [rows, bytes] -> [rows, count], uint8.
[[nodiscard]] Tensor unpack_bits(const Tensor& bytes, std::int64_t rows, std::int64_t count, std::int64_t bits,
                                 const std::string& what);

}  // namespace pellucid::graph
