#include "apps/pellucid/measured_child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <string>

#include <nlohmann/json.hpp>

#include "apps/pellucid/interrupts.hpp"
#include "base/check.hpp"
#include "base/file_descriptor.hpp"

namespace pellucid::cli {
namespace {

using nlohmann::json;

json outcome(const std::function<json()>& work) {
  try {
    return {{"result", work()}};
  } catch (const Error& error) {
    return {{"error", error.what()}, {"code", static_cast<int>(error.code())}};
  } catch (const std::bad_alloc&) {
    return {{"error", "there is not enough memory"}, {"code", static_cast<int>(ErrorCode::kUnsupported)}};
  } catch (const std::exception& error) {
    return {{"error", error.what()}, {"code", static_cast<int>(ErrorCode::kInternal)}};
  }
}

[[noreturn]] void run_child(int out, const std::function<json()>& work) {
  const std::string text = outcome(work).dump(-1, ' ', false, json::error_handler_t::replace);
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t written = ::write(out, text.data() + sent, text.size() - sent);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) sent += static_cast<std::size_t>(written);
  }
  ::_exit(0);
}

std::string read_all(int in) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(in, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

json in_child(const std::function<json()>& work) {
  std::array<int, 2> ends{};
  PELLUCID_CHECK(::pipe(ends.data()) == 0, kInternal, "internal: no pipe: {}", std::strerror(errno));
  const FileDescriptor in(ends[0]);
  FileDescriptor out(ends[1]);
  const pid_t child = ::fork();
  PELLUCID_CHECK(child >= 0, kInternal, "internal: no child process: {}", std::strerror(errno));
  if (child == 0) run_child(out.get(), work);
  static_cast<void>(out.close());
  const std::string text = read_all(in.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  stop_if_interrupted();
  PELLUCID_CHECK(WIFEXITED(status) && !text.empty(), kUnsupported,
                 "a measurement ended early (signal {}): there may not be enough memory", WTERMSIG(status));
  json answer = json::parse(text);
  if (answer.contains("error")) throw Error(static_cast<ErrorCode>(answer.at("code").get<int>()), answer.at("error"));
  return std::move(answer.at("result"));
}

std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

}  // namespace pellucid::cli
