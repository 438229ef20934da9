#include "explain/automatic.hpp"

#include <array>

#include "explain/applicable.hpp"

namespace pellucid::explain {
namespace {

/// From the most to the least faithful.
constexpr std::array<const char*, 6> kNext{"attcat",   "cat", "genatt", "input-x-gradient", "integrated-gradients",
                                           "occlusion"};

}  // namespace

bool is_automatic(const std::string& method) { return method.empty() || method == "auto"; }

std::string next_choice(const Prepared& prepared) {
  const std::string what = std::string("; --method auto is ") + kAutomaticMethod + " under libra";
  Applicable applicable(prepared);
  for (const char* name : kNext) {
    const Verdict verdict = applicable.judge(methods::find_method(name));
    if (!verdict.why_not.empty()) continue;
    const std::string form = verdict.only.empty() ? "" : " --option " + verdict.only;
    return what + ", the next choice is --method " + name + form;
  }
  return "";
}

}  // namespace pellucid::explain
