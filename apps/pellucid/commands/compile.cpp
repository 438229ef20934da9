#include <array>
#include <memory>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "base/atomic_file.hpp"
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

struct Options {
  InputOptions input;
  RequestOptions request;
  OutputOptions output;
  std::vector<std::string> shapes;
};

/// The weights one after the other, each at a multiple of 64 bytes, as the program refers to them.
void write_external(const std::filesystem::path& path, const std::vector<Tensor>& tensors) {
  constexpr std::size_t kAlignment = 64;
  constexpr std::array<std::byte, kAlignment> kPadding{};
  AtomicFile file(path);
  for (const Tensor& tensor : tensors) {
    file.write(std::span(tensor.data(), tensor.bytes()));
    file.write(std::span(kPadding).first((kAlignment - tensor.bytes() % kAlignment) % kAlignment));
  }
  file.commit();
}

/// "token_scores [1, batch, 257]" without the shape.
std::string bare_name(const std::string& described) { return described.substr(0, described.find(" [")); }

std::string as_text(const CompiledProgram& program, const std::filesystem::path& path) {
  std::string text = "inputs\n";
  for (const std::string& input : program.inputs) text += "  " + one_line(input) + "\n";
  text += "outputs\n";
  for (const std::string& output : program.outputs) text += "  " + one_line(output) + "\n";
  std::vector<std::string> feeds;
  for (const std::string& input : program.inputs) feeds.push_back(fmt::format("\"{0}\": …", bare_name(input)));
  return text + fmt::format(
                    "It runs wherever ONNX Runtime does, without pellucid. In Python:\n"
                    "  import onnxruntime\n"
                    "  session = onnxruntime.InferenceSession(\"{}\")\n"
                    "  outputs = session.run(None, {{{}}})\n",
                    one_line(path.string()), one_line(fmt::format("{}", fmt::join(feeds, ", "))));
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const auto outputs = options.output.outputs({"onnx"}, options.input);
  PELLUCID_CHECK(outputs.size() == 1, kUsage, "compile needs one -o FILE.onnx to write to");
  PELLUCID_CHECK(!options.input.given() || options.shapes.empty(), kUsage,
                 "give either inputs or --shape, not both: the inputs have shapes");
  const std::filesystem::path& path = outputs.front().path;
  const std::string external = path.filename().string() + ".data";
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = options.input.given() ? read_inputs(opened.model(), options.input)
                                                   : shaped_inputs(opened.model(), options.input, options.shapes);
  const CompiledProgram program = opened.model().compile(options.request.request(inputs), external);
  stop_if_interrupted();
  if (!program.external.empty()) write_external(path.parent_path() / external, program.external);
  write_file_atomically(path, program.bytes);
  console.message("wrote " + path.string() + (program.external.empty() ? "" : " and " + external));
  if (global.json) {
    console.print_json({{"file", path.string()}, {"inputs", program.inputs}, {"outputs", program.outputs}});
  } else {
    console.print(as_text(program, path));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  parameters.repeated_text(
      options->shapes,
      {.name = "--shape", .value = "NAME=N,N,…", .help = "Shape of an input instead of the input itself, repeatable"});
  options->request.declare_method(parameters);
  options->request.declare_targets(parameters);
  options->output.declare(parameters, ".onnx");
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command compile_command() {
  return {"compile", "Write the explanation as an ONNX program of its own", R"(
  pellucid compile --model my-vit --method attcat -o explain-my-vit.onnx
  pellucid compile --model my-vit --method genatt --target logit:tabby -o tabby.onnx
  pellucid compile --model any.onnx --shape pixel_values=1,3,224,224 --top 3 -o program.onnx)",
          declare};
}

}  // namespace pellucid::cli
