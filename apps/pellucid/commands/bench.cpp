#include <unistd.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/measured_child.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/repeated_inputs.hpp"
#include "apps/pellucid/request_options.hpp"
#include "apps/pellucid/table.hpp"
#include "base/safetensors.hpp"
#include "base/size_text.hpp"
#include "run/session.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::json;

struct Options {
  InputOptions input;
  RequestOptions request;
  std::vector<std::string> shapes, methods;
  std::int64_t targets = 1, batch = 1, repeat = 10;
};

/// A file that is removed at the end.
class TemporaryFile {
 public:
  TemporaryFile()
      : path_(std::filesystem::temp_directory_path() / fmt::format("pellucid-bench-{}.safetensors", ::getpid())) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What every measurement begins with.
struct Setup {
  OpenedModel opened;
  ModelInputs inputs;
};

Setup set_up(const Options& options, const GlobalOptions& global) {
  OpenedModel opened(options.input, global);
  ModelInputs inputs = options.input.given() ? read_inputs(opened.model(), options.input)
                                             : shaped_inputs(opened.model(), options.input, options.shapes);
  if (!options.input.given()) fill_with_noise(inputs.tensors, global.seed);
  repeat_samples(inputs, options.batch);
  return {std::move(opened), std::move(inputs)};
}

/// The untouched model as a user of ONNX Runtime runs it: the whole file, all its outputs.
class PlainModel {
 public:
  PlainModel(const std::filesystem::path& path, const GlobalOptions& global)
      : session_(path.string(), session_options(global)) {
    for (const run::ValueInfo& output : session_.outputs()) outputs_.push_back(output.name);
  }
  void forward(const TensorMap& inputs) const { static_cast<void>(session_.run(inputs, outputs_)); }

