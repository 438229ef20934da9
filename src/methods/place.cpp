#include "methods/place.hpp"

#include "anatomy/sample_axis.hpp"
#include "base/check.hpp"

namespace pellucid::methods {

using graph::Dim;
using graph::Dims;
using graph::ValueId;

Place place_of(const graph::Graph& graph, ValueId output, const Dim& batch, std::int64_t tokens) {
  const Dims& dims = graph.dims(output);
  Place place;
  // A batch that is fixed comes first.
  const std::size_t samples = anatomy::sample_axis(dims).value_or(0);
  PELLUCID_ASSERT(!dims.empty());
  if (dims[samples].per_batch != batch.per_batch || dims[samples].size % batch.size != 0)
    return {.samples_known = false, .tokens_known = false};
  place.sample_axis = samples + 1;
  place.rest = dims[samples].size / batch.size;
  const std::optional<bool> lead = batch.per_batch ? anatomy::samples_lead(graph, output) : true;
  place.lead = lead.value_or(true);
  int candidates = 0;
  bool other = place.rest > 1;
  for (std::size_t i = 0; i + 1 < dims.size(); ++i) {
    if (i == samples) continue;
    other = other || dims[i].size > 1;
    if (dims[i] != Dim{tokens, false}) continue;
    place.token_axis = static_cast<std::int64_t>(i) + (place.rest > 1 && i > samples ? 2 : 1);
    ++candidates;
  }
  if (candidates == 0 && place.rest == tokens && tokens > 1) {
    place.token_axis = static_cast<std::int64_t>(samples) + 2;
    candidates = 1;
  }
  place.samples_known = lead.has_value();
  place.tokens_known = place.samples_known && (candidates == 1 || (candidates == 0 && !other));
  return place;
}

ValueId unfolded(graph::Builder& build, ValueId cotangent, const Place& place) {
  if (place.rest == 1) return cotangent;
  if (build.dims(cotangent)[place.sample_axis].per_batch)
    return anatomy::unfold_samples(build, cotangent, place.sample_axis, place.lead);
  Dims dims = build.dims(cotangent);
  dims[place.sample_axis].size /= place.rest;
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(place.sample_axis) + 1, Dim{place.rest, false});
  return build.reshape(cotangent, dims);
}

}  // namespace pellucid::methods
