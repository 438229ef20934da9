#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/text_file.hpp"
#include "base/check.hpp"
#include "explain/references.hpp"

namespace pellucid::cli {
namespace {

using explain::Reference;
using explain::References;
using explain::ReferenceSearch;

constexpr const char* kGroup = "Texts";

struct Options {
  InputOptions input;
  OutputOptions output;
};

/// A text that may become a reference.
struct Candidate {
  FileText text;
  TokenizedText tokens;
  std::int64_t label = 0;
};

/// Goes through labelled texts, a few at a time, until there are enough references.
class Search {
 public:
  Search(OpenedModel& opened, const TextInputOptions& options)
      : opened_(opened), options_(options), file_(options), labels_(opened.model().labels()) {}

  References run() {
    while (!search_.full() && read_some()) {
      stop_if_interrupted();
      judge_some();
      opened_.progress().show({"references", search_.longest(), ReferenceSearch::kMost + 1});
    }
    opened_.progress().clear();
    return search_.result();
  }

  [[nodiscard]] std::int64_t read() const { return read_; }

 private:
  bool read_some() {
    constexpr std::size_t kTogether = 16;
    some_.clear();
    while (some_.size() < kTogether) {
      const std::optional<FileText> next = file_.next();
      if (!next) break;
      ++read_;
      Candidate one{*next, opened_.model().tokenize(next->input, options_.text_options()).front(), label_of(*next)};
      if (std::ssize(one.tokens.tokens) >= ReferenceSearch::kFewestTokens) some_.push_back(std::move(one));
    }
    return !some_.empty();
  }

  [[nodiscard]] std::int64_t label_of(const FileText& text) const {
    const std::string& written = text.label.value();
    if (const auto at = std::find(labels_.begin(), labels_.end(), written); at != labels_.end())
      return at - labels_.begin();
    std::int64_t index = -1;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), index);
    PELLUCID_CHECK(error == std::errc() && end == written.data() + written.size() && (index == 0 || index == 1),
                   kBadInput, "'{}', line {}: '{}' is none of the model's two classes, by number or label",
                   options_.file, text.line, one_line(written));
    return index;
  }

  void judge_some() {
    std::vector<TokenizedText> texts;
    for (const Candidate& one : some_) texts.push_back(one.tokens);
    const Prediction prediction = opened_.model().predict(opened_.model().tensors_of(texts), 2);
    const std::int64_t classes = prediction.logits.shape().at(1);
    PELLUCID_CHECK(classes == 2, kUnsupported,
                   "references are texts of the other class, for models with two classes; this one has {}", classes);
    for (std::size_t i = 0; i < some_.size(); ++i) {
      std::vector<double> probabilities(2);
      for (const ClassScore& score : prediction.top[i])
        probabilities.at(static_cast<std::size_t>(score.index)) = score.probability.value();
      search_.add(some_[i].text.input, some_[i].text.line, std::ssize(some_[i].tokens.tokens), some_[i].label,
                  probabilities);
    }
  }

  OpenedModel& opened_;
  const TextInputOptions& options_;
  TextFile file_;
  std::vector<std::string> labels_;
  ReferenceSearch search_;
  std::vector<Candidate> some_;
  std::int64_t read_ = 0;
};

/// How many there are for each class; throws where one has none.
nlohmann::ordered_json counts(const References& references, const std::string& file) {
  nlohmann::ordered_json counts;
  for (const std::int64_t index : {0, 1}) {
    const auto found = references.find(index);
    PELLUCID_CHECK(found != references.end(), kBadInput,
                   "'{}': no text of class {} has {} tokens or more and is classified rightly, so that class {} has no "
                   "references",
                   file, 1 - index, ReferenceSearch::kFewestTokens, index);
    counts[std::to_string(index)] = found->second.size();
  }
  return counts;
}

int run(const Options& options, const GlobalOptions& global) {
  const Console console(global.quiet);
  const TextInputOptions& text = options.input.text;
  const auto outputs = options.output.outputs({"json"}, options.input);
  PELLUCID_CHECK(outputs.size() == 1, kUsage, "references needs one -o FILE.json to write to");
  PELLUCID_CHECK(!text.label_column.empty(), kUsage,
                 "references are chosen by their class: say where it is with --label-column");
  OpenedModel opened(options.input, global);
  const std::string task = opened.model().task();
  PELLUCID_CHECK(task == "classification" || task == "unknown", kUnsupported,
                 "references are texts of the other of two classes, and the model's task is {}; --task classification "
                 "says otherwise",
                 task);
  Search search(opened, text);
  const References references = search.run();
  const auto found = counts(references, text.file);
  const std::string note = fmt::format(
      "Contrast-CAT references per explained class: texts of the other class in '{}' that the model {} classifies "
      "rightly, the least confident in the explained class first",
      std::filesystem::path(text.file).filename().string(), opened.model().sha256());
  write_files({text_file(outputs.front().path, explain::references_json(references, note))}, console);
  if (global.json)
    console.print_json({{"file", outputs.front().path.string()}, {"read", search.read()}, {"references", found}});
  else
    console.print(fmt::format(
        "References of {} texts: {} for class 0, {} for class 1. Use them as --method "
        "contrast-cat --option references={}\n",
        search.read(), found["0"].get<int>(), found["1"].get<int>(), one_line(outputs.front().path.string())));
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto options = std::make_shared<Options>();
  TextInputOptions& text = options->input.text;
  options->input.declare_model(parameters);
  parameters.text(text.file,
                  {.name = "--text-file",
                   .value = "FILE",
                   .help = "Labelled texts, .tsv with a header or .jsonl, such as those the model was trained on",
                   .group = kGroup,
                   .required = true,
                   .offer = Offer::kFiles});
  parameters.text(
      text.column,
      {.name = "--column", .value = "NAME", .help = "Where the text is (default: text or sentence)", .group = kGroup});
  parameters.text(
      text.pair_column,
      {.name = "--pair-column", .value = "NAME", .help = "Where the second text of a pair is", .group = kGroup});
  parameters.text(text.label_column, {.name = "--label-column",
                                      .value = "NAME",
                                      .help = "Where the true class is, by number or label",
                                      .group = kGroup});
  options->output.declare(parameters, ".json");
  return [options, &global] { return run(*options, global); };
}

}  // namespace

Command references_command() {
  return {"references", "Texts that contrast-cat contrasts a text with", R"(
  pellucid references --model my-bert --text-file train.tsv --label-column label -o references.json
  pellucid explain --model my-bert --text "a fine film" --method contrast-cat --option references=references.json)",
          declare};
}

}  // namespace pellucid::cli
