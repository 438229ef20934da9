#include <span>

#include <nlohmann/json.hpp>

#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/outputs.hpp"
#include "base/check.hpp"
#include "base/npy.hpp"
#include "base/npz.hpp"
#include "base/safetensors.hpp"
#include "render/html.hpp"
#include "render/png_overlay.hpp"
#include "render/record.hpp"
#include "render/words.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::json;

std::string json_text(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

/// The record without the arrays that stand beside it as tensors, and without times: the same call gives the same
/// bytes.
std::string record_without_arrays(const Explanation& explanation) {
  json document = record(explanation);
  for (const char* name : {"scores", "token_scores", "logits"}) document[name].erase("values");
  document.erase("timing");
  return json_text(document);
}

TensorMap tensors_of(const Explanation& explanation) {
  return {{"token_scores", explanation.token_scores}, {"scores", explanation.scores}, {"logits", explanation.logits}};
}

/// What is drawn or written as text; nothing for the formats that are written tensor by tensor.
std::vector<RenderedFile> rendered(const std::vector<Output>& outputs, const Explanation& explanation,
                                   const std::vector<Picture>& pictures, const OverlayOptions& overlay) {
  std::vector<RenderedFile> files;
  for (const Output& output : outputs) {
    if (output.kind == "png") files.push_back({output.path, render_png(explanation, pictures, overlay)});
    if (output.kind == "html") {
      const std::string title = render::sample_title(explanation, 0) + " · " + render::method_title(explanation);
      files.push_back(
          text_file(output.path, render_html({{explanation, pictures, ""}}, title, overlay, overlay.text_colours)));
    }
    if (output.kind == "json") files.push_back(text_file(output.path, json_text(record(explanation)) + "\n"));
  }
  return files;
}

void write_tensors(const Output& output, const Explanation& explanation) {
  if (output.kind == "npy") write_npy(output.path, explanation.scores);
  if (output.kind == "safetensors") {
    write_safetensors(output.path, tensors_of(explanation), {{"record", record_without_arrays(explanation)}});
  }
  if (output.kind == "npz") {
    TensorMap tensors = tensors_of(explanation);
    const std::string text = record_without_arrays(explanation);
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    tensors.emplace("record", Tensor(Shape{static_cast<std::int64_t>(bytes.size())}, bytes));
    write_npz(output.path, tensors);
  }
}

}  // namespace

void write_explanation(const std::vector<Output>& outputs, const Explanation& explanation,
                       const std::vector<Picture>& pictures, const OverlayOptions& overlay, const Console& console) {
  const std::vector<RenderedFile> files = rendered(outputs, explanation, pictures, overlay);
  stop_if_interrupted();
  for (const Output& output : outputs) {
    if (output.kind != "npy" && output.kind != "npz" && output.kind != "safetensors") continue;
    write_tensors(output, explanation);
    console.message("wrote " + output.path.string());
  }
  write_files(files, console);
}

}  // namespace pellucid::cli
