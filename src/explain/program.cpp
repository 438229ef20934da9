#include "explain/program.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/check.hpp"
#include "explain/layout.hpp"
#include "explain/no_way.hpp"
#include "explain/spaces.hpp"
#include "explain/target_rows.hpp"
#include "graph/passes/keep_exact.hpp"
#include "graph/passes/lower_to_double.hpp"
#include "graph/passes/narrow.hpp"
#include "graph/passes/slice_rows.hpp"
#include "graph/passes/unround_roots.hpp"
#include "graph/passes/widen.hpp"
#include "methods/rule_set_options.hpp"
#include "methods/saturation.hpp"
#include "methods/totals.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::explain {
namespace {

using graph::ValueId;

constexpr const char* kSeed = "seed:";

/// Compiles onto a copy of the model's graph.
class Compiler {
 public:
  Compiler(const graph::Graph& model, const anatomy::Anatomy& anatomy, const ProgramSpec& spec)
      : anatomy_(anatomy),
        spec_(spec),
        rules_(propagate::make_rule_set(spec.rules, methods::rule_options(spec.rules, *spec.options))) {
    result_.graph = model;
  }

  graph::Graph& graph() { return result_.graph; }
  graph::Builder& build() { return build_; }

  /// The targets' tensors, rows that nobody reads left out where `keep` allows it.
  void add_spaces(const std::set<ValueId>& keep) {
    if (spec_.top_targets) {
      spaces_.push_back(anatomy_.head.logits);
    } else {
      for (const std::string& key : spec_.spaces) spaces_.push_back(space_value(build_, anatomy_, key));
    }
    std::vector<ValueId> roots = spaces_;
    roots.push_back(anatomy_.head.logits);
    graph::slice_rows(graph(), roots, keep);
    logits_ = roots.back();
    roots.pop_back();
    spaces_ = roots;
  }

  void add_seeds() {
    walk_begin_ = static_cast<graph::NodeId>(graph().node_count());
    if (spec_.top_targets) return add_top_seeds();
    for (std::size_t i = 0; i < spaces_.size(); ++i) {
      const graph::Dims dims = graph::with_leading(spec_.targets, build_.dims(spaces_[i]));
      if (!spec_.built_in_seeds.empty()) {
        const ValueId seed = graph().add_constant(spec_.built_in_seeds.at(i), kSeed + spec_.spaces[i]);
        seeds_.push_back({spaces_[i], build_.expand(seed, dims)});
        continue;
      }
      const std::string name = kSeed + spec_.spaces[i];
      seeds_.push_back({spaces_[i], graph().add_input(name, build_.type(spaces_[i]), dims)});
    }
  }

  [[nodiscard]] std::vector<ValueId> space_values() const {
    std::vector<ValueId> values = spaces_;
    values.push_back(logits_);
    return values;
  }

  /// The spaces that the seeds are of, in their order.
  [[nodiscard]] std::vector<std::string> seeded_spaces() const {
    return spec_.top_targets ? std::vector<std::string>{"logits"} : spec_.spaces;
  }
  [[nodiscard]] const std::vector<propagate::Seed>& seeds() const { return seeds_; }
  [[nodiscard]] std::vector<methods::ContextSeed> context_seeds() const {
    std::vector<methods::ContextSeed> found;
    const std::vector<std::string> spaces = seeded_spaces();
    for (std::size_t i = 0; i < seeds_.size(); ++i) found.push_back({spaces.at(i), seeds_[i].cotangent});
    return found;
  }

  propagate::Walk walk(const std::vector<ValueId>& wanted) { return walk(rules_, wanted); }

  /// The rule set must outlive the walk.
  propagate::Walk walk(const propagate::RuleSet& rules, const std::vector<ValueId>& wanted) {
    propagate::Walk walk(build_, rules, spec_.targets);
    walk.run(seeds_, wanted);
    build_.set_source("pellucid");
    return walk;
  }

