#include "graph/model_file.hpp"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>
#include <algorithm>
#include <future>
#include <set>

#include "base/check.hpp"
#include "base/file_descriptor.hpp"
#include "base/mapped_file.hpp"
#include "base/sha256.hpp"
#include "base/tensor_bytes.hpp"
#include "graph/onnx/brain_to_single.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/external_data.hpp"
#include "graph/onnx/fold.hpp"
#include "graph/onnx/functions.hpp"
#include "graph/onnx/read.hpp"
#include "graph/onnx/sizes.hpp"
#include "graph/opaque.hpp"
#include "graph/passes/passes.hpp"
#include "run/session.hpp"

namespace pellucid::graph {
namespace {

/// Initialisers of more elements than this are taken out before folding: nothing folds into them but copies.
constexpr std::uint64_t kLargestFolded = 16;
constexpr std::int64_t kSmallBatch = 2, kLargeBatch = 3;

bool is_weight(const onnx::TensorProto& proto, bool quantised) {
  using onnx::TensorProto;
  const bool numbers =
      proto.data_type() == TensorProto::FLOAT || proto.data_type() == TensorProto::DOUBLE ||
      proto.data_type() == TensorProto::FLOAT16 || proto.data_type() == TensorProto::BFLOAT16 ||
      (quantised && (proto.data_type() == TensorProto::INT8 || proto.data_type() == TensorProto::UINT8));
  // Impossible sizes are refused where a weight is read.
  const auto count = byte_count(ElementType::kInt8, Shape(proto.dims().begin(), proto.dims().end()));
  const bool small = count && *count <= kLargestFolded;
  return proto.data_location() == TensorProto::EXTERNAL || (numbers && !small);
}

std::shared_ptr<onnx::ModelProto> parse(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  PELLUCID_CHECK(file->bytes().size() < static_cast<std::size_t>(std::numeric_limits<int>::max()), kBadInput,
                 "{}: an ONNX file of 2 GB or more must keep its weights as external data", path.string());
  google::protobuf::LogSilencer silent;
  auto model = std::make_shared<onnx::ModelProto>();
  // Read through a small buffer: a mapped file would count as memory beside what is parsed from it.
  const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  google::protobuf::io::FileInputStream stream(descriptor.get());
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(std::numeric_limits<int>::max());
  const bool parsed = model->ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
  PELLUCID_CHECK(parsed && model->has_graph() && model->graph().node_size() > 0, kBadInput,
                 "{}: this is not an ONNX model, or the file is truncated", path.string());
  return model;
}

InputSpec input_spec(const onnx::ValueInfoProto& proto) {
  InputSpec spec;
  spec.name = proto.name();
  PELLUCID_CHECK(proto.type().has_tensor_type(), kUnsupported, "the model's input '{}' is not a tensor", proto.name());
  const auto& tensor = proto.type().tensor_type();
  spec.type = element_type_from_onnx(tensor.elem_type(), proto.name());
  if (spec.type == ElementType::kFloat16 || spec.type == ElementType::kBFloat16) spec.type = ElementType::kFloat32;
  for (const auto& axis : tensor.shape().dim()) {
    spec.sizes.push_back(axis.has_dim_value() && axis.dim_value() > 0 ? axis.dim_value() : -1);
    spec.symbols.push_back(axis.dim_param());
  }
  return spec;
}

void set_shape(onnx::ValueInfoProto& info, const Shape& shape) {
  auto& proto = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
  proto.clear_dim();
  for (const std::int64_t axis : shape) proto.add_dim()->set_dim_value(axis);
}

std::optional<Graph> canonical(std::optional<Graph> graph) {
  if (graph) canonicalise(*graph);
  return graph;
}

}  // namespace

struct ModelFile::State {
  std::filesystem::path path;
  DataFolders folders;
  std::set<std::string> locations;  // of external data
  std::shared_ptr<onnx::ModelProto> file;
  onnx::ModelProto skeleton;  // the file without its weights, which are inputs there
  TensorMap weights;
  std::vector<InputSpec> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, std::int64_t> quantised;
  mutable std::string sha256;
  mutable std::future<std::string> hash_of_file;

