#pragma once

#include <cstdint>
#include <filesystem>

#include <nlohmann/json.hpp>

namespace pellucid {

/// The JSON object in a file of at most `max_bytes`. Throws Error{kBadInput} naming the file where it can't be read or
/// holds something else.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes = 64 << 20,
                                            const nlohmann::json::parser_callback_t& keep = nullptr);

}  // namespace pellucid
