#include "inputs/model_folder.hpp"

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::ScratchFolder;

const char* const kConfig =
    R"({"model_type": "vit", "hidden_size": 192, "id2label": {"1": "dog, hound", "0": "cat", "2": "Crane"}})";

TEST(ModelFolder, OpensAFolder) {
  const ScratchFolder folder;
  folder.write("model.onnx", "m");
  folder.write("config.json", kConfig);
  folder.write("preprocessor_config.json", "{}");
  const ModelFolder model = open_model_folder(folder.path());
  EXPECT_EQ(model.model_file, folder / "model.onnx");
  EXPECT_EQ(model.folder, folder.path());
  EXPECT_EQ(model.id2label, (std::vector<std::string>{"cat", "dog, hound", "Crane"}));
  EXPECT_EQ(model.model_type, "vit");
  EXPECT_EQ(model.config["hidden_size"], 192);
  EXPECT_EQ(model.preprocessor_config, folder / "preprocessor_config.json");
  EXPECT_EQ(find_companion(model, "tokenizer.json"), std::nullopt);
}

TEST(ModelFolder, FindsCompanionsAboveTheFolderOnnx) {
  const ScratchFolder folder;
  folder.write("onnx/model.onnx", "m");
  folder.write("onnx/model_quantized.onnx", "m");
  folder.write("config.json", kConfig);
  folder.write("tokenizer.json", "{}");
  const std::vector<std::pair<std::filesystem::path, std::string>> arguments = {
      {folder.path(), "model.onnx"},
      {folder / "onnx", "model.onnx"},
      {folder / "onnx/model.onnx", "model.onnx"},
      {folder / "onnx/model_quantized.onnx", "model_quantized.onnx"},
      {folder / "onnx/./model.onnx", "model.onnx"}};
  for (const auto& [argument, file] : arguments) {
    const ModelFolder model = open_model_folder(argument);
    EXPECT_EQ(model.model_file.filename(), file) << argument;
    EXPECT_TRUE(std::filesystem::equivalent(model.folder, folder.path())) << argument << " " << model.folder;
    EXPECT_EQ(model.id2label.size(), 3u) << argument;
    const auto tokenizer = find_companion(model, "tokenizer.json");
    ASSERT_TRUE(tokenizer.has_value()) << argument;
    EXPECT_TRUE(std::filesystem::equivalent(*tokenizer, folder / "tokenizer.json"));
  }
}

TEST(ModelFolder, PrefersWhatLiesBesideTheModel) {
  const ScratchFolder folder;
  folder.write("onnx/model.onnx", "m");
  folder.write("onnx/config.json", R"({"model_type": "inner"})");
  folder.write("config.json", R"({"model_type": "outer"})");
  EXPECT_EQ(open_model_folder(folder.path()).model_type, "inner");
}

TEST(ModelFolder, OpensABareFile) {
  const ScratchFolder folder;
  const auto file = folder.write("net/any name.onnx", "m");
  folder.write("config.json", kConfig);  // one folder up, but the folder isn't called onnx
  const ModelFolder model = open_model_folder(file);
  EXPECT_EQ(model.model_file, file);
  EXPECT_EQ(model.folder, folder / "net");
  EXPECT_TRUE(model.config.is_null());
  EXPECT_TRUE(model.id2label.empty());
  EXPECT_EQ(model.model_type, "");
  EXPECT_FALSE(model.preprocessor_config.has_value());
}

TEST(ModelFolder, SaysWhatIsMissing) {
  const ScratchFolder folder;
  expect_error(ErrorCode::kBadInput, "there is no model '" + (folder / "none").string() + "'",
               [&] { (void)open_model_folder(folder / "none"); });
  expect_error(ErrorCode::kBadInput, "neither model.onnx nor onnx/model.onnx",
               [&] { (void)open_model_folder(folder.path()); });
  expect_error(ErrorCode::kBadInput, "there is no model ''", [] { (void)open_model_folder(""); });
  const auto other = folder.write("model_int8.onnx", "m");
  expect_error(ErrorCode::kBadInput, "name one of these files: " + other.string(),
               [&] { (void)open_model_folder(folder.path()); });
  expect_error(ErrorCode::kBadInput, "Not a directory", [&] { (void)open_model_folder(other / "model.onnx"); });
  expect_error(ErrorCode::kBadInput, "neither a folder nor", [] { (void)open_model_folder("/dev/null"); });
}

