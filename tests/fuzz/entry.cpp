#include <cstdint>

#include "targets.hpp"

/// What libFuzzer calls; PELLUCID_FUZZ_TARGET is the function to try.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(pellucid::fuzz::takes(pellucid::fuzz::PELLUCID_FUZZ_TARGET, std::as_bytes(std::span(data, size))));
  return 0;
}
