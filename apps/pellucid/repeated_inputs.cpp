#include "apps/pellucid/repeated_inputs.hpp"

#include <algorithm>
#include <cstring>

#include "base/random.hpp"

namespace pellucid::cli {

void fill_with_noise(TensorMap& tensors, std::uint64_t seed) {
  std::uint64_t stream = 0;
  for (auto& [name, tensor] : tensors) {
    if (tensor.type() != ElementType::kFloat32) continue;
    const CounterRandom random(seed, stream++);
    std::uint64_t index = 0;
    for (float& value : tensor.mutable_values<float>()) value = static_cast<float>(random.normal(index++));
  }
}

void repeat_samples(ModelInputs& inputs, std::int64_t count) {
  if (count == 1) return;
  for (auto& [name, tensor] : inputs.tensors) {
    if (tensor.shape().empty()) continue;
    Shape shape = tensor.shape();
    shape[0] *= count;
    Tensor repeated(tensor.type(), shape);
    std::byte* to = repeated.mutable_data();
    for (std::int64_t i = 0; i < count; ++i, to += tensor.bytes()) std::memcpy(to, tensor.data(), tensor.bytes());
    tensor = repeated;
  }
}

}  // namespace pellucid::cli
