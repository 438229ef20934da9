#pragma once

#include <chrono>
#include <string>

#include <pellucid/model.hpp>

namespace pellucid::cli {

/// Shows how far long work has come on standard error: a bar on a terminal, else a line every few seconds; nothing
/// for work of less than a second.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet);
  ~ProgressDisplay() { clear(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void show(const Progress& progress);
  /// Takes the bar away before other text is written.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool quiet_, terminal_;
  bool drawn_ = false;
  std::string what_;
  Clock::time_point begin_, last_;
};

}  // namespace pellucid::cli
