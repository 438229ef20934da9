#include "inputs/json_file.hpp"

#include "base/check.hpp"
#include "base/read_file.hpp"

namespace pellucid {

nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes,
                              const nlohmann::json::parser_callback_t& keep) {
  const std::string text = read_text_file(path, max_bytes);
  nlohmann::json out;
  try {
    out = nlohmann::json::parse(text, keep);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadInput, "'{}' is not valid JSON: {}", path.string(), error.what());
  }
  PELLUCID_CHECK(out.is_object(), kBadInput, "'{}' is not a JSON object", path.string());
  return out;
}

}  // namespace pellucid
