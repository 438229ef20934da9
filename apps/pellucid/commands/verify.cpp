#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pellucid/error.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/request_options.hpp"
#include "apps/pellucid/table.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  InputOptions input;
  RequestOptions request;
};

ordered_json as_json(const std::vector<Check>& checks, bool all_hold) {
  ordered_json list = ordered_json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"measured", check.measured},
                    {"bound", check.bound},
                    {"holds", check.holds},
                    {"note", check.note}});
  }
  return {{"holds", all_hold}, {"checks", list}};
}

std::string as_text(const std::vector<Check>& checks) {
  std::vector<std::vector<std::string>> rows;
  for (const Check& check : checks) {
    rows.push_back({check.holds ? "ok" : "FAILED", one_line(check.name), render::number(check.measured),
                    "≤ " + render::number(check.bound), one_line(check.note)});
  }
  const auto held = std::count_if(checks.begin(), checks.end(), [](const Check& check) { return check.holds; });
  return table(rows, {2}) + fmt::format("{} of {} checks hold\n", held, checks.size());
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  OpenedModel opened(options.input, global);
  const ModelInputs inputs = read_inputs(opened.model(), options.input);
  const std::vector<Check> checks = opened.model().verify(options.request.request(inputs, opened.model()));
  const bool all_hold = std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.holds; });
  if (global.json) {
    console.print_json(as_json(checks, all_hold));
  } else {
    console.print(as_text(checks));
  }
  return all_hold ? 0 : static_cast<int>(ErrorCode::kCheckFailed);
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  options->input.declare_model(parameters);
  options->input.declare_inputs(parameters);
  options->request.declare_method(parameters);
  options->request.declare_targets(parameters);
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command verify_command() {
  return {"verify", "Check model and method on your own input; status 1 if a check fails", R"(
  pellucid verify --model my-vit --image cat.jpg
  pellucid verify --model my-vit --image cat.jpg --method integrated-gradients --json)",
          declare};
}

}  // namespace pellucid::cli
