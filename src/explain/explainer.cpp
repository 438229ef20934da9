#include "explain/explainer.hpp"

#include <algorithm>
#include <cmath>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "explain/chunks.hpp"
#include "explain/fed_tokens.hpp"
#include "explain/hints_note.hpp"
#include "explain/perturb/features.hpp"
#include "explain/precision_gap.hpp"
#include "explain/quantised.hpp"
#include "explain/rows.hpp"
#include "explain/sampling.hpp"
#include "explain/spaces.hpp"
#include "explain/stopwatch.hpp"
#include "explain/target_rows.hpp"
#include "explain/unread.hpp"
#include "graph/onnx/marked_rows.hpp"
#include "methods/settle.hpp"

namespace pellucid::explain {
namespace {

/// The method's scores are of the stream's tokens, not of the model's input.
bool scores_tokens(const Resolved& resolved) {
  const auto& needs = resolved.method->needs;
  if (resolved.options.has("at")) return resolved.options.word("at") == "tokens";
  return std::any_of(needs.begin(), needs.end(), [](methods::Need need) {
    return need == methods::Need::kAttention || need == methods::Need::kStream || need == methods::Need::kTokens;
  });
}

}  // namespace

Explainer::Explainer(Model::State& state, const Request& request) : state_(state), request_(request) {
  const Stopwatch watch;
  resolved_ = resolve_method(request);
  const std::string wanted_stream = resolved_.options.has("stream") ? resolved_.options.word("stream") : "tokens";
  prepared_ = &state.prepare(request.inputs, wanted_stream);
  check_read(*prepared_, resolved_);
  stream_ = &choose_stream(*prepared_, resolved_);
  read_text_profile();
  check_needs(*prepared_, *stream_, resolved_);
  PELLUCID_CHECK(prepared_->anatomy.head.logits != graph::kNone, kUnsupported,
                 "the model has no floating-point output to explain");
  batch_ = batch_of(state.file.inputs(), request.inputs, wanted_stream);
  resolve_targets();
  const bool by_token = index_tokens(prepared_->graph, prepared_->anatomy, *stream_, resolved_.spaces);
  methods::settle(*resolved_.method, prepared_->graph, *stream_, resolved_.options, by_token);
  if (resolved_.method->perturb != nullptr) settle_features(state, *prepared_, *stream_, request, by_token, resolved_);
  check_adaptive();
  change_feeding();
  note_cancelling_sums();
  add_notes();
  compile_seconds_ = watch.seconds();
}

/// What a reader of the scores must know of the model.
void Explainer::add_notes() {
  const Prepared& prepared = *prepared_;
  std::vector<std::string> notes{hints_note(state_.options.anatomy),
                                 scores_tokens(resolved_) ? bypass_note(*stream_, prepared.graph) : "",
                                 scores_note(prepared, state_.file, state_.options.anatomy), unread_note(prepared)};
  if (prepared.unread.empty()) notes.push_back(quantised_note(state_.file));
  for (std::string& note : notes)
    if (!note.empty()) resolved_.notes.push_back(std::move(note));
}

/// The authors' values differ on text; that the stream is one is known only now.
void Explainer::read_text_profile() {
  const graph::ValueId input = prepared_->graph.find(stream_->input);
  if (input == graph::kNone || prepared_->graph.is_float(input)) return;
  methods::Profile authors = resolved_.method->authors_text;
  for (auto& [name, value] : authors.values)
    if (value == "L-1") value = std::to_string(stream_->blocks.size() - 1);
  resolved_.options = read_options(request_, *resolved_.method, resolved_.rules, authors);
}

void Explainer::change_feeding() {
  if (!changes_feeding(resolved_.options)) return;
  const auto at = stream_ - prepared_->anatomy.streams.data();
  changed_ = with_feeding(*prepared_, resolved_.options, state_.special_tokens());
  prepared_ = &changed_;
  stream_ = &changed_.anatomy.streams.at(static_cast<std::size_t>(at));
  resolved_.notes.emplace_back(
      "the forward pass that is explained is another than the one that is fed (mask_special, token_types): its scores "
      "are not the model's own");
}

/// Whether a norm that subtracts the mean is all that reads a value, sums on the way to it aside.
bool Explainer::is_normalised(graph::ValueId value) const {
  const graph::Graph& graph = prepared_->graph;
  while (value != graph::kNone) {
    const std::vector<graph::NodeId> readers = graph.consumers(value);
    if (readers.size() != 1) return false;
    const graph::Node& node = graph.node(readers.front());
    if (node.op == "LayerNormalization") return true;
    if (node.op != "Add") return false;
    value = node.outputs[0];
  }
  return false;
}

/// Where every norm subtracts the mean, adding one number to a whole token changes nothing: the gradient of a token
/// adds up to 0 over its width, exactly.
void Explainer::note_cancelling_sums() {
  const methods::ResolvedOptions& options = resolved_.options;
  const bool signed_saliency = (resolved_.method->name == "saliency" && !options.flag("abs")) ||
                               (resolved_.method->name == "smoothgrad" && options.word("base") == "saliency");
  const bool summed = options.has("at") && options.word("at") != "input" && options.word("reduce") == "sum";
  if (!signed_saliency || !summed) return;
  const auto subtracts_mean = [this](const anatomy::Block& block) {
    const graph::Node* norm = prepared_->graph.producer(block.attention_input);
    return block.pre_norm && norm != nullptr && norm->op == "LayerNormalization";
  };
  const auto& blocks = stream_->blocks;
  const bool words = options.word("at") == "word_embeddings";
  const bool cancels = words ? is_normalised(anatomy::find_word_table(prepared_->graph).output)
                             : !blocks.empty() && std::all_of(blocks.begin(), blocks.end(), subtracts_mean);
  if (cancels)
    resolved_.notes.push_back(fmt::format(
        "on this model the signed gradient of a token adds up to 0 over its width, whatever the input: what "
        "is shown is rounding; take --option {}reduce=l2, or {}",
        words && resolved_.method->name == "smoothgrad" ? "base=input-x-gradient or " : "",
        words ? "another method" : "at=input"));
}

ProgramSpec Explainer::spec(std::int64_t targets) const {
  ProgramSpec made;
  made.method = resolved_.method;
  made.options = &resolved_.options;
  made.rules = resolved_.rules;
  made.precision = resolved_.precision;
  made.targets = targets;
  made.spaces = resolved_.spaces;
  made.top_targets = resolved_.targets.empty();
  made.watch_saturation = resolved_.method->walks && resolved_.rules == "gradient" &&
                          methods::gives_signed_scores(*resolved_.method, resolved_.options);
  return made;
}

std::optional<methods::SamplingPlan> Explainer::plan(std::int64_t steps) const {
  if (resolved_.method->plan == nullptr) return std::nullopt;
  graph::Graph scratch = prepared_->graph;
  graph::Builder build(scratch);
  const methods::Context context(build, prepared_->anatomy, *stream_, resolved_.options, resolved_.target_count);
  return resolved_.method->plan(context, steps);
}

Explanation Explainer::run() {
  Explanation explanation = frame();
  if (request_.before_run) request_.before_run(outline());
  const Stopwatch watch;
  const double compiled = compile_seconds_;
  if (const auto first = plan(0))
    first->adaptive_steps ? run_adaptive_plan(*first, explanation) : run_plan(*first, explanation);
  else if (resolved_.method->perturb != nullptr)
    run_perturbation(explanation);
  else if (resolved_.method->contrast_weights != nullptr)
    run_contrast(explanation);
  else
    run_program(explanation);
  join_walks(explanation);
  check_marked_rows(explanation);
  finish(explanation);
  explanation.timing.run_seconds = watch.seconds() - (compile_seconds_ - compiled);
  explanation.timing.compile_seconds = compile_seconds_;
  if (request_.measure_forward) time_forward(explanation);
  return explanation;
}

/// Where the file's own nodes would mix the samples of a batch up, the scores are not the model's.
void Explainer::check_marked_rows(const Explanation& explanation) const {
  constexpr double kClose = 1e-3;
  if (batch_ < 2 || !graph::reads_marked_rows(prepared_->graph) || prepared_ == &changed_) return;
  const std::string output = prepared_->graph.value(prepared_->anatomy.head.output).name;
  const Tensor untouched = state_.untouched_session().run(request_.inputs, {output}).at(output);
  PELLUCID_CHECK(relative_difference(explanation.logits, answer_rows(*prepared_, untouched, request_.inputs)) < kClose,
                 kBadInput,
                 "the model mixes the samples of this batch up: it looks for marked tokens (such as the ends of "
                 "sentences), and the samples have different numbers of them; explain them one at a time");
}

/// The second pass counts: the first one makes room.
void Explainer::time_forward(Explanation& explanation) const {
  const run::Session& session = state_.untouched_session();
  const std::vector<std::string> outputs{prepared_->graph.value(prepared_->anatomy.head.output).name};
  const Tensor untouched = session.run(request_.inputs, outputs).at(outputs[0]);
  const Stopwatch watch;
  (void)session.run(request_.inputs, outputs);
  explanation.timing.forward_seconds = watch.seconds();
  if (state_.file.quantised().empty() || !prepared_->unread.empty() || prepared_ == &changed_) return;
  const double gap = relative_difference(explanation.logits, answer_rows(*prepared_, untouched, request_.inputs));
  explanation.certificate.notes.push_back(fmt::format(
      "the scores of the dequantised graph are {:.2g} of the largest away from the quantised model's own", gap));
}

}  // namespace pellucid::explain

namespace pellucid {

Explanation Model::explain(const Request& request) {
  Explanation explanation = state_->advising(request, [&] {
    explain::Explainer explainer(*state_, request);
    return state_->blaming_input(request.inputs, [&explainer] { return explainer.run(); });
  });
  if (!request.check_precision) return explanation;
  Request exact = request;
  exact.precision = "float64";
  exact.check_precision = exact.measure_forward = false;
  exact.before_run = nullptr;
  explanation.certificate.gaps.push_back(explain::precision_gap(explanation, explain(exact)));
  return explanation;
}

}  // namespace pellucid
