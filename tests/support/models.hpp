#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pellucid::tests {

/// The vision folders of fixtures/matrix whose exporters emit plain ONNX operators.
inline std::vector<std::string> vision_models() {
  return {"beit__dynamo18-sdpa",
          "beit__ts17-eager",
          "clip__dynamo18-sdpa",
          "clip__ts17-eager",
          "conv-stem-vit__dynamo18-sdpa",
          "conv-stem-vit__ts17-eager",
          "deit-distilled__dynamo18-sdpa",
          "deit-distilled__ts17-eager",
          "dinov2__dynamo20-sdpa",
          "dinov2__ts14-eager",
          "dinov3__dynamo18-sdpa",
          "dinov3__dynamo23-sdpa",
          "dinov3__ts17-eager",
          "mobilevit__dynamo18-eager",
          "mobilevit__ts17-eager",
          "swin__dynamo18-sdpa",
          "swin__ts17-eager",
          "timm-vit__dynamo18-sdpa",
          "timm-vit__dynamo23-sdpa",
          "timm-vit__ts17-eager",
          "timm-vit__ts17-sdpa",
          "vit__dynamo18-eager",
          "vit__dynamo18-sdpa",
          "vit__dynamo18-static",
          "vit__dynamo20-sdpa",
          "vit__dynamo23-sdpa",
          "vit__ts14-eager",
          "vit__ts17-eager",
          "vit__ts17-external-data",
          "vit__ts17-fp16",
          "vit__ts17-sdpa",
          "vit__ts17-static",
          "vit__ts20-eager"};
}

/// The text folders of fixtures/matrix whose exporters emit plain ONNX operators.
inline std::vector<std::string> text_models() {
  return {"albert__dynamo18-sdpa",
          "albert__ts17-eager",
          "bert__dynamo18-eager",
          "bert__dynamo18-sdpa",
          "bert__dynamo18-static",
          "bert__dynamo20-sdpa",
          "bert__dynamo23-sdpa",
          "bert__ts14-eager",
          "bert__ts17-eager",
          "bert__ts17-external-data",
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
          "roberta__dynamo18-sdpa",
          "roberta__ts17-eager",
          "t5__dynamo18-sdpa",
          "t5__ts17-eager",
          "tanh-bert__dynamo20-sdpa",
          "tanh-bert__ts17-eager"};
}

/// Folders whose models are quantised or of half precision in parts.
inline std::vector<std::string> rounded_models() {
  return {"bert__ts17-fp16", "bert__ts17-int8-dynamic", "bert__ts17-qdq", "vit__ts17-int8-dynamic", "vit__ts17-qdq"};
}

/// Those of audio, series and tables.
inline std::vector<std::string> other_models() {
  return {
      "patchtst__dynamo18-sdpa",          "torch-encoder-postnorm__dynamo18-sdpa", "torch-encoder-postnorm__ts17-eager",
      "torch-mha-tabular__dynamo18-sdpa", "torch-mha-tabular__ts17-eager",         "whisper-encoder__dynamo18-sdpa",
      "whisper-encoder__ts17-eager"};
}

/// Those that ONNX Runtime's transformer optimiser fused, or that were written with its operators.
inline std::vector<std::string> fused_models() {
  return {"bert__contrib-attention", "bert__contrib-mha",     "bert__ts17-fused", "tanh-bert__contrib-attention",
          "tanh-bert__contrib-mha",  "tanh-bert__ts17-fused", "vit__ts17-fused"};
}

/// A folder's name as a GoogleTest name.
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

}  // namespace pellucid::tests
