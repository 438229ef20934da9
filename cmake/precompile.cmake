# Headers that most sources include, parsed once: the build takes half the time. Every source still includes what it
# uses: -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without them (the preset dev does).
# What computes is ONNX Runtime, so that the preset release optimises little, which saves a third of the compile time:
# explanations take as long. The exceptions are loops over pixels and samples.
set_source_files_properties(
  src/explain/sampling.cpp src/inputs/resize.cpp src/render/canvas.cpp src/render/interpolate.cpp src/render/overlay.cpp
  TARGET_DIRECTORY pellucid
  PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3>" SKIP_PRECOMPILE_HEADERS ON)
target_precompile_headers(pellucid PRIVATE
  <algorithm> <array> <cmath> <cstdint> <cstring> <filesystem> <functional> <map> <memory> <numeric> <optional> <set>
  <span> <string> <string_view> <utility> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)
