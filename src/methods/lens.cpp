#include "methods/lens.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/check.hpp"
#include "methods/requirements.hpp"

namespace pellucid::methods {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;

/// A copy of the nodes between two values that reads something else at the first.
class Tail {
 public:
  Tail(Context& context, ValueId from, std::int64_t rows) : build_(context.build), from_(from), rows_(rows) {}

  /// `instead`: what stands for `from`, or for what is selected of it. Throws Error{kUnsupported} on a node that reads
  /// what neither `from` nor weights determine.
  ValueId replay(ValueId to, ValueId instead, const std::set<ValueId>& replaced) {
    for (const ValueId id : replaced) copies_[id] = instead;
    return copy(to);
  }

 private:
  [[nodiscard]] bool depends(ValueId id) {
    if (id == from_) return true;
    const auto known = depends_.find(id);
    if (known != depends_.end()) return known->second;
    const graph::Node* node = build_.graph().producer(id);
    bool found = false;
    if (node != nullptr)
      for (const ValueId input : node->inputs) found = found || (input != graph::kNone && depends(input));
    return depends_[id] = found;
  }

  /// Several rows of a sample count as samples.
  [[nodiscard]] Dims scaled(Dims dims) const {
    if (!dims.empty() && (dims[0].per_batch || dims[0] == build_.dims(from_)[0])) dims[0].size *= rows_;
    return dims;
  }

  ValueId copy(ValueId id) {
    if (const auto made = copies_.find(id); made != copies_.end()) return made->second;
    if (!depends(id)) {
      const bool fixed = build_.graph().is_constant(id) || rows_ == 1;
      PELLUCID_CHECK(fixed || !per_sample(id), kUnsupported,
                     "the head reads '{}', which isn't made of the tokens: it can't be applied to other tokens",
                     build_.graph().value(id).name);
      return id;
    }
    PELLUCID_CHECK(id != from_, kUnsupported,
                   "the head reads the tokens in more than one way: it can't be applied to one token");
    const ValueId made = emit(*build_.graph().producer(id), id);
    copies_[id] = made;
    return made;
  }

  [[nodiscard]] bool per_sample(ValueId id) const {
    const Dims& dims = build_.dims(id);
    return std::any_of(dims.begin(), dims.end(), [](const Dim& dim) { return dim.per_batch; });
  }

  ValueId emit(graph::Node node, ValueId output) {
    if (node.op == "Reshape") return build_.reshape(copy(node.inputs[0]), scaled(build_.dims(output)));
    for (ValueId& input : node.inputs)
      if (input != graph::kNone) input = copy(input);
    std::vector<ElementType> types;
    std::vector<Dims> dims;
    std::size_t which = 0;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] == output) which = i;
      types.push_back(node.outputs[i] == graph::kNone ? build_.type(output) : build_.type(node.outputs[i]));
      dims.push_back(node.outputs[i] == graph::kNone ? Dims{} : scaled(build_.dims(node.outputs[i])));
    }
    const graph::NodeId id = build_.graph().add_node(node, types, dims);
    return build_.graph().node(id).outputs[which];
  }

  graph::Builder& build_;
  const ValueId from_;
  const std::int64_t rows_;
  std::map<ValueId, ValueId> copies_;
  std::map<ValueId, bool> depends_;
};

/// The tokens' one reader on the way to the scores, that takes a single row: [batch, 1, width].
ValueId selected_row(const Context& context) {
  const graph::Graph& graph = context.build.graph();
  const Dims& dims = graph.dims(context.stream.last);
  for (const graph::NodeId id : graph.consumers(context.stream.last)) {
    const graph::Node& node = graph.node(id);
    const Dims& part = graph.dims(node.outputs[0]);
    if (node.op == "Slice" && part.size() == 3 && part[0] == dims[0] && part[1] == Dim{1, false} && part[2] == dims[2])
      return node.outputs[0];
  }
  fail(ErrorCode::kUnsupported,
       "the row that the head reads is not taken from the last block's output alone: its end can't be applied to other "
       "tokens");
}

