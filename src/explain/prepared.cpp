#include "explain/prepared.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "anatomy/hints.hpp"
#include "base/check.hpp"

namespace pellucid::explain {
namespace {

bool is_float(ElementType type) { return type == ElementType::kFloat32 || type == ElementType::kFloat64; }

std::string due_shape(const graph::InputSpec& spec) {
  std::string text = "[";
  for (std::size_t i = 0; i < spec.sizes.size(); ++i) {
    const std::string open = spec.symbols[i].empty() ? "any" : spec.symbols[i];
    text += (i == 0 ? "" : ", ") + (spec.sizes[i] < 0 ? open : std::to_string(spec.sizes[i]));
  }
  return text + "]";
}

void check_finite(const std::string& name, const Tensor& tensor) {
  if (tensor.type() == ElementType::kFloat32) {
    for (const float value : tensor.values<float>())
      PELLUCID_CHECK(std::isfinite(value), kBadInput, "input '{}' holds NaN or infinite values", name);
  } else if (tensor.type() == ElementType::kFloat64) {
    for (const double value : tensor.values<double>())
      PELLUCID_CHECK(std::isfinite(value), kBadInput, "input '{}' holds NaN or infinite values", name);
  }
}

void check_one(const graph::InputSpec& spec, const Tensor& tensor) {
  PELLUCID_CHECK(tensor.type() == spec.type, kBadInput, "input '{}' is {}, the model takes {}", spec.name,
                 element_name(tensor.type()), element_name(spec.type));
  bool fits = tensor.shape().size() == spec.sizes.size() && tensor.size() > 0;
  for (std::size_t i = 0; fits && i < spec.sizes.size(); ++i)
    fits = spec.sizes[i] < 0 || spec.sizes[i] == tensor.shape()[i];
  PELLUCID_CHECK(fits, kBadInput, "input '{}' has the shape {}, the model takes {}", spec.name,
                 to_string(tensor.shape()), due_shape(spec));
  check_finite(spec.name, tensor);
}

/// Axes to which the model gives one name have one size.
void check_shared_axes(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs) {
  struct Seen {
    std::string input;
    std::int64_t size;
  };
  std::map<std::string, Seen> axes;
  for (const graph::InputSpec& spec : specs) {
    const Shape& shape = inputs.at(spec.name).shape();
    for (std::size_t i = 0; i < spec.sizes.size(); ++i) {
      const std::string& symbol = spec.symbols[i];
      if (spec.sizes[i] >= 0 || symbol.empty()) continue;
      const Seen& first = axes.try_emplace(symbol, Seen{spec.name, shape[i]}).first->second;
      PELLUCID_CHECK(first.size == shape[i], kBadInput,
                     "input '{}' has size {} and input '{}' size {} along the axis '{}', which they share; give both "
                     "the same",
                     first.input, first.size, spec.name, shape[i], symbol);
    }
  }
}

/// The input that the batch is counted on.
const graph::InputSpec& primary(const std::vector<graph::InputSpec>& specs, const std::string& stream) {
  const bool text = stream == "text";
  for (const graph::InputSpec& spec : specs)
    if (is_float(spec.type) != text && !spec.sizes.empty()) return spec;
  return specs.front();
}

}  // namespace

void check_inputs(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs) {
  std::string names;
  for (const graph::InputSpec& spec : specs) names += (names.empty() ? "" : ", ") + spec.name;
  for (const auto& [name, tensor] : inputs) {
    const bool known =
        std::any_of(specs.begin(), specs.end(), [&n = name](const auto& spec) { return spec.name == n; });
    PELLUCID_CHECK(known, kBadInput, "the model has no input '{}'; it takes: {}", name, names);
  }
  for (const graph::InputSpec& spec : specs) {
    const auto at = inputs.find(spec.name);
    PELLUCID_CHECK(at != inputs.end(), kBadInput, "the model's input '{}' {} is missing; it takes: {}", spec.name,
                   due_shape(spec), names);
    check_one(spec, at->second);
  }
  check_shared_axes(specs, inputs);
}

std::vector<std::string> batched_inputs(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                                        const std::string& stream) {
  const graph::InputSpec& first = primary(specs, stream);
  if (first.sizes.empty() || first.sizes[0] >= 0) return {};
  std::vector<std::string> names;
  for (const graph::InputSpec& spec : specs) {
    if (spec.sizes.empty() || spec.sizes[0] >= 0) continue;
    // Exporters give every input its own symbol for one batch: the same count of samples decides then.
    const bool same_symbol = spec.symbols[0] == first.symbols[0];
    const bool same_kind = is_float(spec.type) == is_float(first.type);
    if (same_symbol || (same_kind && inputs.at(spec.name).shape()[0] == inputs.at(first.name).shape()[0]))
      names.push_back(spec.name);
  }
  return names;
}

std::int64_t batch_of(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs, const std::string& stream) {
  return inputs.at(primary(specs, stream).name).shape().at(0);
}

Specialised specialise(const graph::ModelFile& file, const TensorMap& inputs, const std::string& stream) {
  graph::Specialisation how;
  for (const auto& [name, tensor] : inputs) how.shapes[name] = tensor.shape();
  how.batched = batched_inputs(file.inputs(), inputs, stream);
  std::optional<graph::Graph> graph;
  if (!how.batched.empty()) graph = file.specialise(how);
  const bool batch_free = graph.has_value();
  if (!graph) {
    how.batched.clear();
    graph = file.specialise(how);
  }
  PELLUCID_ASSERT(graph.has_value());
  return {graph::write_graph(*graph), batch_free};
}

Prepared prepare(const Specialised& model, std::int64_t batch, anatomy::AnswerPosition answer,
                 const AnatomyHints& hints) {
  Prepared prepared;
  prepared.batch = batch;
  prepared.batch_free = model.batch_free;
  prepared.graph = graph::read_graph(model.written);
  const std::string vote = anatomy::choose_head(prepared.graph, hints.head);
  prepared.answer = anatomy::append_answer(prepared.graph, answer);
  prepared.anatomy = anatomy::find_anatomy(prepared.graph, prepared.answer.row, hints);
  if (!vote.empty()) prepared.anatomy.evidence.insert(prepared.anatomy.evidence.begin(), vote);
  return prepared;
}

Tensor answer_rows(const Prepared& prepared, const Tensor& output, const TensorMap& inputs) {
  const anatomy::Answer& answer = prepared.answer;
  if (answer.row == graph::kNone) return output;
  const std::int64_t batch = output.shape().at(0), tokens = output.shape().at(1), classes = output.shape().at(2);
  std::vector<double> mask;
  if (answer.mask != graph::kNone) mask = inputs.at(prepared.graph.value(answer.mask).name).to_doubles();
  const std::vector<double> all = output.to_doubles();
  std::vector<float> rows;
  for (std::int64_t b = 0; b < batch; ++b) {
    std::int64_t at = mask.empty() ? answer.position : tokens - 1;
    while (!mask.empty() && at > 0 && mask[static_cast<std::size_t>(b * tokens + at)] == 0) --at;
    const auto first = all.begin() + (b * tokens + at) * classes;
    rows.insert(rows.end(), first, first + classes);
  }
  return Tensor(Shape{batch, classes}, rows);
}

std::string preparation_key(const std::vector<graph::InputSpec>& specs, const TensorMap& inputs,
                            const std::string& stream, bool with_batch) {
  const std::vector<std::string> batched = batched_inputs(specs, inputs, stream);
  std::string key;
  for (const auto& [name, tensor] : inputs) {
    Shape shape = tensor.shape();
    const bool open = !with_batch && std::find(batched.begin(), batched.end(), name) != batched.end();
    if (open) shape[0] = -1;
    key += name + to_string(shape) + (open ? "*" : "");
  }
  return key;
}

}  // namespace pellucid::explain
