#include "apps/pellucid/text_options.hpp"

#include "apps/pellucid/parameters.hpp"
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

constexpr const char* kGroup = "Texts";
constexpr Limits kLengths{1, 1 << 24};

}  // namespace

void TextInputOptions::declare(Parameters& parameters) {
  parameters.repeated_text(texts, {.name = "--text",
                                   .value = "TEXT",
                                   .help = "A text for a model with a tokenizer beside it, repeatable",
                                   .group = kGroup});
  parameters.repeated_text(pairs, {.name = "--text-pair",
                                   .value = "TEXT",
                                   .help = "The second text of a pair: a hypothesis, the context of a question",
                                   .group = kGroup});
  parameters.number(
      max_length,
      {.name = "--max-length",
       .value = "N",
       .help = "Most tokens, special ones counted; the rest is cut, and said (default: as the folder says)",
       .group = kGroup},
      kLengths);
  parameters.choice(words, {.name = "--words",
                            .value = "KIND",
                            .help = "What a word is: tokenizer (punctuation apart) or whitespace (default: tokenizer)",
                            .group = kGroup,
                            .words = {"tokenizer", "whitespace"}});
  parameters.number(window,
                    {.name = "--window",
                     .value = "N",
                     .help = "Explain a long text in windows of N tokens instead of cutting it",
                     .group = kGroup},
                    kLengths);
  parameters.number(stride,
                    {.name = "--stride",
                     .value = "N",
                     .help = "Tokens that a window shares with the next (default: 0)",
                     .group = kGroup},
                    Limits{0, 1 << 24});
}

void TextInputOptions::declare_file(Parameters& parameters) {
  parameters.text(file, {.name = "--text-file",
                         .value = "FILE",
                         .help = "Many texts: a line each, .jsonl or .tsv; gives a table (-o FILE.tsv or .jsonl)",
                         .group = kGroup,
                         .offer = Offer::kFiles});
  parameters.text(column, {.name = "--column",
                           .value = "NAME",
                           .help = "Where the text is in a .jsonl or .tsv file (default: text or sentence)",
                           .group = kGroup});
  parameters.text(
      pair_column,
      {.name = "--pair-column", .value = "NAME", .help = "Where the second text of a pair is", .group = kGroup});
  parameters.text(label_column, {.name = "--label-column",
                                 .value = "NAME",
                                 .help = "Where the true class is, by number or label: the accuracy is printed",
                                 .group = kGroup});
}

std::vector<TextInput> TextInputOptions::inputs() const {
  PELLUCID_CHECK(pairs.empty() || pairs.size() == texts.size(), kUsage,
                 "there are {} texts and {} second ones: give --text-pair once for each --text", texts.size(),
                 pairs.size());
  std::vector<TextInput> made;
  for (std::size_t i = 0; i < texts.size(); ++i)
    made.push_back({texts[i], pairs.empty() ? std::nullopt : std::optional(pairs[i])});
  return made;
}

TextOptions TextInputOptions::text_options() const {
  PELLUCID_CHECK(window == 0 || max_length == 0, kUsage,
                 "give either --max-length, which cuts a text, or --window, which doesn't");
  PELLUCID_CHECK(stride == 0 || window > 0, kUsage, "--stride goes with --window");
  return {.max_length = max_length, .whitespace_words = words == "whitespace", .window = window, .stride = stride};
}

}  // namespace pellucid::cli