  /// y = Σ seed ⊙ space over everything but targets and samples: [K, batch].
  void add_target_values() {
    ValueId total = graph::kNone;
    for (const propagate::Seed& seed : seeds_) {
      const ValueId product = build_.mul(seed.cotangent, seed.value);
      std::vector<std::int64_t> axes;
      const std::int64_t samples = batch_axis(build_.dims(seed.value)) + 1;
      for (std::int64_t axis = 1; axis < build_.rank(product); ++axis)
        if (axis != samples) axes.push_back(axis);
      const ValueId value = build_.reduce_sum(product, axes, false);
      total = total == graph::kNone ? value : build_.add(total, value);
    }
    add_output(joined(total), kTargetValues);
  }

  /// Walks joined to targets: [K, …] -> [K', …].
  ValueId joined(ValueId of_walks) {
    if (spec_.joined.empty()) return of_walks;
    std::vector<double> flat;
    for (const std::vector<double>& row : spec_.joined) flat.insert(flat.end(), row.begin(), row.end());
    const auto targets = static_cast<std::int64_t>(spec_.joined.size());
    const Tensor weights({targets, spec_.targets}, flat);
    const ValueId constant = graph().add_rounded(weights, build_.type(of_walks), graph().fresh_name("joined_walks"));
    graph::Dims dims = build_.dims(of_walks);
    graph::Dim rest;
    for (std::size_t i = 1; i < dims.size(); ++i)
      rest = {rest.size * dims[i].size, rest.per_batch || dims[i].per_batch};
    dims[0].size = targets;
    return build_.reshape(build_.matmul(constant, build_.reshape(of_walks, {{spec_.targets, false}, rest})), dims);
  }

  void add_output(ValueId value, const std::string& name) {
    const ValueId named = build_.op("Identity", {value}, build_.dims(value), build_.type(value));
    graph().rename(named, name);
    outputs_.push_back(named);
  }
  void add_output_as_is(ValueId value) {
    if (std::find(outputs_.begin(), outputs_.end(), value) == outputs_.end()) outputs_.push_back(value);
  }
  void add_logits() { add_output(logits_, kLogits); }

  ProgramGraph finish() {
    graph().outputs = outputs_;
    graph().prune();
    set_precision();
    result_.seeds = seeds_of(graph());
    return std::move(result_);
  }

 private:
  /// What was emitted from add_seeds on is the walk; the nodes before are the forward pass.
  void set_precision() {
    if (spec_.precision == methods::Precision::kFloat32) return;
    const auto walk_end = static_cast<graph::NodeId>(graph().node_count());
    graph::widen(graph());
    graph::unround_roots(graph());
    if (spec_.precision == methods::Precision::kMixed) graph::narrow(graph(), walk_begin_, walk_end);
    graph::lower_to_double(graph());
    graph::keep_exact(graph());
  }

  /// The K most likely classes as one-hot seeds: [K, batch, classes].
  void add_top_seeds() {
    const ValueId logits = logits_;
    const graph::Dims dims = build_.dims(logits);
    PELLUCID_ASSERT(dims.size() == 2 && batch_axis(dims) == 0 && spec_.targets <= dims[1].size);
    graph::Node node;
    node.op = "TopK";
    node.inputs = {logits, build_.ints({spec_.targets})};
    node.attributes = {{"axis", std::int64_t{-1}}};
    const graph::Dims found{dims[0], {spec_.targets, false}};
    const graph::NodeId id = graph().add_node(node, {build_.type(logits), ElementType::kInt64}, {found, found});
    const ValueId classes = graph().node(id).outputs[1];
    const ValueId one_hot =
        build_.op("OneHot", {build_.transpose(classes, {1, 0}), build_.ints({dims[1].size}), off_on(logits)},
                  graph::with_leading(spec_.targets, dims), build_.type(logits), {{"axis", std::int64_t{-1}}});
    add_output(classes, kTopClasses);
    seeds_.push_back({logits, one_hot});
  }

  ValueId off_on(ValueId like) {
    const Tensor values(Shape{2}, std::vector<double>{0.0, 1.0});
    return graph().add_constant(values.cast(build_.type(like)), graph().fresh_name("off_on"));
  }

