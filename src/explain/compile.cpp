#include "base/check.hpp"
#include "explain/explainer.hpp"
#include "explain/spaces.hpp"
#include "graph/onnx/write.hpp"

namespace pellucid {
namespace {

std::vector<std::string> names_of(const graph::Graph& graph, const std::vector<graph::ValueId>& ids) {
  std::vector<std::string> names;
  for (const graph::ValueId id : ids) names.push_back(graph.value(id).name + " " + graph::to_string(graph.dims(id)));
  return names;
}

CompiledProgram compiled(Model::State& state, const Request& request, const std::string& external_name) {
  const explain::Explainer explainer(state, request);
  const explain::Resolved& resolved = explainer.resolved();
  const std::optional<methods::SamplingPlan> plan = explainer.plan(0);
  PELLUCID_CHECK(!plan || !plan->adaptive_steps, kUnsupported,
                 "option n_steps=adaptive: which steps are taken depends on the input, which no program can hold; "
                 "compile writes single-pass methods, input-x-gradient for instance");
  PELLUCID_CHECK(!plan, kUnsupported,
                 "method '{}' averages many passes, which one program can't hold; compile writes single-pass methods",
                 resolved.method->name);
  PELLUCID_CHECK(resolved.method->perturb == nullptr, kUnsupported,
                 "method '{}' compares the scores of many changed inputs, which one program can't hold; compile writes "
                 "single-pass methods",
                 resolved.method->name);
  PELLUCID_CHECK(resolved.method->contrast_weights == nullptr, kUnsupported,
                 "method '{}' selects maps by further passes, which one program can't hold; compile writes single-pass "
                 "methods",
                 resolved.method->name);
  explain::ProgramSpec spec = explainer.spec(resolved.target_count);
  spec.watch_saturation = false;
  if (resolved.walks) spec.joined = resolved.walks->weights;
  graph::Graph scratch = explainer.prepared().graph;
  graph::Builder build(scratch);
  for (const std::string& space : resolved.spaces) {
    const graph::Dims& dims = scratch.dims(explain::space_value(build, explainer.prepared().anatomy, space));
    spec.built_in_seeds.push_back(explain::make_seed(resolved.targets, space, dims, {}).cast(ElementType::kFloat32));
  }
  const explain::ProgramGraph program =
      explain::compile_method(explainer.prepared().graph, explainer.prepared().anatomy, explainer.stream(), spec);
  std::string targets;
  for (const explain::Target& target : resolved.walks ? resolved.walks->asked : resolved.targets)
    targets += (targets.empty() ? "" : "; ") + target.spec;
  const graph::StandaloneGraph written = graph::write_standalone(
      program.graph, external_name,
      {{"pellucid.version", version()},
       {"pellucid.method", resolved.method->name},
       {"pellucid.rules", resolved.rules},
       {"pellucid.precision", explain::precision_name(resolved.precision)},
       {"pellucid.model_sha256", state.file.sha256()},
       {"pellucid.targets", targets.empty() ? "top " + std::to_string(resolved.target_count) : targets}});
  return {written.bytes, written.external, names_of(program.graph, program.graph.inputs),
          names_of(program.graph, program.graph.outputs)};
}

}  // namespace

CompiledProgram Model::compile(const Request& request, const std::string& external_name) {
  return state_->advising(request, [&] { return compiled(*state_, request, external_name); });
}

}  // namespace pellucid
