#include <fmt/format.h>

#include "explain/explainer.hpp"
#include "explain/fed_tokens.hpp"
#include "explain/stopwatch.hpp"

namespace pellucid::explain {
namespace {

std::string options_key(const Resolved& resolved) {
  std::string key = resolved.method->name + "@" + resolved.rules + "@" + precision_name(resolved.precision);
  for (const auto& [name, value] : resolved.options.all()) {
    key += ";" + name + "=";
    std::visit(
        [&key](const auto& held) {
          using T = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<T, std::string>)
            key += held;
          else if constexpr (std::is_arithmetic_v<T>)
            key += fmt::format("{}", held);
          else if constexpr (std::is_same_v<T, NumberMap>)
            for (const auto& [part, number] : held) key += fmt::format("{}:{},", part, number);
          else
            for (const auto& item : held) key += fmt::format("{},", item);
        },
        value);
  }
  return key;
}

}  // namespace

std::string Explainer::key(std::int64_t targets) const {
  std::string text = task_name(state_.task) + "|" +
                     preparation_key(state_.file.inputs(), request_.inputs, stream_->name, !prepared_->batch_free) +
                     "|" + options_key(resolved_) + "|" + std::to_string(targets) +
                     (resolved_.targets.empty() ? "|top" : "|");
  for (const std::string& space : resolved_.spaces) text += space + ",";
  if (changes_feeding(resolved_.options))
    for (const std::int64_t id : state_.special_tokens().ids) text += fmt::format("|{}", id);
  return text;
}

const LoadedProgram& Explainer::program(std::int64_t targets) {
  const std::string name = key(targets);
  if (const auto at = state_.programs.find(name); at != state_.programs.end()) return at->second;
  const Stopwatch watch;
  const std::string kept_as = "program|" + name;
  std::optional<graph::WrittenGraph> written = state_.cache.find(kept_as);
  if (!written) {
    written = graph::write_graph(compile_method(prepared_->graph, prepared_->anatomy, *stream_, spec(targets)).graph);
    state_.cache.keep(kept_as, *written);
  }
  LoadedProgram loaded = state_.load_program(*written, "the compiled program of " + resolved_.method->name);
  compile_seconds_ += watch.seconds();
  return state_.programs.emplace(name, std::move(loaded)).first->second;
}

const LoadedSplit& Explainer::split(graph::ValueId at, std::int64_t targets) {
  const std::string name = key(targets) + "|" + prepared_->graph.value(at).name;
  if (const auto found = state_.splits.find(name); found != state_.splits.end()) return found->second;
  const Stopwatch watch;
  std::optional<graph::WrittenGraph> upstream = state_.cache.find("upstream|" + name),
                                     gradient = state_.cache.find("gradient|" + name);
  if (!upstream || !gradient) {
    const SplitPrograms made = compile_split(prepared_->graph, prepared_->anatomy, at, spec(targets));
    upstream = graph::write_graph(made.upstream.graph);
    gradient = graph::write_graph(made.gradient.graph);
    state_.cache.keep("upstream|" + name, *upstream);
    state_.cache.keep("gradient|" + name, *gradient);
  }
  LoadedSplit loaded;
  loaded.at = prepared_->graph.value(at).name;
  loaded.upstream = state_.load_program(*upstream, "the forward part of " + resolved_.method->name);
  loaded.gradient = state_.load_program(*gradient, "the gradient program of " + resolved_.method->name);
  compile_seconds_ += watch.seconds();
  return state_.splits.emplace(name, std::move(loaded)).first->second;
}

}  // namespace pellucid::explain
