#pragma once

#include "propagate/step.hpp"

/// How the ordinary gradient passes each operator. What every function does, and which operator it is for, stands
/// in the list of gradients.cpp.
namespace pellucid::propagate::operators::gradient {

void abs(Step& step);
void add(Step& step);
void average_pool(Step& step);
void batch_normalization(Step& step);
void cast(Step& step);
void clip(Step& step);
void concat(Step& step);
void conv(Step& step);
void cos(Step& step);
void cum_sum(Step& step);
void depth_to_space(Step& step);
void div(Step& step);
void dropout(Step& step);
void einsum(Step& step);
void elu(Step& step);
void erf(Step& step);
void exp(Step& step);
void expand(Step& step);
void flatten(Step& step);
void gather(Step& step);
void gather_elements(Step& step);
void gather_nd(Step& step);
void gelu(Step& step);
void gemm(Step& step);
void global_average_pool(Step& step);
void global_max_pool(Step& step);
void group_normalization(Step& step);
void hard_sigmoid(Step& step);
void hard_swish(Step& step);
void identity(Step& step);
void instance_normalization(Step& step);
void layer_normalization(Step& step);
void leaky_relu(Step& step);
void log(Step& step);
void log_softmax(Step& step);
void matmul(Step& step);
void max(Step& step);
void max_pool(Step& step);
void mean(Step& step);
void min(Step& step);
void mish(Step& step);
void mul(Step& step);
void neg(Step& step);
void pad(Step& step);
void pow(Step& step);
void p_relu(Step& step);
void reciprocal(Step& step);
void reduce_l1(Step& step);
void reduce_l2(Step& step);
void reduce_log_sum_exp(Step& step);
void reduce_max(Step& step);
void reduce_mean(Step& step);
void reduce_min(Step& step);
void reduce_sum(Step& step);
void reduce_sum_square(Step& step);
void relu(Step& step);
void reshape(Step& step);
void resize(Step& step);
void scatter_elements(Step& step);
void scatter_nd(Step& step);
void sigmoid(Step& step);
void sin(Step& step);
void slice(Step& step);
void softmax(Step& step);
void softplus(Step& step);
void space_to_depth(Step& step);
void split(Step& step);
void sqrt(Step& step);
void squeeze(Step& step);
void sub(Step& step);
void sum(Step& step);
void tanh(Step& step);
void tile(Step& step);
void transpose(Step& step);
void trilu(Step& step);
void unsqueeze(Step& step);
void where(Step& step);

}  // namespace pellucid::propagate::operators::gradient
