#pragma once

#include <string>

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

namespace pellucid::tests {

/// Expects `action` to throw an Error of this code whose one-line message contains `part`.
template <class Action>
void expect_error(ErrorCode code, const std::string& part, const Action& action) {
  try {
    action();
    ADD_FAILURE() << "no error where one with \"" << part << "\" is expected";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    EXPECT_NE(message.find(part), std::string::npos) << "\"" << message << "\" lacks \"" << part << "\"";
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

}  // namespace pellucid::tests
