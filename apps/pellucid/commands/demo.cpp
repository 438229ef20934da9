#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/demo_folder.hpp"
#include "apps/pellucid/demo_text.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/table.hpp"
#include "base/check.hpp"
#include "inputs/tokenizer.hpp"
#include "render/html.hpp"
#include "render/png_overlay.hpp"
#include "render/score_map.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

/// What is shown where the model allows it, the most telling first.
constexpr std::array<const char*, 6> kMethods = {"fullgrad-plus",        "attcat", "chefer", "cdam",
                                                 "integrated-gradients", "rollout"};
constexpr std::int64_t kShownClasses = 3;
constexpr std::size_t kShownPlaces = 3;

struct Options {
  std::string folder = "pellucid-demo";
  OutputOptions output;
};

/// One picture with everything that is said about it.
struct Shown {
  DemoPicture picture;
  ModelInputs inputs;
  std::vector<ClassScore> classes;  ///< all, best first
  std::vector<Explanation> explanations;

  [[nodiscard]] const ClassScore& of(const std::string& label) const {
    const auto found =
        std::find_if(classes.begin(), classes.end(), [&](const ClassScore& score) { return score.label == label; });
    PELLUCID_CHECK(found != classes.end(), kBadInput, "demo.json names the class '{}', which the model doesn't have",
                   label);
    return *found;
  }
  [[nodiscard]] bool mistaken() const { return classes.front().label != picture.targets.front(); }
};

/// The explanations by all methods that suit the model; the others are named in `skipped`.
std::vector<Explanation> explain_all(OpenedModel& opened, const Shown& shown, std::vector<std::string>& skipped) {
  Request request;
  request.inputs = shown.inputs.tensors;
  request.black = shown.inputs.black;
  for (const std::string& target : shown.picture.targets) request.targets.push_back("logit:" + target);
  std::vector<Explanation> explanations;
  for (const char* method : kMethods) {
    request.method = method;
    try {
      explanations.push_back(opened.explain(request, shown.inputs));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      const std::string line = fmt::format("{}: {}", method, error.what());
      if (std::find(skipped.begin(), skipped.end(), line) == skipped.end()) skipped.push_back(line);
    }
  }
  return explanations;
}

Shown explain_picture(OpenedModel& opened, const DemoPicture& picture, std::vector<std::string>& skipped) {
  InputOptions options;
  options.images = {picture.file.string()};
  Shown shown{picture, read_inputs(opened.model(), options), {}, {}};
  const auto every = static_cast<std::int64_t>(std::max<std::size_t>(opened.model().labels().size(), 1));
  shown.classes = opened.model().predict(shown.inputs.tensors, every).top.front();
  for (const std::string& target : picture.targets) static_cast<void>(shown.of(target));
  shown.explanations = explain_all(opened, shown, skipped);
  PELLUCID_CHECK(!shown.explanations.empty(), kUnsupported, "no method of the demonstration suits its model");
  return shown;
}

std::string places_text(const Explanation& explanation, std::int64_t target) {
  const render::ScoreMap map = render::ScoreMaps(explanation).map(target, 0);
  std::vector<std::string> places;
  for (const auto& place : render::strongest_places(map, kShownPlaces)) {
    places.push_back(fmt::format("{} (row {}, column {}, {})", render::place_in_words(map, place.row, place.column),
                                 place.row, place.column, render::signed_number(place.score)));
  }
  return places.empty() ? "every score is 0" : fmt::format("{}", fmt::join(places, ", "));
}

std::string verdict(const Shown& shown) {
  const std::string& truth = shown.picture.targets.front();
  const ClassScore& best = shown.classes.front();
  if (!shown.mistaken())
    return fmt::format("The model is right: {} ({}).", truth, render::percent(best.probability.value_or(0)));
  return fmt::format("The model is wrong here: it says {} ({}); right is {} ({}). Both are explained.", best.label,
                     render::percent(best.probability.value_or(0)), truth,
                     render::percent(shown.of(truth).probability.value_or(0)));
}

