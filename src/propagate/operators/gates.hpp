#pragma once

#include "propagate/step.hpp"

/// Activations y = f(x) with f(0) = 0 taken as x times a constant gate f(x)/x: the cotangent is multiplied by the gate.
/// The gate is written out, never divided, where it has a closed form.
namespace pellucid::propagate::operators::gate {

void gelu(Step& step);
void hard_swish(Step& step);
void mish(Step& step);
void shrink(Step& step);
void softsign(Step& step);
/// Elu, Selu: the slope where x > 0, y/x below.
void exponential_unit(Step& step);
/// f(x)/x with its limit at 0 near there: for f with slope 1 at 0 (Tanh, Sin, Celu).
void quotient(Step& step);

}  // namespace pellucid::propagate::operators::gate
