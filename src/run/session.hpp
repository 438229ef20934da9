#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <pellucid/tensor.hpp>

namespace pellucid::run {

enum class Optimisation { kNone, kBasic, kAll };
/// Who made a graph, and so whose fault it is where ONNX Runtime doesn't take it.
enum class Origin { kUser, kCompiled };

struct SessionOptions {
  int threads = 0;  ///< 0: ONNX Runtime's choice
  Optimisation optimisation = Optimisation::kAll;
  Origin origin = Origin::kUser;
  std::string device = "cpu";  ///< "cpu", "cuda", "cuda:1"
  std::string optimised_path;  ///< where the optimised model is written, if anywhere
  std::vector<std::string> disabled_optimisers;
  bool memory_arena =
      true;              ///< let the runtime keep freed memory and reserve in advance: quicker, up to twice the peak
  bool prepack = false;  ///< let the runtime keep a packed copy of every matrix
};

/// Fusions by which ONNX Runtime loses float64: MatMulScaleFusion keeps scales as float32 attributes (an error of 2e-8
/// was seen), SimplifiedLayerNormFusion computes root mean squares less exactly (4e-5). To be disabled where a graph
/// computes in float64.
[[nodiscard]] const std::vector<std::string>& inexact_fusions();

/// Name, element type and shape of a model's input or output; -1 where an axis is open. A rank that the runtime
/// couldn't infer reads as rank 0.
struct ValueInfo {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Shape shape;
};

/// One loaded ONNX graph. Runs may be called from several threads.
class Session {
 public:
  /// `model`: the bytes of an ONNX file whose initialisers named in `weights` carry only a reference to external
  /// data; they are taken from `weights`, shared and not copied. `name` is what messages call it. Throws
  /// Error{kBadInput} where ONNX Runtime refuses a user's graph, Error{kInternal} where it refuses one that was
  /// compiled here, and Error{kUnsupported} where it has no kernel for an operator.
  Session(std::span<const std::byte> model, const TensorMap& weights, const SessionOptions& options,
          const std::string& name);
  /// A file as it is: the untouched model.
  Session(const std::string& path, const SessionOptions& options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  [[nodiscard]] std::vector<ValueInfo> inputs() const;
  [[nodiscard]] std::vector<ValueInfo> outputs() const;
  /// Runs the graph. `inputs` may hold more than the graph takes; float32 tensors are rounded for inputs of half
  /// precision. Throws Error{kInterrupted} after `interrupt_all`,
  /// else as the constructor does.
  [[nodiscard]] TensorMap run(const TensorMap& inputs, const std::vector<std::string>& outputs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Starts the runtime: the first session does so otherwise, and takes that much longer.
void start();
/// Makes every run under way, and every later one, stop with Error{kInterrupted}. Safe in a signal handler.
void interrupt_all() noexcept;
[[nodiscard]] bool interrupted() noexcept;
/// Version of the ONNX Runtime library in use.
[[nodiscard]] std::string runtime_version();

/// The model with all constant arithmetic folded (ONNX Runtime's basic level, products and sums kept apart).
[[nodiscard]] std::vector<std::byte> fold(std::span<const std::byte> model, const std::string& name);

}  // namespace pellucid::run
