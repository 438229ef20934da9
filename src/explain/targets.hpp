#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>
#include <pellucid/tensor.hpp>

namespace pellucid::explain {

/// The tensors that a target is a weighted sum of elements of.
enum class Space { kLogits, kProbabilities, kLogProbabilities, kFeature, kCosineFeature, kOutput };

/// y gains factor · space[index], or ⟨space, vector⟩ for a concept.
struct Term {
  Space space = Space::kLogits;
  std::string output;                                      ///< kOutput: the output's name
  std::vector<std::int64_t> index;                         ///< class, or element without the batch axis
  std::vector<std::vector<std::int64_t>> index_of_sample;  ///< [batch]: where every sample has an index of its own
  Tensor vector;                                           ///< kFeature, kCosineFeature: [width]
  double factor = 1;
  /// "logits", "probabilities", "output:hidden": one seed input of a program for each.
  [[nodiscard]] std::string key() const;
};

struct Target {
  std::string spec;                          ///< as given
  std::string label;                         ///< for people
  std::optional<std::int64_t> class_index;   ///< where it is one class
  std::vector<std::string> label_of_sample;  ///< [batch]: where every sample has a label of its own
  std::vector<Term> terms;
};

/// What parsing needs to know of the model.
struct TargetNames {
  std::function<std::int64_t(const std::string&)> class_of;  ///< label or number -> class; throws Error{kUsage}
  std::function<std::string(std::int64_t)> label_of;
  std::function<std::int64_t(const std::string&)> token_of;  ///< piece or number -> vocabulary entry, for "next:"
  bool cosine = false;                                       ///< similarity=cosine
  std::map<std::string, Tensor> concepts{};                  ///< vectors that "concept:NAME" may name beside files
};

/// "logit:281", "cat", "prob:3", "logprob:3", "contrast:cat,dog", "concept:FILE#NAME", "output:NAME[i,j]",
/// "next:TOKEN", and sums of these by "+". Throws Error{kUsage} listing the forms.
[[nodiscard]] Target parse_target(const std::string& text, const TargetNames& names);

}  // namespace pellucid::explain
