#pragma once

#include "methods/context.hpp"

namespace pellucid::methods {

/// What a site's heads contribute: [K, B, H, queries, keys], or the rows that the head reads where `needed_rows` is
/// set.
using SiteMap = graph::ValueId (*)(Context&, const anatomy::AttentionSite&, bool needed_rows);

/// The row of R_L with R_{l+1} = R_l + C_l R_l from R_0 = I, C_l = (1/H) Σ_h (map_l)⁺: r ← r + r C_l from the last
/// block down to the option start_layer; the product of matrices is never made. `row_norm`: the rows of C_l + I are
/// divided by their sums. [K, B, T]
[[nodiscard]] graph::ValueId row_product(Context& context, SiteMap map, bool row_norm);

/// The probabilities of the sites that row_product reads.
[[nodiscard]] std::vector<graph::ValueId> row_product_sites(const Context& context);

}  // namespace pellucid::methods
