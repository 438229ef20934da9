#include "apps/pellucid/command.hpp"

namespace pellucid::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> kAll = {
      explain_command(), predict_command(),    compare_command(), inspect_command(),    methods_command(),
      compile_command(), verify_command(),     concept_command(), references_command(), bench_command(),
      demo_command(),    completion_command(), man_command(),
  };
  return kAll;
}

}  // namespace pellucid::cli