/// Seeds of a target made of scores: [K, batch, classes], summed over the tokens that it names.
ValueId class_weights(Context& context, const ContextSeed& seed) {
  graph::Builder& build = context.build;
  const std::int64_t rank = build.rank(seed.cotangent);
  if (rank == 3) return seed.cotangent;
  PELLUCID_ASSERT(rank == 4);
  return build.reduce_sum(seed.cotangent, {2}, false);
}

}  // namespace

OptionSpec lens_layer_option() {
  return {.name = "layer",
          .kind = OptionKind::kInteger,
          .otherwise = std::int64_t{-1},
          .words = {},
          .meaning = "block whose output is read; negative from the end"};
}

ValueId lens_hidden(const Context& context, const std::string& method) {
  require_one_token_axis(context, method);
  const std::int64_t given = context.options.integer("layer"), blocks = context.blocks();
  const std::int64_t layer = given < 0 ? blocks + given : given;
  PELLUCID_CHECK(layer >= 0 && layer < blocks, kUsage, "method '{}', option layer={}: the model has {} blocks", method,
                 given, blocks);
  return context.block(layer).output;
}

std::string why_no_class_lens(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                              const anatomy::Stream& stream) {
  if (stream.merged) return "it has no single token axis";
  if (stream.decoder) return "its answer is read from a decoder, not from these tokens";
  const auto& weights = stream.read_out.weights;
  if (why_no_logit_lens(graph, anatomy, stream).empty())
    return "every token has scores of its own already: use logit-lens";
  const bool one = std::count_if(weights.begin(), weights.end(), [](double weight) { return weight != 0; }) == 1;
  if (stream.read_out.kind == anatomy::ReadOutKind::kClassToken && one) return "";
  return "its head doesn't read one class token, so that what it makes of a single token isn't defined (read-out: " +
         stream.read_out.description + "); cat and attcat score tokens there";
}

std::string why_no_logit_lens(const graph::Graph& /*graph*/, const anatomy::Anatomy& anatomy,
                              const anatomy::Stream& stream) {
  if (stream.merged) return "it has no single token axis";
  if (stream.decoder) return "its answer is read from a decoder, not from these tokens";
  for (const anatomy::TokenOutput& each : stream.read_out.per_token)
    if (each.output == anatomy.head.output && each.axis == 1) return "";
  return "its first output has no scores for every token; class-lens reads the tokens of classifiers with a class "
         "token";
}

ValueId class_logits(Context& context, ValueId hidden) {
  graph::Builder& build = context.build;
  const ValueId row = selected_row(context), last = context.stream.last;
  const Dims dims = build.dims(hidden);
  const Dim folded{dims[0].size * dims[1].size, dims[0].per_batch};
  const ValueId rows = build.reshape(hidden, {folded, {1, false}, dims[2]});
  const ValueId logits = Tail(context, last, dims[1].size).replay(context.anatomy.head.logits, rows, {row});
  PELLUCID_CHECK(build.rank(logits) == 2, kUnsupported, "the model's scores are {}, not [batch, classes]",
                 graph::to_string(build.dims(context.anatomy.head.logits)));
  return build.reshape(logits, {dims[0], dims[1], build.dims(logits)[1]});
}

ValueId token_logits(Context& context, ValueId hidden) {
  return Tail(context, context.stream.last, 1).replay(context.anatomy.head.output, hidden, {context.stream.last});
}

ValueId lens_scores(Context& context, ValueId logits, const std::string& method) {
  graph::Builder& build = context.build;
  ValueId total = graph::kNone;
  const std::string own = "output:" + build.graph().value(context.anatomy.head.output).name;
  for (const ContextSeed& seed : context.seeds()) {
    ValueId values = logits;
    if (seed.space == "probabilities")
      values = build.softmax(logits, 2);
    else if (seed.space == "log_probabilities")
      values = build.op("LogSoftmax", {logits}, build.dims(logits), build.type(logits), {{"axis", std::int64_t{2}}});
    else
      PELLUCID_CHECK(seed.space == "logits" || seed.space == own, kUsage,
                     "method '{}' reads the scores of classes or words: a target on '{}' is none", method, seed.space);
    // [B, T, C] x [K, B, C, 1]
    const ValueId weights = build.unsqueeze(class_weights(context, seed), -1);
    total = context.plus(total, build.squeeze(build.matmul(values, weights), -1));
  }
  return context.without_padding(total);
}

}  // namespace pellucid::methods
