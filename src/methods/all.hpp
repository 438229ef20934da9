#pragma once

#include "methods/method.hpp"

namespace pellucid::methods {

const Method& atman_method();
const Method& attcat_method();
const Method& attention_method();
const Method& attention_x_gradient_method();
const Method& attnlrp_method();
const Method& cat_method();
const Method& cdam_method();
const Method& chefer_method();
const Method& class_lens_method();
const Method& contrast_cat_method();
const Method& cp_lrp_method();
const Method& feature_ablation_method();
const Method& fullgrad_plus_method();
const Method& genatt_method();
const Method& grad_sam_method();
const Method& gradcam_attention_method();
const Method& input_x_gradient_method();
const Method& integrated_gradients_method();
const Method& kernel_shap_method();
const Method& layer_saliency_method();
const Method& lime_method();
const Method& logit_lens_method();
const Method& lrp_method();
const Method& occlusion_method();
const Method& partial_lrp_method();
const Method& rise_method();
const Method& rollout_method();
const Method& saliency_method();
const Method& smoothgrad_method();
const Method& transfg_method();

}  // namespace pellucid::methods
