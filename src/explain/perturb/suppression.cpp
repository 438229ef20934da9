#include "explain/perturb/suppression.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"
#include "graph/builder.hpp"

namespace pellucid::explain {
namespace {

using graph::ValueId;

/// Whether a value is made from another in a few steps.
bool is_made_from(const graph::Graph& graph, ValueId value, ValueId from, int steps) {
  if (value == from) return true;
  const graph::Node* node = value == graph::kNone || steps == 0 ? nullptr : graph.producer(value);
  return node != nullptr && std::any_of(node->inputs.begin(), node->inputs.end(),
                                        [&](ValueId input) { return is_made_from(graph, input, from, steps - 1); });
}

/// q·kᵀ: [batch, heads, queries, keys], or with the heads folded into the batch axis.
ValueId product_of(const graph::Graph& graph, const anatomy::AttentionSite& site) {
  constexpr int kSteps = 6;
  if (site.q == graph::kNone || site.k == graph::kNone) return graph::kNone;
  for (const graph::NodeId id : graph.consumers(site.q)) {
    const graph::Node& node = graph.node(id);
    if (node.op != "MatMul" || node.inputs[0] != site.q) continue;
    const graph::Dims& dims = graph.dims(node.outputs[0]);
    const bool fits = (dims.size() == 3 || dims.size() == 4) && dims.back() == graph::Dim{site.keys, false};
    if (fits && is_made_from(graph, node.inputs[1], site.k, kSteps)) return node.outputs[0];
  }
  return graph::kNone;
}

/// The factors of the keys in the dims of a product, queries and heads alike.
ValueId factors_for(graph::Builder& build, ValueId factors, const graph::Dims& product) {
  const graph::Dim batch = build.dims(factors)[0], keys = build.dims(factors)[1];
  const ValueId row = build.reshape(factors, {batch, {1, false}, {1, false}, keys});
  if (product.size() == 4) return row;
  const graph::Dim heads{product[0].per_batch ? product[0].size : product[0].size / batch.size, false};
  return build.reshape(build.expand(row, {batch, heads, {1, false}, keys}), {product[0], {1, false}, keys});
}

std::vector<anatomy::AttentionSite> sites_on(const anatomy::Stream& stream) {
  std::vector<anatomy::AttentionSite> sites;
  for (const anatomy::Block& block : stream.blocks) sites.push_back(block.site);
  if (!stream.decoder) return sites;
  for (const anatomy::AttentionSite& site : stream.decoder->sites)
    if (!site.self) sites.push_back(site);
  return sites;
}

}  // namespace

graph::Graph with_suppression(const Prepared& prepared, const anatomy::Stream& stream) {
  graph::Graph graph = prepared.graph;
  graph::Builder build(graph);
  build.set_source("pellucid");
  const graph::Dim batch = build.dims(stream.tokens)[0];
  const ValueId factors =
      graph.add_input(kSuppression, build.type(stream.tokens), {batch, {stream.token_count, false}});
  std::set<ValueId> done;
  std::size_t place = 0;
  for (const anatomy::AttentionSite& site : sites_on(stream)) {
    const ValueId product = site.keys == stream.token_count ? product_of(graph, site) : graph::kNone;
    PELLUCID_CHECK(product != graph::kNone, kUnsupported,
                   "method 'atman' doesn't work on this model: the product of queries and keys of attention {} ({} "
                   "keys, {} tokens) was not found; kernel-shap and occlusion need none",
                   place, site.keys, stream.token_count);
    ++place;
    if (!done.insert(product).second) continue;
    const std::vector<graph::NodeId> readers = graph.consumers(product);
    const ValueId scaled = build.mul(product, factors_for(build, factors, build.dims(product)));
    for (const graph::NodeId reader : readers)
      for (ValueId& input : graph.node(reader).inputs)
        if (input == product) input = scaled;
  }
  return graph;
}

}  // namespace pellucid::explain
