#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "base/check.hpp"
#include "render/comparison_html.hpp"
#include "render/comparison_record.hpp"
#include "render/png_overlay.hpp"
#include "render/terminal.hpp"
#include "render/terminal_comparison.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  RequestOptions request;
  OutputOptions output;
  std::vector<std::string> methods;
  bool no_curves = false;
};

/// What is needed beyond the explanations: a picture of panels has none of it.
bool wants_comparison(const std::vector<Output>& outputs, const GlobalOptions& global) {
  const auto panels = [](const Output& output) { return output.kind == "png"; };
  return global.json || outputs.empty() || !std::all_of(outputs.begin(), outputs.end(), panels);
}

std::string page(const std::vector<Explanation>& explanations, const Comparison& comparison,
                 const std::vector<Picture>& pictures, const OverlayOptions& overlay) {
  std::vector<HtmlEntry> entries;
  for (const Explanation& explanation : explanations) entries.push_back({explanation, pictures, ""});
  const std::size_t inputs = explanations.front().targets.front().samples.size();
  const std::string what =
      inputs == 1 ? render::sample_title(explanations.front(), 0) : fmt::format("{} inputs", inputs);
  return render_comparison_html(
      entries, comparison,
      fmt::format("{} · {} method{}", what, explanations.size(), explanations.size() == 1 ? "" : "s"), overlay,
      overlay.text_colours);
}

void write(const std::vector<Output>& outputs, const std::vector<Explanation>& explanations,
           const Comparison& comparison, const ModelInputs& inputs, const OverlayOptions& overlay,
           const Console& console) {
  std::vector<RenderedFile> files;
  for (const Output& output : outputs) {
    if (output.kind == "png") {
      files.push_back({output.path, render_comparison_png(explanations, inputs.pictures, overlay)});
    } else if (output.kind == "html") {
      files.push_back(text_file(output.path, page(explanations, comparison, inputs.pictures, overlay)));
    } else {
      files.push_back(text_file(output.path, comparison_record(explanations, comparison).dump() + "\n"));
    }
  }
  write_files(files, console);
}

void print(const std::vector<Explanation>& explanations, const Comparison& comparison, const OverlayOptions& overlay,
           const Console& console) {
  const TerminalOptions terminal = Console::terminal(overlay.text_colours);
  for (const Explanation& explanation : explanations) console.print(render_terminal(explanation, terminal) + "\n");
  console.print(render_comparison_terminal(explanations, comparison, terminal));
}

/// One explanation by each method. A page says of a method itself that its scores can't be drawn.
std::vector<Explanation> explain_all(const Options& options, const std::vector<MethodChoice>& choices,
                                     const std::vector<Output>& outputs, Request request, const ModelInputs& inputs,
                                     OpenedModel& opened, const GlobalOptions& global) {
  std::vector<Output> drawn = outputs;
  std::erase_if(drawn, [](const Output& output) { return output.kind == "html"; });
  const bool checked = !drawn.empty() || (outputs.empty() && !global.json);
  request.before_run = [&, checked](const Explanation& outline) {
    if (checked) require_showable(drawn, outline, inputs.pictures, options.output.look(), choices.size());
  };
  std::vector<Explanation> explanations;
  for (const MethodChoice& choice : choices) {
    request.method = choice.method;
    request.rules = choice.rules;
    explanations.push_back(opened.explain(request, inputs));
  }
  return explanations;
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const auto choices = parse_methods(options.methods);
  const auto outputs = options.output.outputs({"png", "html", "json"}, options.input);
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  require_pictures(outputs, inputs.pictures);
  const Request request = options.request.request(inputs, opened.model());
  const auto explanations = explain_all(options, choices, outputs, request, inputs, opened, global);
  Comparison comparison;
  if (wants_comparison(outputs, global)) {
    comparison = opened.model().compare(request, explanations, {.curves = !options.no_curves});
    opened.progress().clear();
  }
  write(outputs, explanations, comparison, inputs, options.output.look(), console);
  if (global.json)
    console.print_json(comparison_record(explanations, comparison), false);
  else if (outputs.empty())
    print(explanations, comparison, options.output.look(), console);
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  parameters.text_list(options->methods, {.name = "--methods",
                                          .value = "LIST",
                                          .help = "Methods by commas, each as METHOD or METHOD@RULES",
                                          .required = true,
                                          .offer = Offer::kMethodLists});
  parameters.flag(options->no_curves, {.name = "--no-curves",
                                       .help = "Leave out the deletion curves, which take some forward passes for "
                                               "every method and target"});
  options->request.declare_targets(parameters);
  options->request.declare_measurements(parameters);
  options->output.declare(parameters, ".png, .html or .json");
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command compare_command() {
  return {"compare", "Several methods side by side, in one picture or page", R"(
  pellucid compare --model my-vit --image cat.jpg --methods auto,attcat,chefer,rollout -o methods.png
  pellucid compare --model my-vit --image cat.jpg --methods attcat,cdam --target logit:cat --target logit:dog -o both.html)",
          declare};
}

}  // namespace pellucid::cli
