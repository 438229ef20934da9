#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "explain/prepared.hpp"
#include "methods/method.hpp"
#include "propagate/rule_set.hpp"

namespace pellucid::explain {

/// A walk back from the scores on a scratch copy of the graph.
struct DryWalk {
  std::set<graph::NodeId> walked;  ///< where a rule was applied
  std::string stopped;             ///< the error that ended it, or that it arrives nowhere; "" where neither
};
[[nodiscard]] DryWalk dry_walk(const Prepared& prepared, const propagate::RuleSet& rules,
                               const std::vector<graph::ValueId>& ends);

/// Whether a model allows a method under its default rule set and options.
struct Verdict {
  std::string only;     ///< "at=input", "at=tokens", "sites=cross": the one form that works; "" where every form does
  std::string why_not;  ///< "" where the method works
};

/// Which methods a model allows.
class Applicable {
 public:
  explicit Applicable(const Prepared& prepared) : prepared_(prepared) {}

  [[nodiscard]] Verdict judge(const methods::Method& method);
  /// "; these do: attcat, saliency (with --option at=input)", to end a message that one doesn't work.
  [[nodiscard]] std::string hint();

 private:
  [[nodiscard]] std::string why_no_walk(const methods::Method& method, const std::vector<graph::ValueId>& ends);

  const Prepared& prepared_;
  std::map<std::pair<std::string, std::vector<graph::ValueId>>, std::string> walks_;
};

/// What was looked for, not found, and needed by the method in this form, "saliency (at=tokens)" for instance; nullptr
/// where nothing was.
[[nodiscard]] const anatomy::Missing* find_missing(const anatomy::Anatomy& anatomy, const std::string& form);

/// Why the model is no classifier of texts whose tokens can be masked; "" where it is one.
[[nodiscard]] std::string why_no_text_classifier(const Prepared& prepared);

/// The tensors entering the first blocks.
[[nodiscard]] std::vector<graph::ValueId> token_values(const anatomy::Anatomy& anatomy);
[[nodiscard]] std::vector<graph::ValueId> float_inputs(const graph::Graph& graph);

}  // namespace pellucid::explain
