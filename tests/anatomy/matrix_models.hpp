#pragma once

#include <string>
#include <vector>

#include "support/models.hpp"

namespace pellucid::tests {

/// Models of text, audio, series and tables, next to tests::vision_models().
inline std::vector<std::string> other_models() {
  return {"albert__dynamo18-sdpa",
          "albert__ts17-eager",
          "bert__dynamo18-eager",
          "bert__dynamo18-sdpa",
          "bert__dynamo18-static",
          "bert__dynamo20-sdpa",
          "bert__dynamo23-sdpa",
          "bert__ts14-eager",
          "bert__ts17-eager",
          "bert__ts17-sdpa",
          "bert__ts17-static",
          "bert__ts20-eager",
          "deberta-v3__dynamo18-sdpa",
          "deberta-v3__ts17-eager",
          "distilbert__dynamo18-sdpa",
          "distilbert__ts14-eager",
          "distilbert__ts17-sdpa",
          "electra__dynamo20-sdpa",
          "electra__ts17-eager",
          "gpt2-classifier__dynamo18-sdpa",
          "gpt2-classifier__ts17-eager",
          "gpt2-lm__dynamo20-sdpa",
          "gpt2-lm__ts17-sdpa",
          "llama__dynamo18-sdpa",
          "llama__ts17-eager",
          "modernbert__dynamo18-sdpa",
          "modernbert__ts17-eager",
          "patchtst__dynamo18-sdpa",
          "roberta__dynamo18-sdpa",
          "roberta__ts17-eager",
          "t5__dynamo18-sdpa",
          "t5__ts17-eager",
          "tanh-bert__dynamo20-sdpa",
          "tanh-bert__ts17-eager",
          "torch-encoder-postnorm__dynamo18-sdpa",
          "torch-encoder-postnorm__ts17-eager",
          "torch-mha-tabular__dynamo18-sdpa",
          "torch-mha-tabular__ts17-eager",
          "whisper-encoder__dynamo18-sdpa",
          "whisper-encoder__ts17-eager"};
}

}  // namespace pellucid::tests
