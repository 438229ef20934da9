#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

OptionSpec word(std::string name, std::string otherwise, std::vector<std::string> words, std::string meaning) {
  return {.name = std::move(name),
          .kind = OptionKind::kWord,
          .otherwise = std::move(otherwise),
          .words = std::move(words),
          .meaning = std::move(meaning)};
}

}  // namespace

OptionSpec at_option(const std::string& otherwise) {
  return word("at", otherwise, {"tokens", "word_embeddings", "input"},
              std::string("tensor that counts as the input: what enters block 0, the word table's output, or the graph "
                          "input") +
                  (otherwise.empty() ? " (default: word_embeddings on text, else tokens)" : ""));
}

OptionSpec input_option() {
  return {.name = "input",
          .kind = OptionKind::kText,
          .otherwise = std::string(),
          .words = {},
          .meaning = "graph input that at=input means (default: the only floating-point one)"};
}

OptionSpec reduce_option(std::vector<std::string> words) {
  return word("reduce", "", std::move(words),
              "how the feature axis is folded (default: sum at tokens, none at the graph input)");
}

OptionSpec stream_option() {
  return {.name = "stream",
          .kind = OptionKind::kText,
          .otherwise = std::string("tokens"),
          .words = {},
          .meaning = "tower whose tokens are scored: image, text, encoder (default: the only one)"};
}

OptionSpec sites_option() {
  return word("sites", "self", {"self", "cross"},
              "encoder-decoder models: the encoder's own attention, or the decoder's cross attention");
}

OptionSpec row_option() {
  return word("row", "", {"readout", "target"},
              "row that is read: the head's read-out rows, or the token that the target indexes");
}

OptionSpec cls_option() {
  return word("cls", "keep", {"keep", "zero", "min"},
              "the read-out token's own score: kept, 0, or the smallest of the row");
}

OptionSpec mask_special_option() {
  return {.name = "mask_special",
          .kind = OptionKind::kBool,
          .otherwise = false,
          .words = {},
          .meaning = "text: explain a forward pass in which special tokens are masked as keys"};
}

OptionSpec token_types_option() {
  return word("token_types", "given", {"given", "zero"}, "text: what is fed as token type ids");
}

OptionSpec scale_option() {
  return word("scale", "none", {"none", "minmax"}, "per sample (s − min)/(max − min) over the content");
}

OptionSpec start_layer_option() {
  return {.name = "start_layer",
          .kind = OptionKind::kInteger,
          .otherwise = std::int64_t{0},
          .words = {},
          .least = 0,
          .meaning = "first block of the product, 0 is nearest the input"};
}

OptionSpec similarity_option() {
  return word("similarity", "dot", {"dot", "cosine"}, "concept targets: how feature and vector are compared");
}

OptionSpec internal_batch_size_option() {
  return {.name = "internal_batch_size",
          .kind = OptionKind::kInteger,
          .otherwise = std::string("auto"),
          .words = {"auto"},
          .least = 1,
          .meaning = "passes that are run together; never changes the result"};
}

OptionSpec noise_level_option(double otherwise) {
  return {.name = "noise_level",
          .kind = OptionKind::kNumber,
          .otherwise = otherwise,
          .words = {},
          .least = 0,
          .meaning = "standard deviation of the noise as a share of the sample's range (max − min)"};
}

OptionSpec noise_file_option() {
  return {.name = "noise_file",
          .kind = OptionKind::kFile,
          .otherwise = std::string(kSeeded),
          .words = {},
          .meaning = "safetensors file with standard normal draws 'z' (default: drawn from the seed)"};
}

OptionSpec nt_samples_option(std::int64_t otherwise) {
  return {.name = "nt_samples",
          .kind = OptionKind::kInteger,
          .otherwise = otherwise,
          .words = {},
          .least = 1,
          .most = 65536,
          .meaning = "number of noisy passes"};
}

OptionSpec n_steps_option() {
  return {.name = "n_steps",
          .kind = OptionKind::kInteger,
          .otherwise = std::int64_t{50},
          .words = {"auto"},
          .least = 1,
          .most = 65536,
          .meaning = "nodes on the path; auto doubles until the completeness gap is at most 1 %, 512 at most"};
}

OptionSpec adaptive_steps_option() {
  OptionSpec spec = n_steps_option();
  spec.words.emplace_back("adaptive");
  spec.meaning =
      "nodes on the path; auto doubles until the completeness gap is at most 1 %, 512 at most; adaptive puts them "
      "where "
      "the gradient changes, 513 at most";
  return spec;
}

OptionSpec quadrature_option(std::vector<std::string> words) {
  return word("method", "gausslegendre", std::move(words), "nodes and weights on the path");
}

std::vector<std::string> quadrature_words() {
  return {"gausslegendre", "riemann_left", "riemann_right", "riemann_middle", "riemann_trapezoid", "trapezoid"};
}

}  // namespace pellucid::methods
