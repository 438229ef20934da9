#pragma once

#include <set>
#include <string>

namespace pellucid::graph {

/// Operators that work on every element of their first input by itself.
inline const std::set<std::string> kUnary{"Abs",        "Cast", "Celu",      "Clip",     "Dropout",   "Elu",  "Erf",
                                          "Exp",        "Gelu", "HardSwish", "Identity", "LeakyRelu", "Log",  "Neg",
                                          "Reciprocal", "Relu", "Selu",      "Sigmoid",  "Softplus",  "Sqrt", "Tanh"};
/// Operators that work on two elements at a time, with broadcasting.
inline const std::set<std::string> kBinary{"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"};

}  // namespace pellucid::graph
