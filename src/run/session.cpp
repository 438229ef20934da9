#include "run/session.hpp"

#include <onnxruntime_cxx_api.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include <unistd.h>

#include "base/check.hpp"
#include "run/element_types.hpp"

namespace pellucid::run {
namespace {

std::atomic<bool> stop_requested{false};

Ort::Env& environment() {
  static Ort::Env env = [] {
    // Builds of the runtime exist that report usage over the network from the start, and keep files for that.
    ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    Ort::Env made(ORT_LOGGING_LEVEL_FATAL, "pellucid");
    made.DisableTelemetryEvents();
    return made;
  }();
  return env;
}

/// The runtime's message on one line, cut where it is very long.
std::string one_line(const char* what) {
  std::string text(what);
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  constexpr std::size_t kLongest = 400;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

/// The number in "cuda" (0) or "cuda:N".
int cuda_device(const std::string& device) {
  if (device == "cuda") return 0;
  int number = -1;
  if (device.rfind("cuda:", 0) == 0) {
    const char* end = device.data() + device.size();
    const auto [stop, error] = std::from_chars(device.data() + 5, end, number);
    if (error != std::errc{} || stop != end) number = -1;
  }
  PELLUCID_CHECK(number >= 0, kUsage, "--device {}: cpu, cuda or cuda:N is expected", device);
  return number;
}

Ort::SessionOptions make_options(const SessionOptions& options) {
  Ort::SessionOptions made;
  if (options.threads > 0) made.SetIntraOpNumThreads(options.threads);
  switch (options.optimisation) {
    case Optimisation::kNone: made.SetGraphOptimizationLevel(ORT_DISABLE_ALL); break;
    case Optimisation::kBasic: made.SetGraphOptimizationLevel(ORT_ENABLE_BASIC); break;
    case Optimisation::kAll: made.SetGraphOptimizationLevel(ORT_ENABLE_ALL); break;
  }
  made.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
  // Packed copies of the weights would double or triple the memory, and take longer to make than a run saves.
  made.AddConfigEntry("session.disable_prepacking", options.prepack ? "0" : "1");
  if (!options.memory_arena) {
    made.DisableCpuMemArena();
    made.DisableMemPattern();
  }
  if (!options.optimised_path.empty()) made.SetOptimizedModelFilePath(options.optimised_path.c_str());
  std::string disabled;
  for (const std::string& name : options.disabled_optimisers) disabled += (disabled.empty() ? "" : ";") + name;
  if (!disabled.empty()) made.AddConfigEntry("optimization.disable_specified_optimizers", disabled.c_str());
  made.AddConfigEntry("session.set_denormal_as_zero", "0");
  if (options.device != "cpu") {
    OrtCUDAProviderOptions cuda{};
    cuda.device_id = cuda_device(options.device);
    try {
      made.AppendExecutionProvider_CUDA(cuda);
    } catch (const Ort::Exception&) {
      fail(ErrorCode::kUnsupported,
           "--device {}: the ONNX Runtime in use was built without CUDA, or its CUDA libraries are not there; build "
           "pellucid with -DONNXRUNTIME_ROOT of one that has it",
           options.device);
    }
  }
  return made;
}

constexpr const char* kRefused = "refuses it";

/// Throws what ONNX Runtime's complaint about a user's graph, or about one of our own, means. `what`: what it does.
[[noreturn]] void refuse(const Ort::Exception& error, Origin origin, const std::string& name, const char* what) {
  const std::string reason = one_line(error.what());
  if (error.GetOrtErrorCode() == ORT_NOT_IMPLEMENTED)
    fail(ErrorCode::kUnsupported, "{}: this ONNX Runtime has no kernel for it: {}", name, reason);
  if (origin == Origin::kUser) fail(ErrorCode::kBadInput, "{}: ONNX Runtime {}: {}", name, what, reason);
  fail(ErrorCode::kInternal, "internal: {}: ONNX Runtime {}, a bug in pellucid that is worth a report: {}", name, what,
       reason);
}

Ort::Value borrow(const Tensor& tensor) {
  static const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  // The runtime never writes to an input or an initialiser.
  auto* data = const_cast<std::byte*>(tensor.data());
  return Ort::Value::CreateTensor(memory, data, tensor.bytes(), tensor.shape().data(), tensor.shape().size(),
                                  to_onnx(tensor.type()));
}

/// float32 numbers for an input of half precision.
bool is_rounded(ElementType given, ElementType due) {
  return given == ElementType::kFloat32 && (due == ElementType::kFloat16 || due == ElementType::kBFloat16);
}

Tensor adopt(Ort::Value value) {
  auto owner = std::make_shared<Ort::Value>(std::move(value));
  const auto info = owner->GetTensorTypeAndShapeInfo();
  const auto* data = static_cast<const std::byte*>(owner->GetTensorRawData());
  return Tensor::view(from_onnx(info.GetElementType()), info.GetShape(), owner, data);
}

ValueInfo describe(const std::string& name, const Ort::TypeInfo& type) {
  ValueInfo info;
  info.name = name;
  PELLUCID_CHECK(type.GetONNXType() == ONNX_TYPE_TENSOR, kUnsupported,
                 "'{}' is not a tensor; only tensors are supported", name);
  const auto tensor = type.GetTensorTypeAndShapeInfo();
  info.type = from_onnx(tensor.GetElementType());
  info.shape = tensor.GetShape();
  return info;
}

}  // namespace

struct Session::State {
  Ort::Session session{nullptr};
  TensorMap weights;
  std::map<std::string, ElementType> input_types;
  Origin origin = Origin::kUser;
  std::string name;
};

Session::Session(std::span<const std::byte> model, const TensorMap& weights, const SessionOptions& options,
                 const std::string& name)
    : state_(std::make_unique<State>()) {
  state_->origin = options.origin;
  state_->name = name;
  try {
    Ort::SessionOptions made = make_options(options);
    state_->weights = weights;
    std::vector<std::string> names;
    std::vector<Ort::Value> values;
    for (const auto& [weight, tensor] : state_->weights) {
      names.push_back(weight);
      values.push_back(borrow(tensor));
    }
    if (!names.empty()) made.AddExternalInitializers(names, values);
    state_->session = Ort::Session(environment(), model.data(), model.size(), made);
    for (const ValueInfo& input : inputs()) state_->input_types[input.name] = input.type;
  } catch (const Ort::Exception& error) {
    refuse(error, options.origin, name, kRefused);
  }
}

Session::Session(const std::string& path, const SessionOptions& options) : state_(std::make_unique<State>()) {
  state_->name = path;
  try {
    state_->session = Ort::Session(environment(), path.c_str(), make_options(options));
    for (const ValueInfo& input : inputs()) state_->input_types[input.name] = input.type;
  } catch (const Ort::Exception& error) {
    refuse(error, options.origin, path, kRefused);
  }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::vector<ValueInfo> Session::inputs() const {
  const Ort::AllocatorWithDefaultOptions allocator;
  std::vector<ValueInfo> infos;
  for (std::size_t i = 0; i < state_->session.GetInputCount(); ++i)
    infos.push_back(
        describe(state_->session.GetInputNameAllocated(i, allocator).get(), state_->session.GetInputTypeInfo(i)));
  return infos;
}

std::vector<ValueInfo> Session::outputs() const {
  const Ort::AllocatorWithDefaultOptions allocator;
  std::vector<ValueInfo> infos;
  for (std::size_t i = 0; i < state_->session.GetOutputCount(); ++i)
    infos.push_back(
        describe(state_->session.GetOutputNameAllocated(i, allocator).get(), state_->session.GetOutputTypeInfo(i)));
  return infos;
}

TensorMap Session::run(const TensorMap& inputs, const std::vector<std::string>& outputs) const {
  PELLUCID_CHECK(!interrupted(), kInterrupted, "interrupted");
  std::vector<const char*> input_names, output_names;
  std::vector<Ort::Value> values;
  std::vector<Tensor> rounded;
  rounded.reserve(inputs.size());
  for (const auto& [name, tensor] : inputs) {
    const auto due = state_->input_types.find(name);
    if (due == state_->input_types.end()) continue;
    input_names.push_back(name.c_str());
    if (is_rounded(tensor.type(), due->second)) {
      rounded.push_back(tensor.cast(due->second));
      values.push_back(borrow(rounded.back()));
    } else {
      values.push_back(borrow(tensor));
    }
  }
  for (const std::string& name : outputs) output_names.push_back(name.c_str());
  try {
    auto results = state_->session.Run(Ort::RunOptions{nullptr}, input_names.data(), values.data(), values.size(),
                                       output_names.data(), output_names.size());
    PELLUCID_CHECK(!interrupted(), kInterrupted, "interrupted");
    TensorMap named;
    for (std::size_t i = 0; i < results.size(); ++i) named.emplace(outputs[i], adopt(std::move(results[i])));
    return named;
  } catch (const Ort::Exception& error) {
    refuse(error, state_->origin, state_->name, "can't run it on these inputs");
  }
}

void start() { static_cast<void>(environment()); }
void interrupt_all() noexcept { stop_requested.store(true); }
bool interrupted() noexcept { return stop_requested.load(); }

std::string runtime_version() { return Ort::GetVersionString(); }

namespace {

/// A file name of our own in the temporary folder, removed at the end.
class ScratchFile {
 public:
  ScratchFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pellucid-fold-XXXXXX").string();
    const int handle = ::mkstemp(pattern.data());
    PELLUCID_CHECK(handle >= 0, kBadInput, "{}: no temporary file can be made there",
                   std::filesystem::temp_directory_path().string());
    ::close(handle);
    path_ = pattern;
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

const std::vector<std::string>& inexact_fusions() {
  static const std::vector<std::string> kNames = {"MatMulScaleFusion", "SimplifiedLayerNormFusion"};
  return kNames;
}

std::vector<std::byte> fold(std::span<const std::byte> model, const std::string& name) {
  const ScratchFile scratch;
  SessionOptions options;
  options.threads = 1;
  options.optimisation = Optimisation::kBasic;
  options.optimised_path = scratch.path();
  options.disabled_optimisers = {"MatMulAddFusion"};
  const Session session(model, {}, options, name);
  std::ifstream file(scratch.path(), std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  PELLUCID_CHECK(file.good(), kBadInput, "{}: the folded graph could not be read back", scratch.path());
  return bytes;
}

}  // namespace pellucid::run