std::string as_text(const Shown& shown, const fs::path& file) {
  const auto width = static_cast<std::size_t>(Console::width());
  std::string text = styled(shown.picture.file.filename().string(), 1) + "\n";
  std::vector<std::string> best;
  for (std::size_t i = 0; i < std::min<std::size_t>(shown.classes.size(), kShownClasses); ++i) {
    best.push_back(shown.classes[i].label + " " + render::percent(shown.classes[i].probability.value_or(0)));
  }
  text += fmt::format("  model says: {}\n", fmt::join(best, ", "));
  text += "  " + wrapped(verdict(shown), width - 2, "  ") + "\n";
  const Explanation& first = shown.explanations.front();
  for (std::size_t t = 0; t < shown.picture.targets.size(); ++t) {
    const std::string line = fmt::format("strongest for {} ({}): {}", shown.picture.targets[t], first.method,
                                         places_text(first, static_cast<std::int64_t>(t)));
    text += "  " + wrapped(line, width - 2, "    ") + "\n";
  }
  return text + "  picture: " + file.string() + "\n\n";
}

ordered_json as_json(const Shown& shown, const fs::path& file) {
  ordered_json classes = ordered_json::array(), methods = ordered_json::array();
  for (const ClassScore& score : shown.classes) {
    classes.push_back({{"label", score.label}, {"probability", score.probability.value_or(0)}});
  }
  for (const Explanation& explanation : shown.explanations) methods.push_back(explanation.method);
  return {{"picture", shown.picture.file.string()},
          {"targets", shown.picture.targets},
          {"mistaken", shown.mistaken()},
          {"classes", classes},
          {"methods", methods},
          {"file", file.string()}};
}

/// A name that no other picture of the demonstration has.
fs::path png_path(const fs::path& folder, const DemoModel& model, const DemoPicture& picture, bool several) {
  const std::string prefix = several ? model.folder.filename().string() + "-" : "";
  return folder / (prefix + picture.file.stem().string() + ".png");
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  PELLUCID_CHECK(!error && fs::is_directory(folder), kBadInput, "cannot make the folder '{}': {}", folder.string(),
                 error ? error.message() : "a file of that name is there");
  require_writable(folder / "index.html");
}

/// The texts of a model, where this build can read texts.
std::vector<DemoText> readable_texts(const DemoModel& model, std::vector<std::string>& skipped) {
  if (model.texts.empty() || Tokenizer::available()) return model.texts;
  skipped.push_back("the texts of " + model.folder.filename().string() + ": this build has no tokenizers");
  return {};
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const fs::path folder = options.folder;
  const std::vector<DemoModel> models = demo_models();
  make_folder(folder);
  std::vector<RenderedFile> files;
  std::vector<HtmlEntry> entries;
  std::vector<std::string> skipped;
  ordered_json report = {{"pictures", ordered_json::array()},
                         {"texts", ordered_json::array()},
                         {"page", (folder / "index.html").string()}};
  std::string text;
  const auto with_pictures =
      std::count_if(models.begin(), models.end(), [](const DemoModel& model) { return !model.pictures.empty(); });
  for (const DemoModel& model : models) {
    OpenedModel opened(model.folder.string(), global);
    for (const DemoPicture& picture : model.pictures) {
      const Shown shown = explain_picture(opened, picture, skipped);
      const fs::path file = png_path(folder, model, picture, with_pictures > 1);
      files.push_back({file, render_comparison_png(shown.explanations, shown.inputs.pictures)});
      for (const Explanation& explanation : shown.explanations)
        entries.push_back({explanation, shown.inputs.pictures, ""});
      text += as_text(shown, file);
      report["pictures"].push_back(as_json(shown, file));
    }
    for (const DemoText& one : readable_texts(model, skipped)) {
      ShownText shown = show_text(opened, one, skipped);
      std::move(shown.entries.begin(), shown.entries.end(), std::back_inserter(entries));
      text += shown.terminal + "\n";
      report["texts"].push_back(std::move(shown.report));
    }
  }
  files.push_back(text_file(folder / "index.html", render_html(entries, "pellucid: what made the model say so")));
  write_files(files, Console(true));
  for (const std::string& line : skipped) console.message("left out " + line);
  if (global.json) {
    console.print(report.dump(2) + "\n");
  } else {
    console.print(text + fmt::format("Everything on one page: {}\n", (folder / "index.html").string()));
  }
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  parameters.text(options->folder, {.name = "-o,--output",
                                    .value = "DIR",
                                    .help = "Folder for the pictures and the page (default: pellucid-demo)",
                                    .offer = Offer::kFolders});
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command demo_command() {
  return {"demo", "Explain the demonstration's pictures and texts: a first look at the tool", R"(
  pellucid demo
  pellucid demo -o /tmp/demo)",
          declare};
}

}  // namespace pellucid::cli
