#pragma once

#include <cstdint>
#include <vector>

#include "graph/windows.hpp"
#include "propagate/step.hpp"

namespace pellucid::propagate::operators {

using graph::Windows;

/// Reads the attributes of a Conv or pooling node; the input is input 0, [batch, channels, spatial…].
[[nodiscard]] Windows read_windows(const Step& step, const std::vector<std::int64_t>& kernel);

/// Sends what arrived at every window's output back to the elements the window saw: ConvTranspose of `cotangent`
/// ([rows, channels out, spatial out…]) with `weight` ([channels out, channels in / groups, kernel…]), which gives
/// [rows, channels in, spatial in…]. A Conv's weight is used as it lies in memory.
[[nodiscard]] graph::ValueId spread_windows(Step& step, graph::ValueId cotangent, graph::ValueId weight,
                                            const Windows& windows, std::int64_t groups);

/// The same with ones as weight, each channel by itself: [targets, output dims…] -> [targets, input dims…].
[[nodiscard]] graph::ValueId spread_evenly(Step& step, graph::ValueId cotangent, const Windows& windows);

}  // namespace pellucid::propagate::operators
