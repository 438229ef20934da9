#include "apps/pellucid/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "apps/pellucid/console.hpp"
#include "base/size_text.hpp"

namespace pellucid::cli {
namespace {

constexpr double kSilentSeconds = 1, kBarSeconds = 0.1, kLineSeconds = 5;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string bar(const Progress& progress) {
  constexpr std::int64_t kCells = 24;
  const std::int64_t full = progress.total > 0 ? progress.done * kCells / progress.total : 0;
  std::string text;
  for (std::int64_t i = 0; i < kCells; ++i) text += i < full ? "█" : "░";
  return text;
}

/// "32 of 50 · 12.3 per second · 1.50 s left".
std::string facts(const Progress& progress, double seconds) {
  std::string text = fmt::format("{} of {}", progress.done, progress.total);
  const double rate = static_cast<double>(progress.done) / std::max(seconds, 1e-9);
  if (progress.done <= 0 || progress.done >= progress.total) return text;
  const double left = static_cast<double>(progress.total - progress.done) / rate;
  return text + fmt::format(" · {:.3g} per second · {} left", rate, format_seconds(left));
}

}  // namespace

ProgressDisplay::ProgressDisplay(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressDisplay::show(const Progress& progress) {
  if (quiet_) return;
  if (progress.what != what_ || progress.done == 0) {
    what_ = progress.what;
    begin_ = last_ = Clock::now();
  }
  const double seconds = seconds_since(begin_);
  const bool due = seconds_since(last_) >= (terminal_ ? kBarSeconds : kLineSeconds);
  if (seconds < kSilentSeconds || !due) return;
  last_ = Clock::now();
  const std::string text = one_line(progress.what);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{} {} {}", text, bar(progress), facts(progress, seconds));
    drawn_ = true;
  } else {
    fmt::print(stderr, "{}: {}\n", text, facts(progress, seconds));
  }
  std::fflush(stderr);
}

void ProgressDisplay::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace pellucid::cli
