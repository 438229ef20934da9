#include "graph/onnx/external_data.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/check.hpp"
#include "base/mapped_file.hpp"

namespace pellucid::graph {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;
using Visit = std::function<void(TensorProto&)>;

/// What ONNX Runtime takes for an address in its own memory.
constexpr const char* kRuntimeAddress = "_ORT_MEM_ADDR_";

bool is_external(const TensorProto& proto) { return proto.data_location() == TensorProto::EXTERNAL; }

void visit_tensors(onnx::GraphProto& graph, const Visit& visit);

void visit_tensors(onnx::SparseTensorProto& sparse, const Visit& visit) {
  visit(*sparse.mutable_values());
  visit(*sparse.mutable_indices());
}

void visit_tensors(onnx::AttributeProto& attribute, const Visit& visit) {
  if (attribute.has_t()) visit(*attribute.mutable_t());
  for (TensorProto& tensor : *attribute.mutable_tensors()) visit(tensor);
  if (attribute.has_sparse_tensor()) visit_tensors(*attribute.mutable_sparse_tensor(), visit);
  for (auto& sparse : *attribute.mutable_sparse_tensors()) visit_tensors(sparse, visit);
  if (attribute.has_g()) visit_tensors(*attribute.mutable_g(), visit);
  for (onnx::GraphProto& graph : *attribute.mutable_graphs()) visit_tensors(graph, visit);
}

void visit_tensors(onnx::GraphProto& graph, const Visit& visit) {
  for (TensorProto& tensor : *graph.mutable_initializer()) visit(tensor);
  for (auto& sparse : *graph.mutable_sparse_initializer()) visit_tensors(sparse, visit);
  for (onnx::NodeProto& node : *graph.mutable_node())
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) visit_tensors(attribute, visit);
}

void visit_tensors(onnx::ModelProto& model, const Visit& visit) {
  if (model.has_graph()) visit_tensors(*model.mutable_graph(), visit);
  for (onnx::FunctionProto& function : *model.mutable_functions()) {
    for (onnx::AttributeProto& attribute : *function.mutable_attribute_proto()) visit_tensors(attribute, visit);
    for (onnx::NodeProto& node : *function.mutable_node())
      for (onnx::AttributeProto& attribute : *node.mutable_attribute()) visit_tensors(attribute, visit);
  }
  for (onnx::TrainingInfoProto& training : *model.mutable_training_info()) {
    if (training.has_initialization()) visit_tensors(*training.mutable_initialization(), visit);
    if (training.has_algorithm()) visit_tensors(*training.mutable_algorithm(), visit);
  }
}

std::int64_t number(const std::string& text, const std::string& name) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  PELLUCID_CHECK(error == std::errc{} && end == text.data() + text.size() && value >= 0, kBadInput,
                 "tensor '{}': '{}' is not an offset or length of external data", name, text);
  return value;
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

/// The file, once it is sure that it lies inside.
fs::path file_inside(const std::string& location, const std::string& name, const DataFolders& folders) {
  const fs::path relative(location);
  PELLUCID_CHECK(!location.empty() && relative.is_relative() && location.find('\0') == std::string::npos &&
                     location.find(kRuntimeAddress) == std::string::npos,
                 kBadInput, "tensor '{}': external data '{}' is not a file beside the model", name, location);
  for (const auto& part : relative)
    PELLUCID_CHECK(part != "..", kBadInput, "tensor '{}': external data '{}' lies outside the model's folder", name,
                   location);
  fs::path file = folders.named / relative;
  std::error_code unknown;
  const fs::path real = fs::weakly_canonical(file, unknown);
  const bool inside = !unknown && std::any_of(folders.real.begin(), folders.real.end(),
                                              [&real](const fs::path& folder) { return lies_in(real, folder); });
  PELLUCID_CHECK(inside, kBadInput, "tensor '{}': external data '{}' is a link that leads outside the model's folder",
                 name, location);
  return file;
}

void embed(TensorProto& proto, const DataFolders& folders) {
  if (!is_external(proto)) return;
  const ExternalPlace place = external_place(proto, folders);
  const auto file = MappedFile::open(place.file);
  const auto size = static_cast<std::int64_t>(file->bytes().size());
  PELLUCID_CHECK(place.offset <= size && place.length <= size - place.offset, kBadInput,
                 "{}: tensor '{}' lies at {}, the file has {} bytes", place.file.string(), proto.name(), place.offset,
                 size);
  const std::int64_t length = place.length < 0 ? size - place.offset : place.length;
  proto.set_raw_data(file->bytes().data() + place.offset, static_cast<std::size_t>(length));
  proto.clear_external_data();
  proto.clear_data_location();
}

}  // namespace

DataFolders data_folders(const fs::path& model_file) {
  DataFolders folders;
  folders.named = model_file.parent_path();
  std::error_code unknown;
  const fs::path named = fs::canonical(folders.named.empty() ? fs::path(".") : folders.named, unknown);
  if (!unknown) folders.real.push_back(named);
  const fs::path file = fs::canonical(model_file, unknown);
  if (!unknown) folders.real.push_back(file.parent_path());
  return folders;
}

ExternalPlace external_place(const TensorProto& proto, const DataFolders& folders) {
  ExternalPlace place;
  std::set<std::string> seen;
  for (const auto& entry : proto.external_data()) {
    PELLUCID_CHECK(seen.insert(entry.key()).second, kBadInput, "tensor '{}': its external data has two of '{}'",
                   proto.name(), entry.key());
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = number(entry.value(), proto.name());
    if (entry.key() == "length") place.length = number(entry.value(), proto.name());
  }
  place.file = file_inside(place.location, proto.name(), folders);
  return place;
}

std::set<std::string> external_locations(const onnx::ModelProto& model, const DataFolders& folders) {
  std::set<std::string> locations;
  // Nothing is changed: the visit is shared with embed_external_data, which does.
  visit_tensors(const_cast<onnx::ModelProto&>(model), [&](TensorProto& proto) {
    if (is_external(proto)) locations.insert(external_place(proto, folders).location);
  });
  return locations;
}

void embed_external_data(onnx::ModelProto& model, const DataFolders& folders) {
  visit_tensors(model, [&folders](TensorProto& proto) { embed(proto, folders); });
}

}  // namespace pellucid::graph
