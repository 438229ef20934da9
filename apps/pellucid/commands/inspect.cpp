#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/table.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  InputOptions input;
  std::vector<std::string> shapes;
  std::string rules;
  bool why = false;
};

std::string text_of(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return one_line(found->is_string() ? found->get<std::string>() : found->dump());
}

/// "pixel_values [batch, 3, 64, 64]".
std::string value_text(const ordered_json& value) {
  return value.is_object() ? text_of(value, "name") + " " + text_of(value, "dims") : "not found";
}

std::string values_text(const ordered_json& values) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.push_back(value_text(value));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string tokens_text(const ordered_json& layout) {
  std::string text = text_of(layout, "tokens");
  const auto& grid = layout.at("patch_grid");
  if (grid.at(0) != 0) {
    text += fmt::format(": {} × {} patches of {} × {} pixels", grid.at(0).dump(), grid.at(1).dump(),
                        layout.at("patch_size").at(0).get<double>(), layout.at("patch_size").at(1).get<double>());
  }
  const auto& special = layout.at("special");
  for (std::size_t i = 0; i < special.size(); ++i) {
    const auto& names = layout.at("special_names");
    text += fmt::format("{} {} token at {}", i == 0 ? " and" : ",",
                        i < names.size() ? one_line(names.at(i).get<std::string>()) : "special", special.at(i).dump());
  }
  return text;
}

std::string attention_text(const ordered_json& site) {
  const std::string heads = text_of(site, "heads"), shared = text_of(site, "key_value_heads");
  return fmt::format("{} heads{}, {} × {}{}", heads, shared == heads ? "" : fmt::format(" ({} for keys)", shared),
                     text_of(site, "queries"), text_of(site, "keys"), site.value("self", true) ? "" : ", cross");
}

std::string stream_text(const ordered_json& stream) {
  const auto& blocks = stream.at("blocks");
  std::string text = styled(fmt::format("stream '{}'", text_of(stream, "name")), 1) + "\n";
  text += table({{"  tokens", tokens_text(stream.at("layout"))},
                 {"  enter at", value_text(stream.at("tokens")) +
                                    (stream.contains("bypassed") ? "; the scores are made past it, too" : "")},
                 {"  read out", text_of(stream.at("read_out"), "rows")},
                 {"  width", text_of(stream, "width")},
                 {"  blocks", std::to_string(blocks.size())}});
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    rows.push_back({fmt::format("    {}", i), value_text(blocks[i].at("input")),
                    attention_text(blocks[i].at("attention")),
                    text_of(blocks[i].at("attention").at("probabilities"), "name")});
  }
  return text + table(rows, {0});
}

/// Each reason once, behind the methods that it rules out.
std::string why_not_text(const std::vector<std::pair<std::string, std::vector<std::string>>>& reasons,
                         std::size_t width) {
  std::string text;
  for (const auto& [reason, names] : reasons)
    text += "    " + wrapped(fmt::format("{}: {}", fmt::join(names, ", "), reason), width - 4, "      ") + "\n";
  return text;
}

std::string methods_text(const ordered_json& methods) {
  std::vector<std::string> work;
  std::vector<std::pair<std::string, std::vector<std::string>>> missing;
  for (const auto& method : methods) {
    const std::string name = text_of(method, "name");
    if (method.value("works", false)) {
      const std::string only = text_of(method, "only");
      work.push_back(name + (only.empty() ? "" : fmt::format(" ({} only)", only)));
      continue;
    }
    const std::string reason = text_of(method, "why_not");
    const auto known =
        std::find_if(missing.begin(), missing.end(), [&reason](const auto& entry) { return entry.first == reason; });
    if (known == missing.end())
      missing.push_back({reason, {name}});
    else
      known->second.push_back(name);
  }
  const auto width = static_cast<std::size_t>(Console::width());
  std::string text = styled("methods", 1) + "\n";
  if (!work.empty())
    text += "  " + wrapped(fmt::format("work here: {}", fmt::join(work, ", ")), width - 2, "    ") + "\n";
  return missing.empty() ? text : text + "  do not work here:\n" + why_not_text(missing, width);
}

