#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "base/check.hpp"
#include "render/html.hpp"
#include "render/png_overlay.hpp"
#include "render/record.hpp"
#include "render/terminal.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  RequestOptions request;
  OutputOptions output;
  std::vector<std::string> methods;
};

nlohmann::json records(const std::vector<Explanation>& explanations) {
  nlohmann::json list = nlohmann::json::array();
  for (const Explanation& explanation : explanations) list.push_back(record(explanation));
  return {{"explanations", std::move(list)}};
}

std::string page(const std::vector<Explanation>& explanations, const std::vector<Picture>& pictures,
                 const OverlayOptions& overlay) {
  std::vector<HtmlEntry> entries;
  for (const Explanation& explanation : explanations) entries.push_back({explanation, pictures, ""});
  return render_html(entries,
                     fmt::format("{} · {} methods", render::sample_title(explanations.front(), 0), explanations.size()),
                     overlay, overlay.text_colours);
}

void write(const std::vector<Output>& outputs, const std::vector<Explanation>& explanations, const ModelInputs& inputs,
           const OverlayOptions& overlay, const Console& console) {
  std::vector<RenderedFile> files;
  for (const Output& output : outputs) {
    if (output.kind == "png") {
      files.push_back({output.path, render_comparison_png(explanations, inputs.pictures, overlay)});
    } else if (output.kind == "html") {
      files.push_back(text_file(output.path, page(explanations, inputs.pictures, overlay)));
    } else {
      files.push_back(text_file(output.path, records(explanations).dump() + "\n"));
    }
  }
  write_files(files, console);
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const auto choices = parse_methods(options.methods);
  const auto outputs = options.output.outputs({"png", "html", "json"}, options.input);
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  require_pictures(outputs, inputs.pictures);
  Request request = options.request.request(inputs, opened.model());
  request.before_run = [&](const Explanation& outline) {
    if (!global.json || !outputs.empty())
      require_showable(outputs, outline, inputs.pictures, options.output.look(), choices.size());
  };
  std::vector<Explanation> explanations;
  for (const MethodChoice& choice : choices) {
    request.method = choice.method;
    request.rules = choice.rules;
    explanations.push_back(opened.explain(request, inputs));
  }
  write(outputs, explanations, inputs, options.output.look(), console);
  if (global.json) {
    console.print_json(records(explanations), false);
  } else if (outputs.empty()) {
    for (const Explanation& explanation : explanations) {
      console.print(render_terminal(explanation, Console::terminal(options.output.look().text_colours)) + "\n");
    }
  }
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
  options->request.declare_targets(parameters);
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