  const anatomy::Anatomy& anatomy_;
  const ProgramSpec& spec_;
  const propagate::RuleSet rules_;
  ProgramGraph result_;
  graph::Builder build_{result_.graph};
  ValueId logits_ = graph::kNone;
  graph::NodeId walk_begin_ = 0;
  std::vector<ValueId> spaces_, outputs_;
  std::vector<propagate::Seed> seeds_;
};

/// Values that the model's inputs reach, or that `from` reaches.
std::vector<bool> reached(const graph::Graph& graph, const std::vector<ValueId>& from) {
  std::vector<bool> found(graph.value_count(), false);
  for (const ValueId id : from) found[static_cast<std::size_t>(id)] = true;
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    const bool depends = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
      return input != graph::kNone && found[static_cast<std::size_t>(input)];
    });
    if (!depends) continue;
    for (const ValueId output : node.outputs)
      if (output != graph::kNone) found[static_cast<std::size_t>(output)] = true;
  }
  return found;
}

/// The batch is read off `at` instead of a model input: the gradient program's batch is its own.
void count_batch_on(graph::Graph& graph, ValueId at) {
  if (graph.dims(at).empty() || graph.dims(at)[0] != graph::Dim{1, true}) return;
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    graph::Node& node = graph.node(static_cast<graph::NodeId>(n));
    if (node.removed || node.op != "Shape" || graph.value(node.inputs[0]).kind != graph::ValueKind::kInput) continue;
    const bool batch_alone = graph::int_attribute(node, "start", 0) == 0 && graph::int_attribute(node, "end", -1) == 1;
    if (batch_alone && graph.dims(node.inputs[0])[0] == graph::Dim{1, true}) node.inputs[0] = at;
  }
}

