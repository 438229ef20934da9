#include "explain/unread.hpp"

#include <algorithm>
#include <set>

#include "anatomy/hints.hpp"
#include "base/check.hpp"
#include "explain/rows.hpp"
#include "graph/opaque.hpp"

namespace pellucid::explain {
namespace {

ElementType in_graph(ElementType type) {
  return type == ElementType::kFloat16 || type == ElementType::kBFloat16 ? ElementType::kFloat32 : type;
}

/// The model between its inputs and its outputs.
class WholeModel {
 public:
  WholeModel(const run::Session& untouched, const graph::ModelFile& file, const TensorMap& inputs,
             const std::vector<std::string>& batched)
      : untouched_(untouched), file_(file), inputs_(inputs), batched_(batched) {}

  graph::Graph graph() const {
    graph::Graph graph;
    graph::Node node = graph::whole_model();
    for (const graph::InputSpec& spec : file_.inputs()) {
      graph::Dims dims = graph::fixed(inputs_.at(spec.name).shape());
      if (is_batched(spec.name)) dims[0] = {1, true};
      node.inputs.push_back(graph.add_input(spec.name, spec.type, dims));
    }
    std::vector<ElementType> types;
    std::vector<graph::Dims> dims;
    for (const run::ValueInfo& output : outputs()) {
      types.push_back(in_graph(output.type));
      dims.push_back(graph::fixed(output.shape));
      if (!batched_.empty() && !output.shape.empty() && output.shape[0] == 1) dims.back()[0] = {1, true};
    }
    const graph::NodeId id = graph.add_node(node, types, dims, file_.outputs());
    graph.outputs = graph.node(id).outputs;
    return graph;
  }

 private:
  [[nodiscard]] bool is_batched(const std::string& input) const {
    return std::find(batched_.begin(), batched_.end(), input) != batched_.end();
  }

  /// With the shapes of one sample where the batch is free.
  [[nodiscard]] std::vector<run::ValueInfo> outputs() const {
    std::vector<run::ValueInfo> declared = untouched_.outputs();
    bool open = false;
    for (run::ValueInfo& output : declared) {
      if (!batched_.empty() && !output.shape.empty() && output.shape[0] < 0) output.shape[0] = 1;
      open = open || output.shape.empty() ||
             std::any_of(output.shape.begin(), output.shape.end(), [](auto axis) { return axis < 0; });
    }
    if (!open) return declared;
    TensorMap sample = inputs_;
    for (const std::string& name : batched_) sample[name] = cut(inputs_.at(name), 0, 0, 1);
    const TensorMap given = untouched_.run(sample, file_.outputs());
    for (run::ValueInfo& output : declared) output.shape = given.at(output.name).shape();
    return declared;
  }

  const run::Session& untouched_;
  const graph::ModelFile& file_;
  const TensorMap& inputs_;
  const std::vector<std::string>& batched_;
};

}  // namespace

Prepared prepare_unread(const run::Session& untouched, const graph::ModelFile& file, const TensorMap& inputs,
                        const std::string& stream, anatomy::AnswerPosition answer, const AnatomyHints& hints,
                        const std::string& why) {
  const std::vector<std::string> batched = batched_inputs(file.inputs(), inputs, stream);
  Prepared prepared;
  prepared.unread = why;
  prepared.batch = batch_of(file.inputs(), inputs, stream);
  prepared.batch_free = !batched.empty();
  prepared.graph = WholeModel(untouched, file, inputs, batched).graph();
  anatomy::choose_head(prepared.graph, hints.head);
  prepared.answer = anatomy::append_answer(prepared.graph, answer);
  prepared.anatomy = anatomy::find_anatomy(prepared.graph, prepared.answer.row, hints);
  for (anatomy::Missing& missing : prepared.anatomy.missing) missing.why = why_unread(prepared);
  prepared.anatomy.evidence = {why_unread(prepared)};
  return prepared;
}

bool needs_scores_alone(const methods::Method& method) { return method.perturb != nullptr && !method.suppresses_keys; }

std::string why_unread(const Prepared& prepared) {
  return prepared.unread.empty() ? "" : "the model can't be read: " + prepared.unread;
}

std::string unread_note(const Prepared& prepared) {
  if (prepared.unread.empty()) return "";
  return why_unread(prepared) + "; all scores are the untouched model's own" +
         (prepared.batch_free ? ", which ran changed inputs one at a time" : "");
}

void cut_behind_model(graph::Graph& program) {
  std::set<graph::ValueId> outputs;
  for (const graph::NodeId id : program.order())
    if (graph::is_whole_model(program.node(id)))
      outputs.insert(program.node(id).outputs.begin(), program.node(id).outputs.end());
  for (const graph::ValueId id : outputs)
    if (id != graph::kNone && !program.consumers(id).empty()) program.make_input(id);
  program.prune();
}

}  // namespace pellucid::explain
