#pragma once

#include <cstddef>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/overlay.hpp"
#include "render/picture.hpp"

namespace pellucid {

/// One PNG: for each sample a row with its picture and one panel per target (only one for methods that don't look at
/// the target), each with class, probability, colour legend and certificate. `pictures` [batch] are what the model
/// saw. The same input gives the same bytes.
///
/// Throws Error{kUsage} on a wrong option or where the picture would become too large, Error{kUnsupported} where the
/// scores have no form that can be laid over a picture.
[[nodiscard]] std::vector<std::byte> render_png(const Explanation& explanation, const std::vector<Picture>& pictures,
                                                const OverlayOptions& options = {});

/// One PNG that compares explanations of the same inputs and targets: methods as columns, for each sample its targets
/// as rows; below each column how well the method kept its promises. Errors as render_png, and Error{kUsage} where the
/// explanations differ in the number of samples or targets.
[[nodiscard]] std::vector<std::byte> render_comparison_png(const std::vector<Explanation>& explanations,
                                                           const std::vector<Picture>& pictures,
                                                           const OverlayOptions& options = {});

/// Throws what render_png, or render_comparison_png with so many methods, would throw for an explanation of these
/// shapes: `outline` may hold zeros in place of scores.
void require_png(const Explanation& outline, const std::vector<Picture>& pictures, const OverlayOptions& options = {});
void require_comparison_png(const Explanation& outline, std::size_t methods, const std::vector<Picture>& pictures,
                            const OverlayOptions& options = {});

}  // namespace pellucid
