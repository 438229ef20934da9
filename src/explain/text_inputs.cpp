#include "explain/text_inputs.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"

namespace pellucid {
namespace {

/// Lengths that texts are padded to, so that few programs serve texts of every length: steps of about an eighth.
std::int64_t bucket(std::int64_t length) {
  std::int64_t step = 8;
  while (length > 8 * step) step *= 2;
  return (length + step - 1) / step * step;
}

/// The most positions that config.json says the model has; 0 where it doesn't say. RoBERTa and its like count them from
/// behind the padding's id.
std::int64_t most_positions(const ModelFolder& model, std::int64_t pad) {
  if (!model.config.is_object()) return 0;
  const auto found = model.config.find("max_position_embeddings");
  if (found == model.config.end() || !found->is_number_integer()) return 0;
  static const std::set<std::string> kCountFromPad{"roberta", "xlm-roberta", "camembert", "mpnet", "longformer"};
  const std::int64_t reserved = kCountFromPad.count(model.model_type) != 0 ? pad + 1 : 0;
  return found->get<std::int64_t>() - reserved;
}

/// Fills the model's inputs with tokenised texts, row by row.
class Filler {
 public:
  Filler(const Model::State& state, const std::vector<TokenizedText>& texts, std::int64_t pad)
      : state_(state), texts_(texts), pad_(pad) {
    has_mask_ = has_input("attention_mask");
    length_ = padded_length();
  }

  TensorMap run() {
    TensorMap tensors;
    for (const InputInfo& input : state_.inputs) tensors[input.name] = filled(input);
    return tensors;
  }

 private:
  [[nodiscard]] bool has_input(const std::string& name) const {
    return std::any_of(state_.inputs.begin(), state_.inputs.end(),
                       [&name](const InputInfo& input) { return input.name == name; });
  }

  [[nodiscard]] std::int64_t padded_length() const {
    std::int64_t longest = 0, shortest = static_cast<std::int64_t>(texts_.front().tokens.size());
    for (const TokenizedText& text : texts_) {
      longest = std::max(longest, static_cast<std::int64_t>(text.tokens.size()));
      shortest = std::min(shortest, static_cast<std::int64_t>(text.tokens.size()));
    }
    const std::int64_t fixed = fixed_length();
    PELLUCID_CHECK(fixed < 0 || longest <= fixed, kUsage,
                   "the model takes {} tokens and the text has {}: give --max-length {}", fixed, longest, fixed);
    if (fixed >= 0) return fixed;
    PELLUCID_CHECK(has_mask_ || longest == shortest, kUsage,
                   "the model has no attention_mask, so texts of different lengths ({} and {} tokens) can't share a "
                   "batch: explain them one by one",
                   shortest, longest);
    if (!has_mask_) return longest;
    const std::int64_t most = most_positions(state_.folder, pad_);
    PELLUCID_CHECK(most <= 0 || longest <= most, kUsage,
                   "the text has {} tokens and the model {} positions: give --max-length {}, or --window {} to explain "
                   "it in parts",
                   longest, most, most, most);
    return most > 0 ? std::min(most, bucket(longest)) : bucket(longest);
  }

  [[nodiscard]] std::int64_t fixed_length() const {
    for (const InputInfo& input : state_.inputs)
      if (input.name == "input_ids" && input.shape.size() == 2) return input.shape[1];
    return -1;
  }

  [[nodiscard]] Tensor filled(const InputInfo& input) const {
    if (input.name == "input_ids")
      return rows(input, pad_, [](const TextToken& token, std::int64_t) { return token.id; });
    if (input.name == "attention_mask") return rows(input, 0, [](const TextToken&, std::int64_t) { return 1; });
    if (input.name == "token_type_ids")
      return rows(input, 0, [](const TextToken& token, std::int64_t) { return token.type; });
    if (input.name == "position_ids") return rows(input, 0, [](const TextToken&, std::int64_t at) { return at; });
    if (input.name == "decoder_input_ids") return decoder_start(input);
    if (input.name == "decoder_attention_mask") return column(input, 1);
    fail(ErrorCode::kUsage, "the model's input '{}' {} can't be made from text: give its tensors with --inputs",
         input.name, to_string(input.shape));
  }

  template <class Number>
  [[nodiscard]] Tensor rows(const InputInfo& input, std::int64_t padding, const Number& number) const {
    std::vector<std::int64_t> values;
    for (const TokenizedText& text : texts_) {
      for (std::size_t i = 0; i < text.tokens.size(); ++i)
        values.push_back(number(text.tokens[i], static_cast<std::int64_t>(i)));
      values.resize(values.size() + static_cast<std::size_t>(length_) - text.tokens.size(), padding);
    }
    return Tensor(Shape{static_cast<std::int64_t>(texts_.size()), length_}, values).cast(input.type);
  }

  [[nodiscard]] Tensor column(const InputInfo& input, std::int64_t value) const {
    const std::vector<std::int64_t> values(texts_.size(), value);
    return Tensor(Shape{static_cast<std::int64_t>(texts_.size()), 1}, values).cast(input.type);
  }

  /// What a decoder begins with.
  [[nodiscard]] Tensor decoder_start(const InputInfo& input) const {
    const nlohmann::json& config = state_.folder.config;
    for (const char* name : {"decoder_start_token_id", "bos_token_id", "pad_token_id"}) {
      const auto found = config.is_object() ? config.find(name) : config.end();
      if (found != config.end() && found->is_number_integer()) return column(input, found->get<std::int64_t>());
    }
    fail(ErrorCode::kUsage, "config.json of '{}' has no decoder_start_token_id: give all tensors with --inputs",
         state_.folder.model_file.string());
  }

  const Model::State& state_;
  const std::vector<TokenizedText>& texts_;
  std::int64_t pad_, length_ = 0;
  bool has_mask_ = false;
};

}  // namespace

const Tokenizer& Model::State::tokenizer() {
  if (!opened_tokenizer) opened_tokenizer = Tokenizer::open(folder);
  return *opened_tokenizer;
}

std::vector<TokenizedText> Model::tokenize(const TextInput& input, const TextOptions& options) {
  EncodeOptions encode;
  encode.max_length = options.max_length;
  encode.words = options.whitespace_words ? WordKind::kWhitespace : WordKind::kTokenizer;
  const Tokenizer& tokenizer = state_->tokenizer();
  if (options.window == 0) return {tokenizer.encode(input.text, input.pair, encode)};
  return tokenizer.windows(input.text, input.pair, encode, options.window, options.stride);
}

TensorMap explain::text_tensors(Model::State& state, const std::vector<TokenizedText>& texts) {
  PELLUCID_CHECK(!texts.empty(), kUsage, "there is no text to explain");
  return Filler(state, texts, state.special_tokens().pad).run();
}

std::int64_t explain::fixed_batch(const Model::State& state) {
  for (const InputInfo& input : state.inputs)
    if (!input.shape.empty() && input.shape[0] >= 0) return input.shape[0];
  return -1;
}

TensorMap Model::tensors_of(const std::vector<TokenizedText>& texts) { return explain::text_tensors(*state_, texts); }

}  // namespace pellucid
