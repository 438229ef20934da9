#include "graph/passes/lowerings/lowerings.hpp"

namespace pellucid::graph::lowerings {
namespace {

ValueId matrix_constant(Builder& build, ValueId like, const Shape& shape, const std::vector<double>& elements) {
  return build.graph().add_constant(Tensor(shape, elements).cast(build.type(like)), build.graph().fresh_name("map"));
}

std::vector<double> transposed(const std::vector<double>& matrix, std::size_t rows) {
  const std::size_t columns = matrix.size() / rows;
  std::vector<double> out(matrix.size());
  for (std::size_t i = 0; i < matrix.size(); ++i) out[i % columns * rows + i / columns] = matrix[i];
  return out;
}

}  // namespace

ValueId along_axis(Builder& build, ValueId x, std::size_t axis, std::int64_t out, const std::vector<double>& matrix) {
  const Dims before = build.dims(x);
  const std::int64_t in = before.at(axis).size;
  if (axis + 1 == before.size())
    return build.matmul(x, matrix_constant(build, x, {in, out}, transposed(matrix, static_cast<std::size_t>(out))));
  // [lead…, in, rest…] -> [lead…, in, rest] -> [lead…, out, rest]
  Dims flat(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(axis) + 1), after = before;
  Dim rest;
  for (std::size_t i = axis + 1; i < before.size(); ++i)
    rest = {rest.size * before[i].size, rest.per_batch || before[i].per_batch};
  flat.push_back(rest);
  after[axis] = {out, false};
  return build.reshape(build.matmul(matrix_constant(build, x, {out, in}, matrix), build.reshape(x, flat)), after);
}

}  // namespace pellucid::graph::lowerings
