#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pellucid {

struct ComparisonOptions {
  bool curves = true;          ///< run the model on inputs from which places are removed
  std::int64_t steps = 10;     ///< of a deletion curve
  std::int64_t random = 4;     ///< random orders whose mean is the line to compare with
  std::int64_t strongest = 0;  ///< k of the overlap; 0: a tenth of the places rounded up, three at least
};

/// The explained score while places are removed, the highest score first.
struct DeletionCurve {
  std::vector<double> values;  ///< [points]
  double area = 0;             ///< under it, over the share of places that are removed (trapezoids)
};

/// One target of one sample. Rows and columns of matrices are `Comparison::compared`.
struct ComparedTarget {
  std::vector<std::vector<std::optional<double>>> rank_correlation;  ///< Spearman; none where all scores are equal
  std::vector<std::vector<double>> overlap;  ///< share of the k strongest places that both have among theirs
  bool probability = false;                  ///< curves hold the class's probability, else the explained score
  std::vector<DeletionCurve> curves;         ///< one for each compared explanation; empty without curves
  DeletionCurve random;                      ///< mean of the random orders
};

/// How places are counted in one sample.
struct ComparedSample {
  std::int64_t places = 0, strongest = 0;  ///< N and k
  std::vector<std::int64_t> removed;       ///< places removed at each point of a curve, from 0 to N
  std::int64_t forward_passes = 0;         ///< of the curves of all explanations and targets
};

/// Explanations of the same inputs and targets, compared place by place. Places are the patches of a picture (scores of
/// pixels are summed), the tokens of a text that are not special, else the elements of the scores.
struct Comparison {
  std::vector<std::int64_t> compared;                ///< explanations with one score per place
  std::vector<std::string> left_out;                 ///< [explanations] why one is not compared; "" where it is
  std::string place;                                 ///< "patch", "token", "element"
  std::vector<ComparedSample> samples;               ///< [batch]
  std::vector<std::vector<ComparedTarget>> targets;  ///< [targets][batch]
  ComparedTarget mean;      ///< over targets and samples; areas and no curves, where all of them are probabilities
  std::string replacement;  ///< what stands for removed places: "0", "mask", "pad"; "" without curves
  std::string no_curves;    ///< why there are none though they were asked for
  std::int64_t random_orders = 0;  ///< that `random` is the mean of
  std::uint64_t seed = 0;          ///< of them
};

}  // namespace pellucid
