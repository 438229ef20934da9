#include <pellucid/error.hpp>

#include <algorithm>

namespace pellucid {
namespace {

/// Names in a model may hold anything; a message is one line all the same.
std::string one_line(std::string message) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  std::replace_if(message.begin(), message.end(), is_control, ' ');
  return message;
}

}  // namespace

Error::Error(ErrorCode code, const std::string& message) : std::runtime_error(one_line(message)), code_(code) {}

}  // namespace pellucid
