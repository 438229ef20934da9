#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "base/check.hpp"
#include "base/safetensors.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  OutputOptions output;
  std::string name = "concept";
};

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const auto outputs = options.output.outputs({"safetensors"}, options.input);
  PELLUCID_CHECK(outputs.size() == 1, kUsage, "concept needs one -o FILE.safetensors to write to");
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  const Tensor vector = opened.model().concept_vector(inputs.tensors);
  stop_if_interrupted();
  write_safetensors(outputs.front().path, {{options.name, vector}}, {{"model_sha256", opened.model().sha256()}});
  const std::string target = fmt::format("concept:{}#{}", outputs.front().path.string(), options.name);
  if (global.json) {
    console.print_json({{"file", outputs.front().path.string()},
                        {"tensor", options.name},
                        {"width", vector.size()},
                        {"samples", inputs.names.size()},
                        {"target", target}});
  } else {
    console.message("wrote " + outputs.front().path.string());
    console.print(fmt::format("Mean feature of {} sample{}, {} numbers. Use it as --target '{}'\n", inputs.names.size(),
                              inputs.names.size() == 1 ? "" : "s", vector.size(), one_line(target)));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  options->output.declare(parameters, ".safetensors");
  parameters.text(options->name,
                  {.name = "--name", .value = "NAME", .help = "Name of the vector in the file (default: concept)"});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command concept_command() {
  return {"concept", "Save what pictures have in common, to be explained as a target", R"(
  pellucid concept --model my-vit --image zebra1.jpg zebra2.jpg --name zebra -o zebra.safetensors
  pellucid explain --model my-vit --image herd.jpg --target concept:zebra.safetensors#zebra -o herd.png)",
          declare};
}

}  // namespace pellucid::cli
