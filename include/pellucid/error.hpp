#pragma once

#include <stdexcept>
#include <string>

namespace pellucid {

/// What went wrong, and the exit status the command line gives it.
enum class ErrorCode {
  kCheckFailed = 1,   ///< a verification or a required bound did not hold
  kUsage = 2,         ///< an option, target or argument is wrong
  kBadInput = 3,      ///< a model, image or tensor file is missing, damaged or of the wrong kind
  kUnsupported = 4,   ///< the model or the method isn't supported; says which node, operator, rule set
  kInternal = 70,     ///< our bug
  kInterrupted = 130  ///< stopped by the user
};

/// The one exception type that the library throws. `what()` is one line that names the file, node or
/// option concerned and what to do about it.
class Error : public std::runtime_error {
 public:
  /// Control characters of the message, which names in a file may hold, become spaces.
  Error(ErrorCode code, const std::string& message);
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace pellucid
