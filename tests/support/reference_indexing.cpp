#include <algorithm>
#include <stdexcept>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

std::int64_t whole(double value) { return static_cast<std::int64_t>(value); }

std::int64_t wrapped(double index, std::int64_t size) {
  const std::int64_t at = whole(index);
  return at < 0 ? at + size : at;
}

Shape joined(const Shape& a, const Shape& b) {
  Shape out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

Shape part(const Shape& shape, std::size_t begin, std::size_t end) {
  return {shape.begin() + static_cast<std::ptrdiff_t>(begin), shape.begin() + static_cast<std::ptrdiff_t>(end)};
}

Outputs gather(const Call& call) {
  const TensorD &x = call.in(0), &indices = call.in(1);
  const std::size_t axis = call.axis(0);
  const Shape before = part(x.shape, 0, axis), behind = part(x.shape, axis + 1, x.rank());
  TensorD out = filled(joined(joined(before, indices.shape), behind), 0);
  for_each_index(out.shape, [&](const Shape& at) {
    const Shape which = part(at, axis, axis + indices.rank());
    Shape from = part(at, 0, axis);
    from.push_back(wrapped(element(indices, which), x.shape[axis]));
    element(out, at) = element(x, joined(from, part(at, axis + indices.rank(), at.size())));
  });
  return {out};
}

Outputs gather_elements(const Call& call) {
  const TensorD &x = call.in(0), &indices = call.in(1);
  const std::size_t axis = call.axis(0);
  TensorD out = filled(indices.shape, 0);
  for_each_index(indices.shape, [&](const Shape& at) {
    Shape from = at;
    from[axis] = wrapped(element(indices, at), x.shape[axis]);
    element(out, at) = element(x, from);
  });
  return {out};
}

/// The place in the data that a row of `indices` names, behind `leading` shared coordinates.
Shape named_place(const TensorD& indices, const Shape& row, const Shape& data, std::size_t leading) {
  Shape place = part(row, 0, leading);
  for (std::int64_t i = 0; i < indices.shape.back(); ++i)
    place.push_back(wrapped(element(indices, joined(row, {i})), data[place.size()]));
  return place;
}

Outputs gather_nd(const Call& call) {
  const TensorD &x = call.in(0), &indices = call.in(1);
  const auto leading = static_cast<std::size_t>(call.attribute("batch_dims", 0));
  const Shape rows = part(indices.shape, 0, indices.rank() - 1);
  const std::size_t named = leading + static_cast<std::size_t>(indices.shape.back());
  TensorD out = filled(joined(rows, part(x.shape, named, x.rank())), 0);
  for_each_index(out.shape, [&](const Shape& at) {
    const Shape place = named_place(indices, part(at, 0, rows.size()), x.shape, leading);
    element(out, at) = element(x, joined(place, part(at, rows.size(), at.size())));
  });
  return {out};
}

void write(double& to, double value, const std::string& reduction) {
  if (reduction == "add")
    to += value;
  else if (reduction == "none")
    to = value;
  else
    throw std::logic_error("Scatter: this reduction is unknown here");
}

Outputs scatter_nd(const Call& call) {
  TensorD out = call.in(0);
  const TensorD &indices = call.in(1), &updates = call.in(2);
  const std::size_t rows = indices.rank() - 1;
  for_each_index(updates.shape, [&](const Shape& at) {
    const Shape place = named_place(indices, part(at, 0, rows), out.shape, 0);
    write(element(out, joined(place, part(at, rows, at.size()))), element(updates, at), call.text("reduction", "none"));
  });
  return {out};
}

Outputs scatter_elements(const Call& call) {
  TensorD out = call.in(0);
  const TensorD &indices = call.in(1), &updates = call.in(2);
  if (indices.shape != updates.shape) throw std::logic_error("ScatterElements: updates have another shape");
  const std::size_t axis = call.axis(0);
  for_each_index(indices.shape, [&](const Shape& at) {
    Shape to = at;
    to[axis] = wrapped(element(indices, at), out.shape[axis]);
    write(element(out, to), element(updates, at), call.text("reduction", "none"));
  });
  return {out};
}

Outputs top_k(const Call& call) {
  const TensorD& x = call.in(0);
  const std::size_t axis = call.axis(-1);
  const std::int64_t k = whole_numbers(call.in(1)).at(0);
  const bool largest = call.attribute("largest", 1) != 0;
  Shape shape = x.shape, outer = x.shape;
  shape[axis] = k;
  outer[axis] = 1;
  TensorD values = filled(shape, 0), indices = filled(shape, 0);
  for_each_index(outer, [&](const Shape& base) {
    std::vector<std::pair<double, std::int64_t>> found;
    Shape at = base;
    for (at[axis] = 0; at[axis] < x.shape[axis]; ++at[axis])
      found.emplace_back(largest ? -element(x, at) : element(x, at), at[axis]);
    std::sort(found.begin(), found.end());
    for (at[axis] = 0; at[axis] < k; ++at[axis]) {
      const auto& [value, index] = found.at(static_cast<std::size_t>(at[axis]));
      element(values, at) = largest ? -value : value;
      element(indices, at) = static_cast<double>(index);
    }
  });
  return {values, indices};
}

Outputs reverse_sequence(const Call& call) {
  const auto time = static_cast<std::size_t>(call.attribute("time_axis", 0)),
             batch = static_cast<std::size_t>(call.attribute("batch_axis", 1));
  TensorD out = call.in(0);
  for_each_index(out.shape, [&](const Shape& at) {
    const std::int64_t length = whole(call.in(1).data.at(static_cast<std::size_t>(at[batch])));
    Shape from = at;
    if (at[time] < length) from[time] = length - 1 - at[time];
    element(out, at) = element(call.in(0), from);
  });
  return {out};
}

Outputs one_hot(const Call& call) {
  const TensorD &indices = call.in(0), &values = call.in(2);
  const std::int64_t depth = whole_numbers(call.in(1)).at(0), rank = static_cast<std::int64_t>(indices.rank());
  const std::int64_t axis =
      call.attribute("axis", -1) < 0 ? call.attribute("axis", -1) + rank + 1 : call.attribute("axis", -1);
  Shape shape = indices.shape;
  shape.insert(shape.begin() + axis, depth);
  TensorD out = filled(shape, 0);
  for_each_index(shape, [&](const Shape& at) {
    Shape where = at;
    where.erase(where.begin() + axis);
    const bool hot = wrapped(element(indices, where), depth) == at[static_cast<std::size_t>(axis)];
    element(out, at) = values.data.at(hot ? 1 : 0);
  });
  return {out};
}

Outputs shape(const Call& call) {
  const Shape& own = call.in(0).shape;
  const auto rank = static_cast<std::int64_t>(own.size());
  const std::int64_t start = wrapped(static_cast<double>(call.attribute("start", 0)), rank);
  const std::int64_t end = std::min(wrapped(static_cast<double>(call.attribute("end", rank)), rank), rank);
  TensorD out = filled({end - start}, 0);
  for (std::int64_t i = start; i < end; ++i)
    out.data[static_cast<std::size_t>(i - start)] = static_cast<double>(own[static_cast<std::size_t>(i)]);
  return {out};
}

Outputs range(const Call& call) {
  TensorD out;
  for (double at = call.in(0).data.at(0); at < call.in(1).data.at(0); at += call.in(2).data.at(0))
    out.data.push_back(at);
  out.shape = {static_cast<std::int64_t>(out.data.size())};
  return {out};
}

}  // namespace

const OperatorTable& indexing_operators() {
  static const OperatorTable kTable = {
      {"Gather", gather},
      {"GatherElements", gather_elements},
      {"GatherND", gather_nd},
      {"OneHot", one_hot},
      {"Range", range},
      {"ReverseSequence", reverse_sequence},
      {"ScatterElements", scatter_elements},
      {"ScatterND", scatter_nd},
      {"Shape", shape},
      {"TopK", top_k},
  };
  return kTable;
}

}  // namespace pellucid::tests
