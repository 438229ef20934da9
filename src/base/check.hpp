#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

#include <pellucid/error.hpp>

namespace pellucid {

/// Throws Error with a formatted one-line message.
template <class... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace pellucid

/// For what a user, a file or a model can cause.
#define PELLUCID_CHECK(condition, code, ...)                                      \
  do {                                                                            \
    if (!(condition)) ::pellucid::fail(::pellucid::ErrorCode::code, __VA_ARGS__); \
  } while (false)

/// For our own mistakes.
#define PELLUCID_ASSERT(condition)                                                                                   \
  do {                                                                                                               \
    if (!(condition))                                                                                                \
      ::pellucid::fail(::pellucid::ErrorCode::kInternal, "internal: {} does not hold ({}:{})", #condition, __FILE__, \
                       __LINE__);                                                                                    \
  } while (false)
