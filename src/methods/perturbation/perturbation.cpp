#include "methods/perturbation/perturbation.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::methods {

std::int64_t doubled(std::int64_t samples) { return samples >= kMostSamples ? 0 : std::min(2 * samples, kMostSamples); }

std::int64_t wanted_samples(const PerturbationInput& input, std::int64_t otherwise) {
  if (input.samples != 0) return input.samples;
  if (!input.options.is_word("n_samples")) return input.options.integer("n_samples");
  return input.options.word("n_samples") == "all" ? -1 : otherwise;
}

void check_enumeration(const std::string& method, std::int64_t features) {
  PELLUCID_CHECK(features <= kMostEnumerated, kUsage,
                 "method '{}', option n_samples=all: {} features have 2^{} subsets, and at most 2^{} are run; give a "
                 "number of samples, or coarser features",
                 method, features, features, kMostEnumerated);
}

}  // namespace pellucid::methods
