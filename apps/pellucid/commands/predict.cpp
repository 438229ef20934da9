#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/table.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  InputOptions input;
  std::int64_t top = 5;
};

ordered_json as_json(const Model& model, const ModelInputs& inputs, const Prediction& prediction) {
  ordered_json samples = ordered_json::array();
  for (std::size_t i = 0; i < prediction.top.size(); ++i) {
    ordered_json classes = ordered_json::array();
    for (const ClassScore& score : prediction.top[i]) {
      classes.push_back({{"index", score.index},
                         {"label", score.label},
                         {"probability", score.probability ? ordered_json(*score.probability) : ordered_json(nullptr)},
                         {"logit", score.logit}});
    }
    samples.push_back({{"input", inputs.title(i)}, {"sha256", inputs.sha256.at(i)}, {"top", classes}});
  }
  return {{"model", {{"path", model.file().string()}, {"sha256", model.sha256()}}}, {"predictions", samples}};
}

std::string as_text(const ModelInputs& inputs, const Prediction& prediction) {
  std::string text;
  for (std::size_t i = 0; i < prediction.top.size(); ++i) {
    if (i > 0) text += "\n";
    text += styled(one_line(inputs.title(i)), 1) + "\n";
    std::vector<std::vector<std::string>> rows;
    for (const ClassScore& score : prediction.top[i]) {
      const std::string number = "class " + std::to_string(score.index);
      rows.push_back({"  " + (score.probability ? render::percent(*score.probability) : ""), one_line(score.label),
                      "logit " + render::number(score.logit), score.label == number ? "" : number});
    }
    text += table(rows, {0});
  }
  return text;
}

/// Spans, tags, words behind [MASK]: what isn't one of [batch, classes].
void print_answers(const Console& console, const GlobalOptions& global, Model& model, const ModelInputs& inputs,
                   const std::vector<TargetRecord>& answers) {
  ordered_json samples = ordered_json::array();
  std::string text;
  for (std::size_t i = 0; i < inputs.names.size(); ++i) {
    ordered_json list = ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (const TargetRecord& answer : answers) {
      const SampleTarget& one = answer.samples.at(i);
      list.push_back({{"label", one.label}, {"score", one.value}, {"spec", answer.spec}});
      rows.push_back({"  " + one_line(one.label), "score " + render::number(one.value), answer.spec});
    }
    samples.push_back({{"input", inputs.title(i)}, {"sha256", inputs.sha256.at(i)}, {"answers", list}});
    text += (i > 0 ? "\n" : "") + styled(one_line(inputs.title(i)), 1) + "\n" + table(rows, {});
  }
  if (global.json)
    console.print_json({{"model", {{"path", model.file().string()}, {"sha256", model.sha256()}}},
                        {"task", model.task()},
                        {"predictions", samples}});
  else
    console.print(text);
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  Request request;
  request.inputs = inputs.tensors;
  request.texts = inputs.texts;
  request.top = options.top;
  if (const auto answers = opened.model().answers(request); !answers.empty()) {
    print_answers(console, global, opened.model(), inputs, answers);
    return 0;
  }
  const Prediction prediction = opened.model().predict(inputs.tensors, options.top);
  if (global.json) {
    console.print_json(as_json(opened.model(), inputs, prediction));
  } else {
    console.print(as_text(inputs, prediction));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  parameters.number(options->top, {.name = "--top", .value = "K", .help = "How many classes to show (default: 5)"},
                    Limits{1, 1000000});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command predict_command() {
  return {"predict", "The model's most likely classes, spans, tags or tokens", R"(
  pellucid predict --model my-vit --image cat.jpg
  pellucid predict --model my-vit --image a.jpg b.jpg --top 3 --json
  pellucid predict --model my-qa --text "Who wrote it?" --text-pair "It was written by Ada.")",
          declare};
}

}  // namespace pellucid::cli