 private:
  static run::SessionOptions session_options(const GlobalOptions& global) {
    run::SessionOptions options;
    options.threads = global.threads;
    options.device = global.device;
    return options;
  }
  run::Session session_;
  std::vector<std::string> outputs_;
};

template <class Work>
double seconds(const Work& work) {
  const double begin = now_seconds();
  work();
  return now_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Request request_for(const Options& options, const MethodChoice& choice, const ModelInputs& inputs) {
  Request request = options.request.request(inputs);
  request.method = choice.method;
  request.rules = choice.rules;
  request.top = options.targets;
  return request;
}

/// The prepared inputs in a file, for the process that must hold nothing but the plain model; the model's file.
json save_inputs(const Options& options, const GlobalOptions& global, const std::filesystem::path& file) {
  Setup setup = set_up(options, global);
  write_safetensors(file, setup.inputs.tensors);
  return setup.opened.model().file().string();
}

json measure_plain(const std::string& model, const GlobalOptions& global, const std::filesystem::path& inputs) {
  const PlainModel plain(model, global);
  plain.forward(read_safetensors(inputs));
  return peak_memory();
}

std::uint64_t plain_peak(const Options& options, const GlobalOptions& global) {
  const TemporaryFile inputs;
  const json model = in_child([&] { return save_inputs(options, global, inputs.path()); });
  return in_child([&] { return measure_plain(model, global, inputs.path()); });
}

json measure_peak(const Options& options, const GlobalOptions& global, const MethodChoice& choice) {
  Setup setup = set_up(options, global);
  static_cast<void>(setup.opened.explain(request_for(options, choice, setup.inputs), setup.inputs));
  return peak_memory();
}

/// Plain forward and explanation in turns, so that both meet the same state of the machine.
json measure_time(const Options& options, const GlobalOptions& global, const MethodChoice& choice) {
  std::vector<double> forward, explain;
  const double begin = now_seconds();
  Setup setup = set_up(options, global);
  const double load = now_seconds() - begin;
  const Request request = request_for(options, choice, setup.inputs);
  const Explanation first = setup.opened.explain(request, setup.inputs);
  const PlainModel plain(setup.opened.model().file(), global);
  plain.forward(setup.inputs.tensors);
  for (std::int64_t i = 0; i < options.repeat; ++i) {
    forward.push_back(seconds([&] { plain.forward(setup.inputs.tensors); }));
    explain.push_back(seconds([&] { static_cast<void>(setup.opened.explain(request, setup.inputs)); }));
  }
  return {{"method", first.method},
          {"rules", first.rules},
          {"precision", first.certificate.precision},
          {"load_seconds", load},
          {"compile_seconds", first.timing.compile_seconds},
          {"forward_seconds", median(forward)},
          {"run_seconds", median(explain)}};
}

json measure(const Options& options, const GlobalOptions& global, const MethodChoice& choice, std::uint64_t plain) {
  json entry = in_child([&] { return measure_time(options, global, choice); });
  const json peak = in_child([&] { return measure_peak(options, global, choice); });
  const double forward = entry.at("forward_seconds");
  entry["load_multiple"] = entry.at("load_seconds").get<double>() / forward;
  entry["compile_multiple"] = entry.at("compile_seconds").get<double>() / forward;
  entry["run_multiple"] = entry.at("run_seconds").get<double>() / forward;
  entry["peak_bytes"] = peak;
  entry["peak_multiple"] = peak.get<double>() / static_cast<double>(std::max<std::uint64_t>(plain, 1));
  return entry;
}

/// "589.2 ms (10.6×)": a time, and the same in forward passes.
std::string time_text(const json& entry, const std::string& what) {
  return fmt::format("{} ({:.2f}×)", format_seconds(entry.at(what + "_seconds").get<double>()),
                     entry.at(what + "_multiple").get<double>());
}

std::string title_of(const nlohmann::json& entry) {
  const auto method = entry.at("method").get<std::string>();
  const auto rules = entry.at("rules").get<std::string>();
  return rules.empty() ? method : method + " · " + rules;
}

std::string as_text(const json& report) {
  std::vector<std::vector<std::string>> rows = {{"method", "forward", "load", "compile", "run", "peak memory"}};
  for (const json& entry : report.at("methods")) {
    rows.push_back({title_of(entry), format_seconds(entry.at("forward_seconds").get<double>()),
                    time_text(entry, "load"), time_text(entry, "compile"), time_text(entry, "run"),
                    fmt::format("{} ({:.2f}×)", format_size(entry.at("peak_bytes").get<std::uint64_t>()),
                                entry.at("peak_multiple").get<double>())});
  }
  const auto targets = report.at("targets").get<std::int64_t>();
  return table(rows, {1, 2, 3, 4, 5}) +
         fmt::format(
             "forward: one pass of the untouched model in ONNX Runtime, taken in turns with the method ({} rounds, "
             "medians)\n×: in forward passes; of memory, in that of a process with the untouched model alone ({})\n"
             "batch {}, {} target{}\n",
             report.at("repeat").get<std::int64_t>(), format_size(report.at("plain_peak_bytes").get<std::uint64_t>()),
             report.at("batch").get<std::int64_t>(), targets, targets == 1 ? "" : "s");
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  GlobalOptions fresh = global;
  fresh.no_cache = true;  // a program from the disk would make compiling look free
  fresh.quiet = true;
  const auto choices = parse_methods(options.methods);
  const std::uint64_t plain = plain_peak(options, fresh);
  json report = {{"model", options.input.model}, {"batch", options.batch},    {"targets", options.targets},
                 {"repeat", options.repeat},     {"plain_peak_bytes", plain}, {"methods", json::array()}};
  for (const MethodChoice& choice : choices) {
    console.message("measuring " + choice.method);
    report["methods"].push_back(measure(options, fresh, choice, plain));
  }
  if (global.json) {
    console.print_json(report);
  } else {
    console.print(as_text(report));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  parameters.repeated_text(
      options->shapes,
      {.name = "--shape", .value = "NAME=N,N,…", .help = "Measure on noise of this shape, repeatable"});
  parameters.text_list(options->methods, {.name = "--methods",
                                          .value = "LIST",
                                          .help = "Methods by commas, each as METHOD or METHOD@RULES",
                                          .required = true,
                                          .offer = Offer::kMethodLists});
  parameters.number(options->targets,
                    {.name = "--targets", .value = "K", .help = "Explain the K most likely classes (default: 1)"},
                    Limits{1, 100000});
  parameters.number(options->batch, {.name = "--batch", .value = "N", .help = "Repeat the input N times (default: 1)"},
                    Limits{1, 100000});
  parameters.number(options->repeat, {.name = "--repeat", .value = "N", .help = "Rounds of measurement (default: 10)"},
                    Limits{1, 100000});
  parameters.repeated_text(options->request.options,
                           {.name = "--option", .value = "NAME=VALUE", .help = "Option of the methods, repeatable"});
  parameters.choice(options->request.precision, {.name = "--precision",
                                                 .value = "TYPE",
                                                 .help = "float32, mixed or float64",
                                                 .words = {"float32", "mixed", "float64"}});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command bench_command() {
  return {"bench", "Time and memory of methods, in multiples of one forward pass", R"(
  pellucid bench --model my-vit --methods attcat,genatt,integrated-gradients
  pellucid bench --model my-vit --image cat.jpg --methods attcat --targets 10 --batch 8 --json)",
          declare};
}

}  // namespace pellucid::cli
