#include "apps/pellucid/anatomy_options.hpp"

#include "apps/pellucid/parameters.hpp"

namespace pellucid::cli {

void declare_anatomy(AnatomyHints& hints, Parameters& parameters) {
  constexpr const char* kGroup = "Where the model isn't recognised (names of values or nodes)";
  parameters.text(hints.tokens, {.name = "--tokens",
                                 .value = "NAME",
                                 .help = "What enters the first block: [batch, tokens, width]",
                                 .group = kGroup});
  parameters.texts(
      hints.attention,
      {.name = "--attention", .value = "NAME", .help = "The attention probabilities of each block", .group = kGroup});
  parameters.texts(hints.blocks, {.name = "--block",
                                  .value = "NAME",
                                  .help = "What enters each block, then what leaves the last",
                                  .group = kGroup});
  parameters.text(
      hints.head,
      {.name = "--head", .value = "NAME", .help = "The model's output that holds the scores", .group = kGroup});
}

}  // namespace pellucid::cli
