#include "explain/reference_states.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"
#include "explain/chunks.hpp"
#include "explain/rows.hpp"
#include "explain/text_inputs.hpp"
#include "graph/builder.hpp"
#include "graph/passes/keep_exact.hpp"
#include "graph/passes/lower_to_double.hpp"
#include "graph/passes/unround_roots.hpp"
#include "graph/passes/widen.hpp"

namespace pellucid::explain {
namespace {

constexpr const char* kHidden = "hidden_states";  ///< [batch, tokens, L·width]

const anatomy::Stream& stream_of(const Prepared& prepared, const std::string& name) {
  for (const anatomy::Stream& stream : prepared.anatomy.streams)
    if (stream.name == name || prepared.anatomy.streams.size() == 1) return stream;
  fail(ErrorCode::kUnsupported, "the stream '{}' was not found for the references' lengths", name);
}

/// The forward pass up to what enters the last block.
graph::Graph forward_graph(const Prepared& prepared, const std::string& stream, methods::Precision precision) {
  graph::Graph graph = prepared.graph;
  graph::Builder build(graph);
  std::vector<graph::ValueId> inputs;
  for (const anatomy::Block& block : stream_of(prepared, stream).blocks) inputs.push_back(block.input);
  const graph::ValueId joined = build.concat(inputs, 2);
  const graph::ValueId named = build.op("Identity", {joined}, build.dims(joined), build.type(joined));
  graph.rename(named, kHidden);
  graph.outputs = {named};
  graph.prune();
  if (precision == methods::Precision::kFloat32) return graph;
  graph::widen(graph);
  graph::unround_roots(graph);
  graph::lower_to_double(graph);
  graph::keep_exact(graph);
  return graph;
}

const LoadedProgram& forward(Model::State& state, const Prepared& prepared, const TensorMap& tensors,
                             const std::string& stream, methods::Precision precision) {
  const std::string name = "hidden states|" + std::to_string(static_cast<int>(precision)) + "|" + stream + "|" +
                           preparation_key(state.file.inputs(), tensors, stream, !prepared.batch_free);
  if (const auto at = state.programs.find(name); at != state.programs.end()) return at->second;
  LoadedProgram loaded = state.load_program(graph::write_graph(forward_graph(prepared, stream, precision)),
                                            "the references' forward pass");
  return state.programs.emplace(name, std::move(loaded)).first->second;
}

/// The first of these samples, as many as fit, run: [samples, tokens, L·width].
Tensor run_some(Model::State& state, TensorMap tensors, const std::string& stream, methods::Precision precision,
                std::uint64_t held) {
  const Prepared& prepared = state.prepare(tensors, stream);
  const LoadedProgram& loaded = forward(state, prepared, tensors, stream, precision);
  const std::int64_t all = tensors.at("input_ids").shape()[0];
  const std::int64_t rows = rows_that_fit(loaded.program.graph, prepared.batch_free ? all : 1, state.options.memory,
                                          "a reference's forward pass", {held, 0});
  if (prepared.batch_free)
    for (auto& [name, tensor] : tensors) tensor = cut(tensor, 0, 0, rows);
  return loaded.session->run(tensors, {kHidden}).at(kHidden);
}

/// The texts' indices, the shortest first: texts of one length share a run without padding.
std::vector<std::size_t> by_length(const std::vector<TokenizedText>& texts) {
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&texts](std::size_t a, std::size_t b) { return texts[a].tokens.size() < texts[b].tokens.size(); });
  return order;
}

}  // namespace

std::vector<Tensor> hidden_states_of(Model::State& state, const std::vector<TokenizedText>& texts,
                                     const std::string& stream, methods::Precision precision, std::int64_t most_tokens,
                                     std::uint64_t held) {
  std::vector<Tensor> states(texts.size());
  const std::vector<std::size_t> order = by_length(texts);
  const std::int64_t at_once = fixed_batch(state) >= 0 ? fixed_batch(state) : kLargestChunk;
  for (std::size_t first = 0; first < order.size();) {
    std::vector<TokenizedText> some;
    for (std::size_t i = first; i < order.size() && std::ssize(some) < at_once; ++i) some.push_back(texts[order[i]]);
    if (fixed_batch(state) >= 0) some.resize(static_cast<std::size_t>(at_once), some.back());
    const Tensor hidden = run_some(state, text_tensors(state, some), stream, precision, held);
    for (std::int64_t i = 0; i < hidden.shape()[0] && first < order.size(); ++i, ++first) {
      const auto tokens = static_cast<std::int64_t>(texts[order[first]].tokens.size());
      const Tensor one = cut(cut(hidden, 0, i, 1), 1, 0, std::min(tokens, most_tokens));
      states[order[first]] = one.reshaped({one.shape()[1], one.shape()[2]});
    }
  }
  return states;
}

}  // namespace pellucid::explain
