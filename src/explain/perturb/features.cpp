#include "explain/perturb/features.hpp"

#include <algorithm>

#include "anatomy/word_table.hpp"
#include "base/check.hpp"
#include "explain/perturb/array_shape.hpp"
#include "explain/rows.hpp"
#include "methods/perturbation/perturbation_options.hpp"

namespace pellucid::explain {
namespace {

std::vector<double> numbers(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// The window that occludes and its steps, where they weren't given.
void settle_windows(const Shape& window, const Shape& steps, methods::ResolvedOptions& options) {
  for (const auto& [name, otherwise] : {std::pair{"sliding_window_shapes", window}, {"strides", steps}})
    if (options.has(name) && methods::integers_of(options, name).empty()) options.set(name, numbers(otherwise));
}

/// Images are occluded by squares of 16 pixels in steps of a patch, other inputs element by element.
void settle_array_windows(const ArrayShape& shape, const TokenLayout& layout, methods::ResolvedOptions& options) {
  constexpr std::int64_t kSquare = 16;
  Shape window(shape.places.size(), 1), steps = window;
  if (shape.image) {
    window = {std::min(kSquare, shape.places[0]), std::min(kSquare, shape.places[1])};
    steps = {kSquare, kSquare};
    if (layout.rows > 0)
      steps = {std::max<std::int64_t>(1, static_cast<std::int64_t>(layout.patch_height)),
               std::max<std::int64_t>(1, static_cast<std::int64_t>(layout.patch_width))};
  }
  settle_windows(window, steps, options);
}

bool says(const methods::ResolvedOptions& options, const std::string& name, const std::string& value) {
  return options.has(name) && options.is_word(name) && options.word(name) == value;
}

/// Whether the method's own masks say what of other inputs is replaced together.
bool groups_texts_only(const methods::Method& method) {
  return std::any_of(method.options.begin(), method.options.end(), [](const methods::OptionSpec& spec) {
    return spec.name == "features" && std::count(spec.words.begin(), spec.words.end(), "elements") == 0;
  });
}

void settle_text(Model::State& state, const Prepared& prepared, graph::ValueId ids, const Request& request,
                 bool by_token, methods::ResolvedOptions& options) {
  const bool known = state.special_tokens().mask.has_value();
  if (says(options, "baselines", "")) options.set("baselines", std::string(known ? "mask" : "pad"));
  const std::string by = options.word("baselines");
  PELLUCID_CHECK(by == "mask" || by == "pad" || by == "delete", kUsage,
                 "option baselines={}: of a text's tokens mask, pad or delete is expected", by);
  PELLUCID_CHECK(by != "mask" || known, kUnsupported,
                 "option baselines=mask: the model's files name no mask token; use baselines=pad");
  PELLUCID_CHECK(by != "delete" || anatomy::find_mask(prepared.graph, ids) != graph::kNone, kUnsupported,
                 "option baselines=delete: the model has no input that masks tokens (attention_mask), which a shorter "
                 "text needs; use baselines=pad");
  PELLUCID_CHECK(by != "delete" || !by_token, kUsage,
                 "option baselines=delete: the target indexes a token, and deleting others moves it; use "
                 "baselines=mask or baselines=pad");
  settle_windows({1}, {1}, options);
  if (says(options, "features", "")) options.set("features", std::string(request.texts.empty() ? "tokens" : "words"));
  if (!options.has("features")) return;
  const std::string features = options.word("features");
  PELLUCID_CHECK(features == "tokens" || features == "words", kUsage,
                 "option features={}: of a text tokens or words is expected", features);
  PELLUCID_CHECK(features != "words" || !request.texts.empty(), kUsage,
                 "option features=words: the input is token ids, whose words aren't known; give --text, or use "
                 "features=tokens");
}

void settle_array(const Prepared& prepared, const anatomy::Stream& stream, graph::ValueId input, const Request& request,
                  Resolved& resolved) {
  methods::ResolvedOptions& options = resolved.options;
  if (says(options, "baselines", "")) options.set("baselines", std::string("0"));
  const std::string by = options.word("baselines");
  PELLUCID_CHECK(by != "mask" && by != "pad" && by != "delete", kUnsupported,
                 "option baselines={}: it is for texts; use 0, black, mean, blur or a file", by);
  PELLUCID_CHECK(by != "black" || request.black.size() > 0, kUsage,
                 "option baselines=black needs an image (--image) and how it is prepared");
  const Shape& fed = request.inputs.at(prepared.graph.value(input).name).shape();
  settle_array_windows(ArrayShape(Shape(fed.begin() + 1, fed.end())), stream.layout, options);
  if (!options.has("features")) return;
  if (groups_texts_only(*resolved.method)) {
    PELLUCID_CHECK(
        says(options, "features", ""), kUsage,
        "method '{}', option features={}: it is for texts; masks of other inputs are drawn element by element",
        resolved.method->name, options.word("features"));
    return options.set("features", std::string("elements"));
  }
  const bool image = prepared.graph.rank(input) == 4, patches = image && stream.layout.rows > 0;
  if (says(options, "features", ""))
    options.set("features", std::string(patches ? "tokens" : image ? "grid" : "elements"));
  const std::string features = options.word("features");
  PELLUCID_CHECK(features != "words", kUsage, "option features=words: the input '{}' is no text",
                 prepared.graph.value(input).name);
  PELLUCID_CHECK(features != "tokens" || patches, kUnsupported,
                 "option features=tokens: no grid of patches was found in the model; use features={}",
                 image ? "grid" : "elements");
  PELLUCID_CHECK(image || features == "elements" || features == "tokens", kUsage,
                 "option features={}: the input '{}' is no image; use features=elements", features,
                 prepared.graph.value(input).name);
}

}  // namespace

graph::ValueId changed_input(const Prepared& prepared, const anatomy::Stream& stream) {
  const graph::Graph& graph = prepared.graph;
  if (const graph::ValueId own = graph.find(stream.input); !stream.input.empty() && own != graph::kNone) return own;
  if (const graph::ValueId ids = anatomy::find_word_table(graph).ids; ids != graph::kNone) return ids;
  const auto found = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                                  [&graph](graph::ValueId input) { return graph.is_float(input); });
  PELLUCID_CHECK(found != graph.inputs.end(), kUnsupported,
                 "the model has no input to change: none holds floating-point numbers, and no table that token ids "
                 "look up was found");
  return *found;
}

void settle_features(Model::State& state, const Prepared& prepared, const anatomy::Stream& stream,
                     const Request& request, bool by_token, Resolved& resolved) {
  methods::ResolvedOptions& options = resolved.options;
  if (says(options, "kernel_width", "")) options.set("kernel_width", says(options, "kernel", "captum") ? 1.0 : 25.0);
  if (!options.has("baselines")) return;
  const graph::ValueId input = changed_input(prepared, stream);
  if (input == anatomy::find_word_table(prepared.graph).ids)
    settle_text(state, prepared, input, request, by_token, options);
  else
    settle_array(prepared, stream, input, request, resolved);
}

std::unique_ptr<Features> make_features(const Explainer& explainer) {
  if (explainer.resolved().method->suppresses_keys) return key_features(explainer);
  const graph::ValueId input = changed_input(explainer.prepared(), explainer.stream());
  const bool text = input == anatomy::find_word_table(explainer.prepared().graph).ids;
  return text ? text_features(explainer) : array_features(explainer);
}

Tensor repeated(const Tensor& tensor, std::size_t batch, std::int64_t sample, std::int64_t count) {
  graph::Dims dims = graph::fixed(tensor.shape());
  dims[batch] = {1, true};
  return take_samples(tensor, dims, std::vector<std::int64_t>(static_cast<std::size_t>(count), sample));
}

TensorMap repeated_sample(const Explainer& explainer, std::int64_t sample, std::int64_t count) {
  const Prepared& prepared = explainer.prepared();
  TensorMap rows;
  for (const auto& [name, tensor] : explainer.request().inputs) {
    const graph::ValueId id = prepared.graph.find(name);
    const bool counts =
        id != graph::kNone && !prepared.graph.dims(id).empty() &&
        (prepared.batch_free ? prepared.graph.dims(id)[0].per_batch : tensor.shape()[0] == explainer.batch());
    rows[name] = counts ? repeated(tensor, 0, sample, count) : tensor;
  }
  return rows;
}

}  // namespace pellucid::explain