  /// Hashes the file in the background, where that takes moments.
  void start_hash();
  void count_quantised();
  void take_out_weights();
  [[nodiscard]] std::string hash() const;
  [[nodiscard]] Folded fold_at(const std::map<std::string, Shape>& shapes) const;
  void find_shapes(const onnx::ModelProto& folded, const std::map<std::string, Shape>& shapes, Folded& result) const;
};

ModelFile::ModelFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ModelFile::~ModelFile() = default;
ModelFile::ModelFile(ModelFile&&) noexcept = default;
ModelFile& ModelFile::operator=(ModelFile&&) noexcept = default;

ModelFile ModelFile::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  // Beside the parsing: the runtime's start and the file's hash, which nearly every use of a model needs.
  const auto started = std::async(std::launch::async, run::start);
  state->start_hash();
  state->file = parse(path);
  state->folders = data_folders(path);
  state->locations = external_locations(*state->file, state->folders);
  check_functions(*state->file);
  check_sizes(*state->file);
  state->count_quantised();
  state->take_out_weights();
  std::map<std::string, bool> initialised;
  for (const auto& proto : state->file->graph().initializer()) initialised[proto.name()] = true;
  for (const auto& proto : state->file->graph().input())
    if (initialised.count(proto.name()) == 0) state->inputs.push_back(input_spec(proto));
  for (const auto& proto : state->file->graph().output()) state->outputs.push_back(proto.name());
  PELLUCID_CHECK(!state->inputs.empty() && !state->outputs.empty(), kBadInput,
                 "{}: the model has no input or no output", path.string());
  return ModelFile(std::move(state));
}

void ModelFile::State::start_hash() {
  constexpr std::uintmax_t kQuick = std::uintmax_t{512} << 20;
  std::error_code unknown;
  if (std::filesystem::file_size(path, unknown) > kQuick || unknown) return;
  hash_of_file = std::async(std::launch::async, [file = path] { return sha256_file(file); });
}

std::string ModelFile::State::hash() const {
  std::string own = hash_of_file.valid() ? hash_of_file.get() : sha256_file(path);
  if (locations.empty()) return own;
  std::string list = own;
  for (const std::string& location : locations) list += "\n" + location + " " + sha256_file(folders.named / location);
  return sha256_hex(std::as_bytes(std::span(list)));
}

void ModelFile::State::count_quantised() {
  const auto count = [this](const auto& nodes) {
    for (const onnx::NodeProto& node : nodes)
      if (is_quantised(node.domain(), node.op_type())) ++quantised[node.op_type()];
  };
  count(file->graph().node());
  for (const onnx::FunctionProto& function : file->functions()) count(function.node());
}

void ModelFile::State::take_out_weights() {
  const onnx::GraphProto& graph = file->graph();
  skeleton.set_ir_version(std::max<std::int64_t>(file->ir_version(), 4));
  *skeleton.mutable_opset_import() = file->opset_import();
  *skeleton.mutable_functions() = file->functions();
  auto& bare = *skeleton.mutable_graph();
  bare.set_name(graph.name());
  *bare.mutable_node() = graph.node();
  *bare.mutable_output() = graph.output();
  for (auto& output : *bare.mutable_output()) output.mutable_type()->mutable_tensor_type()->clear_shape();
  std::map<std::string, bool> initialised;
  for (const auto& proto : graph.initializer()) {
    initialised[proto.name()] = true;
    if (!is_weight(proto, !quantised.empty())) {
      *bare.add_initializer() = proto;
      continue;
    }
    Tensor weight = tensor_from_onnx(proto, file, folders);
    if (weight.type() == ElementType::kBFloat16) weight = weight.cast(ElementType::kFloat32);
    const auto& [at, fresh] = weights.emplace(proto.name(), std::move(weight));
    PELLUCID_CHECK(fresh, kBadInput, "{}: the initialiser '{}' is defined twice", path.string(), proto.name());
    auto& input = *bare.add_input();
    input.set_name(proto.name());
    input.mutable_type()->mutable_tensor_type()->set_elem_type(proto.data_type());
    set_shape(input, at->second.shape());
  }
  for (const auto& proto : graph.input())
    if (initialised.count(proto.name()) == 0) *bare.add_input() = proto;
  embed_external_data(skeleton, folders);
  brain_to_single(skeleton);
}

