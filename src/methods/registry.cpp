#include "base/check.hpp"
#include "methods/all.hpp"

namespace pellucid::methods {

const std::vector<Method>& methods() {
  static const std::vector<Method> kMethods{
      atman_method(),
      attcat_method(),
      attention_method(),
      attention_x_gradient_method(),
      attnlrp_method(),
      cat_method(),
      cdam_method(),
      chefer_method(),
      class_lens_method(),
      contrast_cat_method(),
      cp_lrp_method(),
      feature_ablation_method(),
      fullgrad_plus_method(),
      genatt_method(),
      grad_sam_method(),
      gradcam_attention_method(),
      input_x_gradient_method(),
      integrated_gradients_method(),
      kernel_shap_method(),
      layer_saliency_method(),
      lime_method(),
      logit_lens_method(),
      lrp_method(),
      occlusion_method(),
      partial_lrp_method(),
      rise_method(),
      rollout_method(),
      saliency_method(),
      smoothgrad_method(),
      transfg_method(),
  };
  return kMethods;
}

const Method& find_method(const std::string& name) {
  PELLUCID_CHECK(
      name != "agf", kUnsupported,
      "method 'agf' (Gur, Ali & Wolf, AAAI 2021) is defined for convolutional networks: it factorises a layer's "
      "feature maps, not negative behind a ReLU, over channels and positions, and states no rule for the product "
      "of two activations in attention, for LayerNorm or for GELU; two of its authors made chefer for "
      "Transformers, others with relevance are lrp and attnlrp");
  std::string known;
  for (const Method& method : methods()) {
    if (method.name == name) return method;
    known += (known.empty() ? "" : ", ") + method.name;
  }
  fail(ErrorCode::kUsage, "unknown method '{}'; known: {}", name, known);
}

}  // namespace pellucid::methods
