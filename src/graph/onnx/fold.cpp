#include "graph/onnx/fold.hpp"

#include <limits>

#include "base/check.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/marked_rows.hpp"
#include "graph/onnx/sequences.hpp"
#include "graph/onnx/unroll.hpp"

namespace pellucid::graph {
namespace {

onnx::ModelProto folded_by_runtime(const onnx::ModelProto& model, const std::string& name) {
  const std::vector<std::byte> bytes = run::fold(serialise(model), name);
  onnx::ModelProto folded;
  PELLUCID_CHECK(folded.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), kInternal,
                 "internal: the folded graph can't be parsed");
  return folded;
}

/// Loops whose steps are decided, the lists that they fill, and rows that a mask marks; true where there were any.
bool write_out(onnx::ModelProto& model) {
  const bool loops = unroll_loops(model), lists = lower_sequences(model);
  return lower_marked_rows(model) || loops || lists;
}

}  // namespace

std::vector<std::byte> serialise(const onnx::ModelProto& model) {
  std::vector<std::byte> bytes(model.ByteSizeLong());
  PELLUCID_CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
                     model.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())),
                 kUnsupported, "the model's constants beside its weights take 2 GB or more");
  return bytes;
}

run::Session plain_session(const onnx::ModelProto& model, const std::string& name) {
  run::SessionOptions options;
  options.threads = 1;
  options.optimisation = run::Optimisation::kNone;
  return run::Session(serialise(model), {}, options, name);
}

onnx::ModelProto fold(const onnx::ModelProto& shaped, const std::string& name) {
  onnx::ModelProto folded = folded_by_runtime(shaped, name);
  // What a step of a loop is may be decided only once the loop around it is written out and folded.
  while (write_out(folded)) folded = folded_by_runtime(folded, name);
  for (const onnx::NodeProto& node : folded.graph().node()) {
    require_no_subgraph(node);
    require_no_sequence(node);
  }
  return folded;
}

}  // namespace pellucid::graph
