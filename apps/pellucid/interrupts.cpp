#include "apps/pellucid/interrupts.hpp"

#include <csignal>

#include <pellucid/model.hpp>

#include "base/check.hpp"

namespace pellucid::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void on_interrupt(int) {
  interrupted = 1;
  interrupt();
}

}  // namespace

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void stop_if_interrupted() { PELLUCID_CHECK(interrupted == 0, kInterrupted, "interrupted"); }

}  // namespace pellucid::cli
