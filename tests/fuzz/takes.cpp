#include <cstdlib>
#include <iostream>
#include <string>

#include <pellucid/error.hpp>

#include "targets.hpp"

namespace pellucid::fuzz {
namespace {

[[noreturn]] void report(const std::string& what) {
  std::cerr << "finding: " << what << std::endl;
  std::abort();
}

}  // namespace

bool takes(void (*target)(Bytes), Bytes bytes) {
  try {
    target(bytes);
    return true;
  } catch (const Error& error) {
    const std::string said = error.what();
    if (error.code() == ErrorCode::kInternal) report(said);
    if (said.empty() || said.find('\n') != std::string::npos) report("not one line: " + said);
    return false;
  } catch (const std::exception& error) {
    report(std::string("an exception that is no Error: ") + error.what());
  }
}

}  // namespace pellucid::fuzz
