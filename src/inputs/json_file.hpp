#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace pellucid {

/// The JSON object that a text is. Throws Error{kBadInput} naming its source where it is none, or nested so deeply that
/// going through it could take all of the stack.
[[nodiscard]] nlohmann::json parse_json_object(const std::string& text, const std::string& source,
                                               const nlohmann::json::parser_callback_t& keep = nullptr);

/// The JSON object in a file of at most `max_bytes`. Throws Error{kBadInput} naming the file where it can't be read or
/// holds something else.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes = 64 << 20,
                                            const nlohmann::json::parser_callback_t& keep = nullptr);

}  // namespace pellucid