/// Why a model can't be read, and what works all the same.
std::string unread_text(const ordered_json& found) {
  const auto width = static_cast<std::size_t>(Console::width());
  std::vector<std::string> work;
  for (const auto& method : found.at("methods"))
    if (method.value("works", false)) work.push_back(text_of(method, "name"));
  return "  " + wrapped("the model can't be read: " + text_of(found, "unread"), width - 2, "    ") + "\n" +
         styled("methods", 1) + "\n  " +
         wrapped(fmt::format("work here, by running the untouched model: {}", fmt::join(work, ", ")), width - 2,
                 "    ") +
         "\n  all others need a graph that can be read\n";
}

std::string as_text(const ordered_json& found, bool why) {
  const auto& head = found.at("head");
  std::string text = styled(text_of(found, "model"), 1) + "\n";
  text += table(
      {{"  sha256", text_of(found, "sha256")},
       {"  inputs", values_text(found.at("inputs"))},
       {"  outputs", values_text(found.at("outputs"))},
       {"  graph", found.contains("unread") ? "can't be read"
                                            : fmt::format("{} nodes after folding, {} attention sites",
                                                          text_of(found, "nodes"), text_of(found, "attention_sites"))},
       {"  batch axis", text_of(found, "batch_axis")},
       {"  logits", value_text(head.at("logits"))},
       {"  feature", value_text(head.at("feature"))}});
  if (found.contains("unread")) return text + unread_text(found);
  if (found.contains("quantised"))
    text += "  quantised: " + text_of(found, "quantised") + "; all below is the dequantised graph's\n";
  for (const auto& stream : found.at("streams")) text += stream_text(stream);
  text += methods_text(found.at("methods"));
  if (found.at("streams").empty() && !why)
    text += "  --why says what was seen; --tokens, --attention, --block and --head name parts\n";
  if (why) {
    text += styled("why", 1) + "\n";
    for (const auto& line : found.at("evidence")) text += "  " + one_line(line.get<std::string>()) + "\n";
    for (const auto& stream : found.at("streams")) {
      text += fmt::format("  read-out of '{}': {}\n", text_of(stream, "name"), text_of(stream.at("read_out"), "why"));
    }
  }
  if (const auto rules = found.find("rules"); rules != found.end()) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& rule : *rules) {
      rows.push_back(
          {"  " + text_of(rule, "node"), text_of(rule, "operator"), text_of(rule, "rule"), text_of(rule, "why")});
    }
    text += styled("rules on the way back: node, operator, rule, why", 1) + "\n" + table(rows);
  }
  return text;
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = options.input.given() ? read_inputs(opened.model(), options.input)
                                                   : shaped_inputs(opened.model(), options.input, options.shapes);
  const std::string text = opened.model().inspect(inputs.tensors, options.rules);
  console.print(global.json ? text + "\n" : as_text(ordered_json::parse(text), options.why));
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  parameters.repeated_text(
      options->shapes,
      {.name = "--shape", .value = "NAME=N,N,…", .help = "Shape of an input instead of the input itself, repeatable"});
  parameters.text(options->rules, {.name = "--rules",
                                   .value = "SET",
                                   .help = "Also list node, rule and reason under this rule set",
                                   .offer = Offer::kRuleSets});
  parameters.flag(options->why, {.name = "--why", .help = "Also say what every finding rests on"});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command inspect_command() {
  return {"inspect", "What was found in the graph, and which methods that allows", R"(
  pellucid inspect --model my-vit
  pellucid inspect --model my-vit --rules gradient --why
  pellucid inspect --model any.onnx --shape pixel_values=1,3,224,224 --json)",
          declare};
}

}  // namespace pellucid::cli
