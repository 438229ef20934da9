#include <memory>
#include <span>

#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "apps/pellucid/text_table_run.hpp"
#include "base/check.hpp"
#include "base/sha256.hpp"
#include "explain/windows.hpp"
#include "render/record.hpp"
#include "render/terminal.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  RequestOptions request;
  OutputOptions output;
};

void show(const Explanation& explanation, const std::vector<Output>& outputs, const ModelInputs& inputs,
          const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  write_explanation(outputs, explanation, inputs.pictures, options.output.look(), console);
  if (global.json) {
    console.print_json(record(explanation), false);
  } else if (outputs.empty()) {
    console.print(render_terminal(explanation, Console::terminal(options.output.look().text_colours)));
  }
}

/// Many texts: a table.
int run_table(const Options& options, const GlobalOptions& global) {
  const TextInputOptions& text = options.input.text;
  PELLUCID_CHECK(text.texts.empty() && options.input.images.empty() && options.input.tensors.empty(), kUsage,
                 "give one of --image, --text, --text-file and --inputs, not several");
  PELLUCID_CHECK(text.window == 0, kUsage, "--window explains one --text, no file of them");
  const auto outputs = options.output.outputs({"tsv", "jsonl"}, options.input);
  OpenedModel opened(options.input, global);
  return explain_text_file(opened, options.input, options.request, outputs, global);
}

/// One long text, window by window.
int run_windows(const Options& options, const GlobalOptions& global, OpenedModel& opened,
                const std::vector<Output>& outputs) {
  const std::vector<TextInput> texts = options.input.text.inputs();
  PELLUCID_CHECK(texts.size() == 1, kUsage, "--window explains one --text at a time, and there are {}", texts.size());
  Model& model = opened.model();
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 24;
  TextOptions whole = options.input.text.text_options();
  const std::vector<TokenizedText> windows = model.tokenize(texts.front(), whole);
  whole.window = whole.stride = 0;
  whole.max_length = kNoLimit;
  ModelInputs inputs;
  inputs.texts = model.tokenize(texts.front(), whole);
  inputs.names = {""};
  inputs.sha256 = {sha256_hex(std::as_bytes(std::span(texts.front().text)))};
  require_pictures(outputs, inputs.pictures);
  Explanation explanation =
      explain::explain_windows(model, options.request.request(inputs, model), inputs.texts.front(), windows);
  inputs.name(explanation);
  show(explanation, outputs, inputs, options, global);
  return 0;
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  if (!options.input.text.file.empty()) return run_table(options, global);
  const auto outputs = options.output.outputs({"png", "html", "json", "npy", "npz", "safetensors"}, options.input);
  OpenedModel opened(options.input, global);
  if (options.input.text.window > 0) return run_windows(options, global, opened, outputs);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  require_pictures(outputs, inputs.pictures);
  Request request = options.request.request(inputs, opened.model());
  request.before_run = [&](const Explanation& outline) {
    if (!global.json || !outputs.empty()) require_showable(outputs, outline, inputs.pictures, options.output.look());
  };
  const Explanation explanation = opened.explain(request, inputs);
  show(explanation, outputs, inputs, options, global);
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  options->input.text.declare_file(parameters);
  options->request.declare_method(parameters);
  options->request.declare_targets(parameters);
  options->request.declare_measurements(parameters);
  options->request.declare_sampling(parameters);
  options->output.declare(parameters,
                          ".png, .html, .json, .npy, .npz or .safetensors; "
                          ".tsv or .jsonl for --text-file");
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command explain_command() {
  return {"explain", "Which parts of the input made this prediction", R"(
  pellucid explain --model my-vit --image cat.jpg
  pellucid explain --model my-vit --image cat.jpg --target logit:tabby --target logit:dog -o cat.png -o cat.html
  pellucid explain --model my-vit --image a.jpg b.jpg --top 3 --method attcat -o both.safetensors
  pellucid explain --model my-vit --image cat.jpg --method integrated-gradients --option n_steps=100 --json
  pellucid explain --model my-bert --text "a fast , funny , highly enjoyable movie ." -o words.html
  pellucid explain --model my-bert --text-file reviews.tsv --column text -o words.jsonl
  pellucid explain --model any.onnx --inputs tensors.safetensors --target contrast:3,1 -o scores.npz)",
          declare};
}

}  // namespace pellucid::cli
