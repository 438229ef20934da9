#include "apps/pellucid/demo_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/pellucid/console.hpp"
#include "base/check.hpp"
#include "render/terminal.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

/// The most telling first.
constexpr std::array<const char*, 5> kMethods = {"fullgrad-plus", "attcat", "chefer", "integrated-gradients",
                                                 "rollout"};

std::string verdict(const std::vector<ClassScore>& classes, const std::string& truth) {
  const ClassScore& best = classes.front();
  if (best.label == truth)
    return fmt::format("The model is right: {} ({}).", truth, render::percent(best.probability.value_or(0)));
  return fmt::format("The model is wrong here: it says {} ({}); right is {}. Both are explained.", best.label,
                     render::percent(best.probability.value_or(0)), truth);
}

}  // namespace

ShownText show_text(OpenedModel& opened, const DemoText& text, std::vector<std::string>& skipped) {
  InputOptions options;
  options.text.texts = {text.text};
  ModelInputs inputs = read_inputs(opened.model(), options);
  const auto every = static_cast<std::int64_t>(std::max<std::size_t>(opened.model().labels().size(), 1));
  const std::vector<ClassScore> classes = opened.model().predict(inputs.tensors, every).top.front();
  Request request;
  request.inputs = inputs.tensors;
  request.texts = inputs.texts;
  for (const std::string& target : text.targets) request.targets.push_back("logit:" + target);
  ShownText shown;
  for (const char* method : kMethods) {
    request.method = method;
    try {
      shown.entries.push_back({opened.explain(request, inputs), {}, ""});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      const std::string line = fmt::format("{}: {}", method, error.what());
      if (std::find(skipped.begin(), skipped.end(), line) == skipped.end()) skipped.push_back(line);
    }
  }
  PELLUCID_CHECK(!shown.entries.empty(), kUnsupported, "no method of the demonstration suits its model");
  request.method = shown.entries.front().explanation.method;
  request.targets = {"logit:" + std::to_string(classes.front().index)};
  shown.terminal = verdict(classes, text.targets.front()) + "\n" +
                   render_terminal(opened.explain(request, inputs), Console::terminal());
  nlohmann::ordered_json methods = nlohmann::ordered_json::array();
  for (const HtmlEntry& entry : shown.entries) methods.push_back(entry.explanation.method);
  shown.report = {{"text", text.text},
                  {"targets", text.targets},
                  {"mistaken", classes.front().label != text.targets.front()},
                  {"methods", methods}};
  return shown;
}

}  // namespace pellucid::cli