/// What nodes behind `at` read that neither `at` nor the weights alone determine.
std::vector<ValueId> frontier_of(const graph::Graph& graph, ValueId at, const std::vector<ValueId>& roots) {
  const std::vector<bool> behind = reached(graph, {at}), dependent = reached(graph, graph.inputs);
  graph::Graph needed = graph;
  needed.outputs = roots;
  needed.prune();
  std::set<ValueId> found;
  for (const graph::NodeId id : needed.order()) {
    const graph::Node& node = needed.node(id);
    const bool after = std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId output) {
      return output != graph::kNone && behind[static_cast<std::size_t>(output)];
    });
    if (!after) continue;
    for (const ValueId input : node.inputs) {
      if (input == graph::kNone || input == at || behind[static_cast<std::size_t>(input)]) continue;
      if (dependent[static_cast<std::size_t>(input)]) found.insert(input);
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace

std::vector<SeedInput> seeds_of(const graph::Graph& program) {
  std::vector<SeedInput> seeds;
  for (const ValueId input : program.inputs)
    if (const std::string& name = program.value(input).name; name.starts_with(kSeed))
      seeds.push_back({name.substr(std::strlen(kSeed)), name, program.dims(input)});
  return seeds;
}

ProgramGraph compile_method(const graph::Graph& model, const anatomy::Anatomy& anatomy, const anatomy::Stream& stream,
                            const ProgramSpec& spec) {
  Compiler compiler(model, anatomy, spec);
  methods::Context context(compiler.build(), anatomy, stream, *spec.options, spec.targets);
  const bool by_token = index_tokens(compiler.graph(), anatomy, stream, compiler.seeded_spaces());
  context.set_by_token(by_token);
  std::vector<ValueId> wanted;
  if (spec.method->walks) wanted = spec.method->wanted(context);
  const auto& needs = spec.method->needs;
  const bool reads_rows = std::find(needs.begin(), needs.end(), methods::Need::kReadOut) != needs.end();
  std::vector<ValueId> gradients;
  if (spec.method->wanted_gradients != nullptr) gradients = spec.method->wanted_gradients(context);
  if (reads_rows && context.row_by_gradient()) (gradients.empty() ? wanted : gradients).push_back(context.read_from());
  std::set<ValueId> keep(wanted.begin(), wanted.end());
  keep.insert(gradients.begin(), gradients.end());
  if (spec.method->whole != nullptr) {
    const std::vector<ValueId> whole = spec.method->whole(context);
    keep.insert(whole.begin(), whole.end());
  }
  compiler.add_spaces(keep);
  const bool keeps = spec.method->walks && methods::keeps_total(spec.rules) && !stream.blocks.empty();
  const auto biases = keeps ? methods::countable_biases(context) : std::nullopt;
  compiler.add_seeds();
  context.set_seeds(compiler.context_seeds());
  if (by_token)
    context.set_target_rows(target_rows(compiler.graph(), anatomy, stream, compiler.seeded_spaces(), compiler.seeds()));
  propagate::Walk walk = compiler.walk(wanted);
  const propagate::RuleSet ordinary = propagate::make_rule_set("gradient");
  std::optional<propagate::Walk> beside;
  if (!gradients.empty()) beside.emplace(compiler.walk(ordinary, gradients));
  context.set_walks(&walk, beside ? &*beside : nullptr);
  const bool reached = std::any_of(wanted.begin(), wanted.end(), [&](ValueId id) { return context.reached(id); });
  if (!wanted.empty() && !reached) fail(ErrorCode::kUnsupported, "{}", why_no_way(model, ordinary, wanted.front()));
  const ValueId raw = spec.method->read_out(context);
  const bool contrasts = spec.method->contrast_weights != nullptr;
  const ValueId token_scores = contrasts ? raw : finish_scores(context, raw);
  compiler.add_output(compiler.joined(token_scores), kTokenScores);
  const ValueId content = content_scores(context, token_scores);
  compiler.add_output(compiler.joined(content != graph::kNone ? content : token_scores), kScores);
  if (contrasts) compiler.add_output(spec.method->contrast_weights(context), kContrastWeights);
  compiler.add_target_values();
  const ValueId totals = biases ? methods::totals(context, spec.rules, *biases) : graph::kNone;
  const bool loses = totals != graph::kNone && spec.rules == "chefer" && methods::loses_relevance(context);
  if (totals != graph::kNone) compiler.add_output(totals, loses ? kTotalsWithLoss : kTotals);
  const ValueId told = spec.watch_saturation ? methods::told_by_gradient(context) : graph::kNone;
  if (told != graph::kNone) compiler.add_output(told, kTold);
  compiler.add_logits();
  return compiler.finish();
}

ProgramGraph compile_forward(const graph::Graph& model, const anatomy::Anatomy& anatomy, const ProgramSpec& spec) {
  Compiler compiler(model, anatomy, spec);
  compiler.add_spaces({});
  compiler.add_seeds();
  compiler.add_target_values();
  compiler.add_logits();
  return compiler.finish();
}

SplitPrograms compile_split(const graph::Graph& model, const anatomy::Anatomy& anatomy, ValueId at,
                            const ProgramSpec& spec) {
  SplitPrograms split;
  split.at = model.value(at).name;
  ProgramSpec seeded = spec;
  if (spec.top_targets) {
    seeded.top_targets = false;
    seeded.spaces = {"logits"};
  }
  Compiler gradient(model, anatomy, seeded);
  gradient.add_spaces({at});
  std::vector<ValueId> frontier;
  if (model.value(at).kind != graph::ValueKind::kInput) {
    gradient.graph().make_input(at);
    count_batch_on(gradient.graph(), at);
    std::vector<ValueId> roots = gradient.space_values();
    frontier = frontier_of(gradient.graph(), at, roots);
    for (const ValueId id : frontier)
      if (gradient.graph().value(id).kind != graph::ValueKind::kInput) gradient.graph().make_input(id);
  }
  gradient.add_seeds();
  const propagate::Walk walk = gradient.walk({at});
  const ValueId cotangent = walk.cotangent(at);
  if (cotangent == graph::kNone)
    fail(ErrorCode::kUnsupported, "{}", why_no_way(model, propagate::make_rule_set("gradient"), at));
  gradient.add_output(cotangent, kGradient);
  gradient.add_target_values();
  split.gradient = gradient.finish();

  Compiler upstream(model, anatomy, spec);
  upstream.add_spaces({at});
  if (spec.top_targets) upstream.add_seeds();
  upstream.add_output_as_is(at);
  for (const ValueId id : frontier) {
    split.frontier.push_back(split.gradient.graph.value(id).name);
    upstream.add_output_as_is(id);
  }
  upstream.add_logits();
  split.upstream = upstream.finish();
  return split;
}

}  // namespace pellucid::explain
