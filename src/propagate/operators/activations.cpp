#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void relu(Step& step) {
  const ValueId y = step.output();
  give_where(step, step.build.compare("Greater", y, step.build.scalar_like(0, y)));
}

void leaky_relu(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const double slope = graph::float_attribute(step.node, "alpha", 0.01F);
  const ValueId negative = build.compare("Less", x, build.scalar_like(0, x));
  give_scaled(step, build.where(negative, build.scalar_like(slope, x), build.scalar_like(1, x)));
}

void p_relu(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0), slope = step.input(1);
  const ValueId negative = build.compare("Less", x, build.scalar_like(0, x));
  give_scaled(step, build.where(negative, slope, build.scalar_like(1, x)));
  if (!step.wants(1)) return;
  const ValueId share = build.where(negative, x, build.scalar_like(0, x));
  step.give_summed(1, build.mul(step.cotangent(), share));
}

void elu(Step& step) {
  // x < 0: alpha exp(x) = y + alpha
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const double alpha = graph::float_attribute(step.node, "alpha", 1.0);
  const ValueId negative = build.compare("Less", x, build.scalar_like(0, x));
  give_scaled(step, build.where(negative, build.add_scalar(step.output(), alpha), build.scalar_like(1, x)));
}

void celu(Step& step) {
  // x < 0: exp(x / alpha) = y / alpha + 1
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const double alpha = graph::float_attribute(step.node, "alpha", 1.0);
  const ValueId negative = build.compare("Less", x, build.scalar_like(0, x));
  const ValueId slope = build.add_scalar(build.mul_scalar(step.output(), 1 / alpha), 1);
  give_scaled(step, build.where(negative, slope, build.scalar_like(1, x)));
}

void selu(Step& step) {
  // x <= 0: gamma alpha exp(x) = y + gamma alpha
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const double alpha = graph::float_attribute(step.node, "alpha", 1.67326319217681884765625F);
  const double gamma = graph::float_attribute(step.node, "gamma", 1.05070102214813232421875F);
  const ValueId positive = build.compare("Greater", x, build.scalar_like(0, x));
  give_scaled(step, build.where(positive, build.scalar_like(gamma, x), build.add_scalar(step.output(), gamma * alpha)));
}

void softsign(Step& step) {
  graph::Builder& build = step.build;
  const ValueId root = build.add_scalar(build.unary("Abs", step.input(0)), 1);
  give_scaled(step, build.unary("Reciprocal", build.mul(root, root)));
}

void thresholded_relu(Step& step) {
  const ValueId x = step.input(0);
  const double bound = graph::float_attribute(step.node, "alpha", 1.0);
  give_where(step, step.build.compare("Greater", x, step.build.scalar_like(bound, x)));
}

void shrink(Step& step) {
  const ValueId x = step.input(0);
  const double bound = graph::float_attribute(step.node, "lambd", 0.5);
  give_where(step, step.build.compare("Greater", step.build.unary("Abs", x), step.build.scalar_like(bound, x)));
}

void softplus(Step& step) { give_scaled(step, step.build.unary("Sigmoid", step.input(0))); }

void hard_sigmoid(Step& step) {
  // alpha where 0 < y < 1, that is where y (1 - y) > 0
  graph::Builder& build = step.build;
  const ValueId y = step.output();
  const double alpha = graph::float_attribute(step.node, "alpha", 0.2F);
  const ValueId inside = build.compare("Greater", y, build.mul(y, y));
  give_scaled(step, build.where(inside, build.scalar_like(alpha, y), build.scalar_like(0, y)));
}

void hard_swish(Step& step) {
  // 0 below -3, x / 3 + 1 / 2 between, 1 above 3
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const ValueId ramp = build.add_scalar(build.mul_scalar(x, 1.0 / 3.0), 0.5);
  const ValueId inside = build.compare("Less", build.unary("Abs", x), build.scalar_like(3, x));
  const ValueId positive = build.compare("Greater", x, build.scalar_like(0, x));
  give_scaled(step, build.where(inside, ramp, indicator(step, positive, x)));
}

void mish(Step& step) {
  // y = x t with t = tanh(softplus(x)):  t + x sigmoid(x) (1 - t^2)
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const ValueId t = build.unary("Tanh", build.unary("Softplus", x));
  const ValueId rest = build.sub(build.scalar_like(1, x), build.mul(t, t));
  give_scaled(step, build.add(t, build.mul(build.mul(x, build.unary("Sigmoid", x)), rest)));
}

}  // namespace pellucid::propagate::operators::gradient
