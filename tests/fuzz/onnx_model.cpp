#include <pellucid/error.hpp>

#include "anatomy/anatomy.hpp"
#include "graph/model_file.hpp"
#include "model_on_disk.hpp"

namespace pellucid::fuzz {
namespace {

/// A small run of the model: two samples, four along every other open axis.
graph::Specialisation small_run(const graph::ModelFile& file) {
  graph::Specialisation how;
  for (const graph::InputSpec& spec : file.inputs()) {
    Shape shape = spec.sizes;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] < 0) shape[i] = i == 0 ? 2 : 4;
    if (element_count(shape) > 1 << 16) throw Error(ErrorCode::kUnsupported, "too large to be tried");
    how.shapes[spec.name] = shape;
    if (!spec.sizes.empty() && spec.sizes[0] < 0) how.batched.push_back(spec.name);
  }
  return how;
}

}  // namespace

void onnx_model(Bytes bytes) {
  const auto file = graph::ModelFile::open(model_on_disk(bytes));
  graph::Specialisation how = small_run(file);
  auto graph = file.specialise(how);
  if (!graph) {
    how.batched.clear();
    graph = file.specialise(how);
  }
  static_cast<void>(anatomy::find_anatomy(graph.value()));
}

}  // namespace pellucid::fuzz
