#pragma once

#include <string>

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

namespace pellucid::tests {

/// Expects an Error with this code and these words, on one line.
template <class Body>
void expect_error(ErrorCode code, const std::string& words, const Body& body) {
  try {
    body();
    ADD_FAILURE() << "no error, expected one with '" << words << "'";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

}  // namespace pellucid::tests
