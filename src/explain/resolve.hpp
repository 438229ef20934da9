#pragma once

#include <pellucid/model.hpp>

#include "explain/prepared.hpp"
#include "explain/targets.hpp"
#include "explain/walks.hpp"
#include "methods/method.hpp"

namespace pellucid::explain {

/// A request with everything looked up, settled and checked against the model.
struct Resolved {
  const methods::Method* method = nullptr;
  methods::ResolvedOptions options;
  std::string rules;
  methods::Precision precision = methods::Precision::kFloat32;
  std::vector<Target> targets;      ///< empty: the top classes; where `walks` is set, one for each walk
  std::int64_t target_count = 1;    ///< K
  std::optional<Walks> walks;       ///< set where targets are joined from several walks
  std::vector<std::string> spaces;  ///< keys, each once
  std::vector<std::string> notes;
};

/// Method, rule set, options and precision. Throws Error{kUsage} or {kUnsupported}.
[[nodiscard]] Resolved resolve_method(const Request& request);

/// Rule sets in which relevance itself travels: from 1 at one logit, by quotients.
[[nodiscard]] bool is_relevance_form(const std::string& rules);
/// "float32", "mixed", "float64".
[[nodiscard]] std::string precision_name(methods::Precision precision);

/// The options of a request, read with one profile of the authors. Throws Error{kUsage}.
[[nodiscard]] methods::ResolvedOptions read_options(const Request& request, const methods::Method& method,
                                                    const std::string& rules, const methods::Profile& authors);

/// The stream that is explained. Throws Error{kUnsupported} or {kUsage} where none or several would do.
[[nodiscard]] const anatomy::Stream& choose_stream(const Prepared& prepared, const Resolved& resolved);

/// Throws Error{kUnsupported} where the model can't be read and the method needs more than its scores.
void check_read(const Prepared& prepared, const Resolved& resolved);

/// Throws Error{kUnsupported} naming what the method needs, why it wasn't found, and which methods still work.
void check_needs(const Prepared& prepared, const anatomy::Stream& stream, const Resolved& resolved);

/// Samples of the batch that a program is run for at once.
struct SampleRange {
  std::int64_t first = 0, count = 1;
};

/// The seed of one space for some targets: [targets, dims of the space's tensor…] for these samples.
/// Throws Error{kUsage} where a class or an index is out of range, or a concept's width doesn't fit.
[[nodiscard]] Tensor make_seed(const std::vector<Target>& targets, const std::string& space, const graph::Dims& dims,
                               const SampleRange& samples);

}  // namespace pellucid::explain
