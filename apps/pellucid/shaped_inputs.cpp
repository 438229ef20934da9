#include <charconv>
#include <map>

#include <fmt/format.h>

#include "apps/pellucid/model_inputs.hpp"
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

constexpr const char* kForm =
    "--shape takes NAME=SIZE,SIZE,… with sizes of at least 1, such as x=1,3,224,224, not '{}'";

std::map<std::string, Shape> parse_shapes(const std::vector<std::string>& texts) {
  std::map<std::string, Shape> shapes;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    PELLUCID_CHECK(equals != std::string::npos && equals > 0, kUsage, kForm, text);
    Shape& shape = shapes[text.substr(0, equals)];
    PELLUCID_CHECK(shape.empty(), kUsage, "--shape is given twice for '{}'", text.substr(0, equals));
    const char* at = text.data() + equals + 1;
    const char* const end = text.data() + text.size();
    while (true) {
      std::int64_t size = 0;
      const auto parsed = std::from_chars(at, end, size);
      const bool right = parsed.ec == std::errc() && size >= 1 && (parsed.ptr == end || *parsed.ptr == ',');
      PELLUCID_CHECK(right, kUsage, kForm, text);
      shape.push_back(size);
      if (parsed.ptr == end) break;
      at = parsed.ptr + 1;
    }
  }
  return shapes;
}

/// The shape as asked for, its fixed axes compared.
Shape given_shape(const InputInfo& input, const Shape& wanted) {
  bool fits = wanted.size() == input.shape.size();
  for (std::size_t i = 0; fits && i < wanted.size(); ++i) fits = input.shape[i] < 0 || input.shape[i] == wanted[i];
  PELLUCID_CHECK(fits, kUsage, "--shape {}={} does not fit the model, which takes {} (-1: any size)", input.name,
                 to_string(wanted), to_string(input.shape));
  return wanted;
}

/// The shape with what the model and its preparation leave no choice about.
Shape known_shape(const Model& model, const InputInfo& input, const InputOptions& options) {
  Shape shape = input.shape;
  if (!shape.empty() && shape[0] < 0) shape[0] = 1;
  const auto image = picture_input(model);
  if (image && image->name == input.name) {
    if (shape[1] < 0) shape[1] = 3;
    if (const auto preparation = find_preparation(model, options.preparation, input)) {
      const auto& size = preparation->crop ? preparation->crop : preparation->size;
      if (size && shape[2] < 0) shape[2] = size->height;
      if (size && shape[3] < 0) shape[3] = size->width;
    }
  }
  for (const std::int64_t axis : shape) {
    PELLUCID_CHECK(
        axis >= 0, kUsage,
        "the sizes of the input '{}' {} are open: give --shape {}=…, or inputs with --text, --image or --inputs",
        input.name, to_string(input.shape), input.name);
  }
  return shape;
}

/// Ones for whole numbers called a mask, so that no row is masked altogether; zeros for everything else.
Tensor stand_in(const InputInfo& input, const Shape& shape) {
  const bool mask = input.name.find("mask") != std::string::npos;
  if (mask && input.type == ElementType::kInt64) {
    return {shape, std::vector<std::int64_t>(static_cast<std::size_t>(element_count(shape)), 1)};
  }
  return {input.type, shape};
}

}  // namespace

ModelInputs shaped_inputs(const Model& model, const InputOptions& options, const std::vector<std::string>& shapes) {
  auto wanted = parse_shapes(shapes);
  ModelInputs inputs;
  for (const InputInfo& input : model.inputs()) {
    const auto given = wanted.find(input.name);
    const Shape shape = given != wanted.end() ? given_shape(input, given->second) : known_shape(model, input, options);
    if (given != wanted.end()) wanted.erase(given);
    inputs.tensors[input.name] = stand_in(input, shape);
  }
  PELLUCID_CHECK(wanted.empty(), kUsage, "--shape names '{}', which is no input of the model", wanted.begin()->first);
  return inputs;
}

}  // namespace pellucid::cli
