#include <memory>

#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "render/record.hpp"
#include "render/terminal.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  RequestOptions request;
  OutputOptions output;
};

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const auto outputs = options.output.outputs({"png", "html", "json", "npy", "npz", "safetensors"}, options.input);
  OpenedModel opened(options.input.model, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  require_pictures(outputs, inputs.pictures);
  Request request = options.request.request(inputs);
  request.before_run = [&](const Explanation& outline) {
    if (!global.json || !outputs.empty()) require_showable(outputs, outline, inputs.pictures, options.output.overlay);
  };
  const Explanation explanation = opened.explain(request, inputs);
  write_explanation(outputs, explanation, inputs.pictures, options.output.overlay, console);
  if (global.json) {
    console.print_json(record(explanation), false);
  } else if (outputs.empty()) {
    console.print(render_terminal(explanation, {Console::colour(), Console::width()}));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  options->request.declare_method(parameters);
  options->request.declare_targets(parameters);
  options->request.declare_measurements(parameters);
  options->output.declare(parameters, ".png, .html, .json, .npy, .npz or .safetensors");
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command explain_command() {
  return {"explain", "Which parts of the input made this prediction", R"(
  pellucid explain --model my-vit --image cat.jpg
  pellucid explain --model my-vit --image cat.jpg --target logit:tabby --target logit:dog -o cat.png -o cat.html
  pellucid explain --model my-vit --image a.jpg b.jpg --top 3 --method attcat -o both.safetensors
  pellucid explain --model my-vit --image cat.jpg --method integrated-gradients --option n_steps=100 --json
  pellucid explain --model any.onnx --inputs tensors.safetensors --target contrast:3,1 -o scores.npz)",
          declare};
}

}  // namespace pellucid::cli
