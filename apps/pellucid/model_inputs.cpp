#include "apps/pellucid/model_inputs.hpp"

#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/pellucid/anatomy_options.hpp"
#include "apps/pellucid/parameters.hpp"
#include "apps/pellucid/shown_tensor.hpp"
#include "base/check.hpp"
#include "base/read_file.hpp"
#include "base/safetensors.hpp"
#include "base/sha256.hpp"

namespace pellucid::cli {
namespace {

bool is_half(ElementType type) { return type == ElementType::kFloat16 || type == ElementType::kBFloat16; }

bool is_floating(ElementType type) {
  return type == ElementType::kFloat32 || type == ElementType::kFloat64 || is_half(type);
}

std::string described(const InputInfo& input) {
  return fmt::format("{} {} {}", input.name, element_name(input.type), to_string(input.shape));
}

std::string listed(const std::vector<InputInfo>& inputs) {
  std::vector<std::string> texts;
  for (const InputInfo& input : inputs) texts.push_back(described(input));
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// The input that pictures go to; says what to do where there is none, or where pictures are not enough.
InputInfo require_picture_input(const Model& model) {
  const auto input = picture_input(model);
  PELLUCID_CHECK(input, kUsage, "the model '{}' takes no pictures, it takes {}: give the tensors with --inputs",
                 model.file().string(), listed(model.inputs()));
  PELLUCID_CHECK(model.inputs().size() == 1, kUsage,
                 "the model '{}' takes more than a picture ({}): give all its tensors with --inputs",
                 model.file().string(), listed(model.inputs()));
  return *input;
}

ImagePreparation require_preparation(const Model& model, const InputOptions& options, const InputInfo& image) {
  const auto preparation = find_preparation(model, options.preparation, image);
  PELLUCID_CHECK(preparation, kUsage,
                 "there is no preprocessor_config.json beside '{}': say how pictures are prepared with --mean, --std, "
                 "--size, --crop and --resample",
                 model.file().string());
  return *preparation;
}

Tensor black_picture(const ImagePreparation& preparation, std::int64_t height, std::int64_t width) {
  const auto black = prepared_black(preparation);
  std::vector<float> values;
  for (const float channel : black) values.insert(values.end(), static_cast<std::size_t>(height * width), channel);
  return {Shape{3, height, width}, values};
}

void require_size(const PreparedImage& prepared, const InputInfo& input, const std::string& file) {
  const Shape& shape = prepared.pixel_values.shape();
  const bool fits =
      (input.shape[2] < 0 || input.shape[2] == shape[1]) && (input.shape[3] < 0 || input.shape[3] == shape[2]);
  PELLUCID_CHECK(fits, kUsage, "'{}' is prepared to {} × {} pixels but the model takes {}: give --size or --crop", file,
                 shape[1], shape[2], described(input));
}

/// The pictures stacked to [batch, 3, height, width].
Tensor stacked(const std::vector<Tensor>& samples, const std::vector<std::string>& files, ElementType type) {
  const Shape& shape = samples.front().shape();
  std::vector<float> values;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    PELLUCID_CHECK(samples[i].shape() == shape, kUsage,
                   "'{}' is prepared to {} and '{}' to {}: pictures of one run must have one size; give --size or "
                   "--crop, or explain them one by one",
                   files.front(), to_string(shape), files[i], to_string(samples[i].shape()));
    const auto sample = samples[i].values<float>();
    values.insert(values.end(), sample.begin(), sample.end());
  }
  Shape batch = shape;
  batch.insert(batch.begin(), static_cast<std::int64_t>(samples.size()));
  const Tensor tensor(batch, values);
  return type == ElementType::kFloat32 ? tensor : tensor.cast(type);
}

ModelInputs read_images(const Model& model, const InputOptions& options) {
  const InputInfo input = require_picture_input(model);
  const auto count = static_cast<std::int64_t>(options.images.size());
  PELLUCID_CHECK(input.shape[0] < 0 || input.shape[0] == count, kUsage,
                 "{} pictures were given, but the model takes {} in one run: {}", count, input.shape[0],
                 described(input));
  const ImagePreparation preparation = require_preparation(model, options, input);
  ModelInputs inputs;
  std::vector<Tensor> samples;
  for (const std::string& file : options.images) {
    const std::vector<std::byte> bytes = read_binary_file(file);
    PreparedImage prepared = prepare_image(decode_image(bytes, file), preparation);
    require_size(prepared, input, file);
    samples.push_back(prepared.pixel_values);
    inputs.pictures.push_back(std::move(prepared.shown));
    inputs.names.push_back(file);
    inputs.sha256.push_back(sha256_hex(bytes));
  }
  inputs.tensors[input.name] = stacked(samples, options.images, input.type);
  const Shape& shape = samples.front().shape();
  inputs.black = black_picture(preparation, shape[1], shape[2]);
  return inputs;
}

ModelInputs read_texts(Model& model, const TextInputOptions& options) {
  PELLUCID_CHECK(options.file.empty(), kUsage, "--text-file is for explain; give texts with --text");
  PELLUCID_CHECK(options.window == 0, kUsage, "--window is for explain");
  ModelInputs inputs;
  for (const TextInput& input : options.inputs()) {
    const std::string whole = input.text + (input.pair ? "\n" + *input.pair : "");
    inputs.texts.push_back(model.tokenize(input, options.text_options()).front());
    inputs.names.emplace_back();
    inputs.sha256.push_back(sha256_hex(std::as_bytes(std::span(whole))));
  }
  inputs.tensors = model.tensors_of(inputs.texts);
  return inputs;
}

/// Names and pictures for ready-made tensors.
void describe(const Model& model, const InputOptions& options, ModelInputs& inputs) {
  const auto image = picture_input(model);
  const auto found = image ? inputs.tensors.find(image->name) : inputs.tensors.end();
  const bool is_picture = found != inputs.tensors.end() && shows_picture(found->second);
  if (is_picture) {
    const auto preparation = find_preparation(model, options.preparation, *image);
    inputs.pictures = shown_pictures(found->second, preparation);
    const Shape& shape = found->second.shape();
    if (preparation) inputs.black = black_picture(*preparation, shape[2], shape[3]);
  }
  std::int64_t batch = 1;
  if (is_picture) {
    batch = found->second.shape().front();
  } else if (!model.inputs().empty()) {
    const auto first = inputs.tensors.find(model.inputs().front().name);
    if (first != inputs.tensors.end() && !first->second.shape().empty()) batch = first->second.shape().front();
  }
  const std::string hash = sha256_file(options.tensors);
  for (std::int64_t i = 0; i < batch; ++i) {
    inputs.names.push_back(batch == 1 ? options.tensors : fmt::format("{} [{}]", options.tensors, i));
    inputs.sha256.push_back(hash);
  }
}

}  // namespace

void InputOptions::declare_model(Parameters& parameters) {
  parameters.text(model, {.name = "--model",
                          .value = "DIR|FILE",
                          .help = "A model folder as Hugging Face lays it out, or an .onnx file",
                          .required = true,
                          .offer = Offer::kFiles});
  const std::vector<std::string> tasks = {"classification",       "multi-label",        "regression",
                                          "token-classification", "question-answering", "next-token",
                                          "sequence-to-sequence", "fill-mask",          "similarity"};
  parameters.text(
      task, {.name = "--task",
             .value = "TASK",
             .help = fmt::format("What the model answers, where config.json doesn't say: {}", fmt::join(tasks, ", ")),
             .words = tasks});
  declare_anatomy(anatomy, parameters);
}

void InputOptions::declare_inputs(Parameters& parameters) {
  parameters.texts(images, {.name = "--image",
                            .value = "FILE",
                            .help = "Pictures (JPEG, PNG, WebP, BMP); several make one batch",
                            .offer = Offer::kFiles});
  parameters.text(tensors, {.name = "--inputs",
                            .value = "FILE.safetensors",
                            .help = "Ready-made tensors, named as the model's inputs",
                            .offer = Offer::kFiles});
  text.declare(parameters);
  preparation.declare(parameters);
}

std::string ModelInputs::title(std::size_t sample) const {
  if (sample >= texts.size()) return names.at(sample);
  const TokenizedText& text = texts[sample];
  return text.pair ? text.text + " / " + *text.pair : text.text;
}

void ModelInputs::name(Explanation& explanation) const {
  explanation.input_names = names;
  explanation.input_sha256 = sha256;
}

std::optional<InputInfo> picture_input(const Model& model) {
  std::optional<InputInfo> found;
  for (const InputInfo& input : model.inputs()) {
    const bool fits = is_floating(input.type) && input.shape.size() == 4 && (input.shape[1] < 0 || input.shape[1] == 3);
    if (!fits) continue;
    if (found) return std::nullopt;
    found = input;
  }
  return found;
}

ModelInputs read_inputs(Model& model, const InputOptions& options) {
  const int kinds = int(!options.images.empty()) + int(!options.tensors.empty()) + int(options.text.given());
  PELLUCID_CHECK(kinds <= 1, kUsage, "give one of --image, --text and --inputs, not several");
  PELLUCID_CHECK(kinds == 1, kUsage, "there is no input: give --image FILE, --text TEXT or --inputs FILE.safetensors");
  if (!options.images.empty()) return read_images(model, options);
  if (options.text.given()) return read_texts(model, options.text);
  ModelInputs inputs;
  inputs.tensors = read_safetensors(options.tensors);
  for (auto& [name, tensor] : inputs.tensors)
    if (is_half(tensor.type())) tensor = tensor.cast(ElementType::kFloat32);
  describe(model, options, inputs);
  return inputs;
}

}  // namespace pellucid::cli
