#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pellucid {

/// A model and what lies with it, as `optimum-cli export onnx` and Hugging Face lay it out.
struct ModelFolder {
  std::filesystem::path model_file;
  std::filesystem::path folder;       ///< where config.json and its like lie
  std::vector<std::string> id2label;  ///< [classes], empty where config.json names none
  std::string model_type;             ///< "vit", "bert", …, empty where config.json doesn't say
  nlohmann::json config;              ///< config.json, null where there is none
  std::optional<std::filesystem::path> preprocessor_config;
};

/// Opens a folder with model.onnx or onnx/model.onnx inside, or a bare .onnx file with or without companions: these are
/// looked for beside the model file and, where that lies in a folder called onnx, one folder up.
/// Throws Error{kBadInput} naming what was looked for where there is no model, or where config.json is damaged.
[[nodiscard]] ModelFolder open_model_folder(const std::filesystem::path& model_argument);

/// Another file of the model by its name ("tokenizer.json"), looked for in the same places.
[[nodiscard]] std::optional<std::filesystem::path> find_companion(const ModelFolder& model, const std::string& name);

/// The class that `label` means: a whole number is the index itself; otherwise the class of exactly this label, else
/// the one that matches without regard to (ASCII) case, else the one with such a synonym ("tabby" of "tabby, tabby
/// cat"). Throws Error{kUsage} where the number is out of range, where several classes match (naming them) and where
/// none does (naming the closest).
[[nodiscard]] std::int64_t class_index(const ModelFolder& model, const std::string& label);

}  // namespace pellucid