Folded ModelFile::State::fold_at(const std::map<std::string, Shape>& shapes) const {
  onnx::ModelProto shaped = skeleton;
  for (auto& input : *shaped.mutable_graph()->mutable_input())
    if (const auto at = shapes.find(input.name()); at != shapes.end()) set_shape(input, at->second);
  // Loops are gone before anything is run: one may never end.
  onnx::ModelProto folded = fold(shaped, path.string());
  Folded result;
  for (const auto& opset : folded.opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx") result.opset = opset.version();
  find_shapes(folded, shapes, result);
  result.graph = std::move(*folded.mutable_graph());
  return result;
}

void ModelFile::State::find_shapes(const onnx::ModelProto& folded, const std::map<std::string, Shape>& shapes,
                                   Folded& result) const {
  onnx::ModelProto probe = folded;
  std::map<std::string, bool> present;
  for (const auto& output : probe.graph().output()) present[output.name()] = true;
  for (const auto& node : folded.graph().node())
    for (const std::string& output : node.output())
      if (!output.empty() && present.emplace(output, true).second)
        probe.mutable_graph()->add_output()->set_name(output);
  const run::Session session = plain_session(probe, path.string());
  std::vector<std::string> unknown;
  for (const run::ValueInfo& info : session.inputs()) result.shapes[info.name] = {info.type, info.shape};
  for (const run::ValueInfo& info : session.outputs()) {
    const bool open =
        info.shape.empty() || std::any_of(info.shape.begin(), info.shape.end(), [](auto axis) { return axis < 0; });
    if (open) unknown.push_back(info.name);
    result.shapes[info.name] = {info.type, info.shape};
  }
  if (unknown.empty()) return;
  for (const onnx::NodeProto& node : folded.graph().node()) require_shape_without_values(node);
  TensorMap values = weights;
  for (const run::ValueInfo& info : session.inputs())
    if (shapes.count(info.name) != 0) values[info.name] = Tensor(info.type, shapes.at(info.name));
  for (const auto& [name, tensor] : session.run(values, unknown)) result.shapes[name] = {tensor.type(), tensor.shape()};
}

std::optional<Graph> ModelFile::specialise(const Specialisation& how) const {
  ReadContext context;
  context.weights = &state_->weights;
  for (std::size_t i = 0; i < state_->inputs.size(); ++i) {
    const std::string& name = state_->inputs[i].name;
    PELLUCID_CHECK(how.shapes.count(name) != 0, kInternal, "internal: no shape for the input '{}'", name);
    context.input_order[name] = i;
  }
  if (how.batched.empty()) return canonical(read_folded(state_->fold_at(how.shapes), nullptr, context));
  std::map<std::string, Shape> small = how.shapes, large = how.shapes;
  for (const std::string& name : how.batched) {
    small.at(name).at(0) = kSmallBatch;
    large.at(name).at(0) = kLargeBatch;
  }
  context.small_batch = kSmallBatch;
  context.large_batch = kLargeBatch;
  try {
    auto second = std::async(std::launch::async, [this, &large] { return state_->fold_at(large); });
    const Folded first = state_->fold_at(small), other = second.get();
    return canonical(read_folded(first, &other, context));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kBadInput) return std::nullopt;
    throw;
  }
}

const std::vector<InputSpec>& ModelFile::inputs() const { return state_->inputs; }
const std::vector<std::string>& ModelFile::outputs() const { return state_->outputs; }
const std::filesystem::path& ModelFile::path() const { return state_->path; }

const std::map<std::string, std::int64_t>& ModelFile::quantised() const { return state_->quantised; }

const TensorMap& ModelFile::weights() const { return state_->weights; }

const std::string& ModelFile::sha256() const {
  if (state_->sha256.empty()) state_->sha256 = state_->hash();
  return state_->sha256;
}

}  // namespace pellucid::graph
