# Headers that most sources include, parsed once: the build takes half the time. Every source still includes what it
# uses: -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without them (the preset dev does).
target_precompile_headers(pellucid PRIVATE
  <algorithm> <array> <cmath> <cstdint> <cstring> <filesystem> <functional> <map> <memory> <numeric> <optional> <set>
  <span> <string> <string_view> <utility> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)