TEST(ModelFolder, RefusesADamagedConfig) {
  const ScratchFolder folder;
  folder.write("model.onnx", "m");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not valid JSON"},
      {"{", "not valid JSON"},
      {"[]", "not a JSON object"},
      {R"({"model_type": 3})", "model_type is not a text"},
      {R"({"id2label": ["a"]})", "id2label is not a JSON object"},
      {R"({"id2label": {"0": []}})", "something else than texts"},
      {R"({"id2label": {"0": "a", "2": "b"}})", "the numbers 0 to 1"},
      {R"({"id2label": {"a": "b"}})", "the numbers 0 to 0"},
      {R"({"id2label": {"0": "a", "00": "b"}})", "the numbers 0 to 1"},
      {R"({"id2label": {"99999999999999999999": "a"}})", "the numbers 0 to 0"},
  };
  for (const auto& [config, message] : cases) {
    const auto path = folder.write("config.json", config);
    expect_error(ErrorCode::kBadInput, message, [&] { (void)open_model_folder(folder.path()); });
    expect_error(ErrorCode::kBadInput, path.string(), [&] { (void)open_model_folder(folder.path()); });
  }
  folder.write("config.json", R"({"id2label": {"0": 7}, "model_type": null})");
  EXPECT_EQ(open_model_folder(folder.path()).id2label, std::vector<std::string>{"7"});
}

ModelFolder with_labels(std::vector<std::string> labels) {
  ModelFolder model;
  model.id2label = std::move(labels);
  return model;
}

TEST(ClassIndex, ExactThenAnyCaseThenSynonyms) {
  const ModelFolder model = with_labels(
      {"tabby, tabby cat", "Tabby", "tabby", "tiger cat", "crane", "crane", "Egyptian cat,Pharaoh", "x, X"});
  EXPECT_EQ(class_index(model, "tabby"), 2);
  EXPECT_EQ(class_index(model, "Tabby"), 1);
  EXPECT_EQ(class_index(model, "tabby cat"), 0);
  EXPECT_EQ(class_index(model, "TABBY CAT"), 0);
  EXPECT_EQ(class_index(model, "Tiger Cat"), 3);
  EXPECT_EQ(class_index(model, "pharaoh"), 6);
  EXPECT_EQ(class_index(model, "tabby, tabby cat"), 0);
  EXPECT_EQ(class_index(model, "x"), 7);
  expect_error(ErrorCode::kUsage, "'TABBY' is ambiguous: give the number of one of 1 (Tabby); 2 (tabby)",
               [&] { (void)class_index(model, "TABBY"); });
  expect_error(ErrorCode::kUsage, "4 (crane); 5 (crane)", [&] { (void)class_index(model, "crane"); });
}

TEST(ClassIndex, NumbersAreIndices) {
  const ModelFolder model = with_labels({"1", "0", "two"});
  EXPECT_EQ(class_index(model, "0"), 0);
  EXPECT_EQ(class_index(model, "2"), 2);
  // A model may have more classes than its configuration names.
  EXPECT_EQ(class_index(model, "3"), 3);
  for (const char* wrong : {"-1", "99999999999999999999"})
    expect_error(ErrorCode::kUsage, "start at 0", [&] { (void)class_index(model, wrong); });
  EXPECT_EQ(class_index(with_labels({}), "12345"), 12345);
  expect_error(ErrorCode::kUsage, "start at 0", [] { (void)class_index(with_labels({}), "-1"); });
  expect_error(ErrorCode::kUsage, "names no classes", [] { (void)class_index(with_labels({}), "cat"); });
}

TEST(ClassIndex, SuggestsTheClosest) {
  const ModelFolder model = with_labels({"positive", "negative", "neutral", "great white shark, man-eater"});
  expect_error(ErrorCode::kUsage, "no class 'positve'; the closest are 0 (positive); 1 (negative)",
               [&] { (void)class_index(model, "positve"); });
  expect_error(ErrorCode::kUsage, "closest are 3 (great white shark, man-eater)",
               [&] { (void)class_index(model, "Shark"); });
  expect_error(ErrorCode::kUsage, "closest are 2 (neutral)", [&] { (void)class_index(model, "nuetral"); });
  expect_error(ErrorCode::kUsage, "closest are", [&] { (void)class_index(model, ""); });
  expect_error(ErrorCode::kUsage, "closest are", [&] { (void)class_index(model, std::string(100000, 'x')); });
}

TEST(ClassIndex, LabelsOfImageNet) {
  const auto root = tests::fixtures();
  if (!root || !std::filesystem::exists(*root / "models" / "vit-tiny-imagenet"))
    GTEST_SKIP() << "the models are absent";
  const ModelFolder model = open_model_folder(*root / "models" / "vit-tiny-imagenet");
  EXPECT_EQ(model.model_type, "vit");
  ASSERT_EQ(model.id2label.size(), 1000u);
  EXPECT_TRUE(model.preprocessor_config.has_value());
  EXPECT_EQ(class_index(model, "tabby"), 281);
  EXPECT_EQ(class_index(model, "bull mastiff"), 243);
  EXPECT_EQ(class_index(model, "Carassius Auratus"), 1);
  expect_error(ErrorCode::kUsage, "134 (crane); 517 (crane)", [&] { (void)class_index(model, "crane"); });
}

}  // namespace
}  // namespace pellucid
