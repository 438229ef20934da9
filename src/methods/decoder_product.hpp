#pragma once

#include "methods/row_product.hpp"

namespace pellucid::methods {

/// The explained position's row of R_de (ICCV 2021, equations 5 to 11, from the encoder to the decoder):
///   encoder         R_ee ← R_ee + C R_ee from R_ee = I, blocks from the option start_layer on
///   decoder, self   R_dd ← R_dd + C R_dd from R_dd = I, R_de ← R_de + C R_de from R_de = 0
///   decoder, cross  R_de ← R_de + N(R_dd)ᵀ C N(R_ee), with N(R) = (R − I with its rows divided by their sums) + I; a
///                   row of R − I that is 0 stays 0
/// C = (1/H) Σ_h (map)⁺. [K, B, encoder tokens]
[[nodiscard]] graph::ValueId decoder_product(Context& context, SiteMap map);

/// The probabilities of the sites that decoder_product reads.
[[nodiscard]] std::vector<graph::ValueId> decoder_product_sites(const Context& context);

}  // namespace pellucid::methods
