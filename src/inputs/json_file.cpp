#include "inputs/json_file.hpp"

#include "base/check.hpp"
#include "base/read_file.hpp"

namespace pellucid {

namespace {

constexpr int kDeepest = 100;

}  // namespace

nlohmann::json parse_json_object(const std::string& text, const std::string& source,
                                 const nlohmann::json::parser_callback_t& keep) {
  using Event = nlohmann::json::parse_event_t;
  const auto guard = [&](int depth, Event event, nlohmann::json& value) {
    PELLUCID_CHECK(depth <= kDeepest, kBadInput, "'{}' is JSON that is nested more than {} deep", source, kDeepest);
    return keep == nullptr || keep(depth, event, value);
  };
  nlohmann::json out;
  try {
    out = nlohmann::json::parse(text, guard);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadInput, "'{}' is not valid JSON: {}", source, error.what());
  }
  PELLUCID_CHECK(out.is_object(), kBadInput, "'{}' is not a JSON object", source);
  return out;
}

nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes,
                              const nlohmann::json::parser_callback_t& keep) {
  return parse_json_object(read_text_file(path, max_bytes), path.string(), keep);
}

}  // namespace pellucid
