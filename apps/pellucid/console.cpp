#include "apps/pellucid/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "render/text.hpp"

namespace pellucid::cli {
namespace {

/// Writes all bytes; the error number where that fails.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void Console::print(std::string_view text) const {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EPIPE) throw OutputClosed{};
  PELLUCID_CHECK(error == 0, kBadInput, "cannot write to standard output: {}", std::strerror(error));
}

void Console::print_json(const nlohmann::json& document, bool indented) const {
  print(document.dump(indented ? 2 : -1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void Console::message(std::string_view line) const {
  if (!quiet_) write_all(STDERR_FILENO, one_line(line) + "\n");
}

bool Console::colour() {
  const char* none = std::getenv("NO_COLOR");
  if (none != nullptr && *none != '\0') return false;
  const char* kind = std::getenv("TERM");
  if (kind == nullptr || std::string_view(kind) == "dumb") return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

TerminalOptions Console::terminal(TextColours colours) {
  const auto says = [](const char* name, std::string_view part) {
    const char* value = std::getenv(name);
    return value != nullptr && std::string_view(value).find(part) != std::string_view::npos;
  };
  TerminalOptions options{.colour = colour(), .width = width(), .text_colours = colours};
  const bool all = says("COLORTERM", "truecolor") || says("COLORTERM", "24bit") || says("TERM", "-direct");
  options.depth = all ? ColourDepth::kTrue : ColourDepth::k256;
  return options;
}

int Console::width() {
  constexpr int kNarrowest = 40, kWidest = 120, kUsual = 80;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return std::clamp<int>(size.ws_col, kNarrowest, kWidest);
}

std::string styled(const std::string& text, int style) {
  return Console::colour() ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : text;
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\r' || c == '\t';
    if (!blank || (!out.empty() && out.back() != ' ')) out.push_back(blank ? ' ' : c);
  }
  while (out.ends_with(' ')) out.pop_back();
  return render::clean_text(out);
}

}  // namespace pellucid::cli
