#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include <pellucid/error.hpp>

#include "methods/method.hpp"

namespace pellucid::tests {
namespace {

using methods::Method;
using methods::OptionKind;
using methods::OptionSpec;

std::string spelled(const OptionSpec& spec) {
  if (const auto* flag = std::get_if<bool>(&spec.otherwise)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&spec.otherwise)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&spec.otherwise)) return std::to_string(*number);
  if (const auto* list = std::get_if<std::vector<double>>(&spec.otherwise)) {
    std::string text;
    for (const double one : *list) text += (text.empty() ? "" : ",") + std::to_string(static_cast<int>(one));
    return text;
  }
  return std::get<std::string>(spec.otherwise);
}

TEST(Registry, ListsMethodsAlphabetically) {
  const auto& all = methods::methods();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Method& a, const Method& b) { return a.name < b.name; }));
  EXPECT_EQ(all.size(), 30U);
  for (const Method& method : all) EXPECT_EQ(&methods::find_method(method.name), &method);
}

TEST(Registry, NamesTheKnownOnes) {
  try {
    (void)methods::find_method("grad-cat");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("unknown method 'grad-cat'"), std::string::npos);
    for (const Method& method : methods::methods())
      EXPECT_NE(std::string(error.what()).find(method.name), std::string::npos) << method.name;
  }
}

TEST(Registry, SaysWhatEveryMethodIs) {
  for (const Method& method : methods::methods()) {
    SCOPED_TRACE(method.name);
    for (const std::string& text : {method.title, method.paper, method.summary, method.cost, method.promise})
      EXPECT_FALSE(text.empty());
    EXPECT_FALSE(method.needs.empty());
    EXPECT_FALSE(method.rule_sets.empty());
    EXPECT_TRUE(!method.target_free || !method.walks);
    EXPECT_TRUE(method.perturb == nullptr || !method.walks);
    if (method.perturb != nullptr) continue;
    EXPECT_TRUE(method.wanted != nullptr || !method.walks);
    EXPECT_NE(method.read_out, nullptr);
  }
}

TEST(Registry, ExplainsEveryOption) {
  for (const Method& method : methods::methods()) {
    std::set<std::string> names;
    for (const OptionSpec& spec : method.options) {
      SCOPED_TRACE(method.name + " " + spec.name);
      EXPECT_TRUE(names.insert(spec.name).second);
      EXPECT_FALSE(spec.meaning.empty());
      EXPECT_EQ(spec.meaning.find('\n'), std::string::npos);
      EXPECT_TRUE(spec.kind != OptionKind::kWord || spec.words.size() >= 2);
    }
  }
}

TEST(Registry, DefaultsMayBeWritten) {
  for (const Method& method : methods::methods())
    for (const OptionSpec& spec : method.options) {
      const std::string text = spelled(spec);
      if (text.empty()) continue;  // settled with the model
      SCOPED_TRACE(method.name + " " + spec.name + "=" + text);
      const auto read = methods::resolve_options(method.name, method.options, method.authors, {spec.name + "=" + text});
      for (const auto& [name, value] : read.all()) {
        EXPECT_TRUE(name != spec.name || value == spec.otherwise);
      }
    }
}

TEST(Registry, ProfilesParse) {
  for (const Method& method : methods::methods()) {
    if (method.authors.values.empty()) continue;
    SCOPED_TRACE(method.name);
    const auto clean = methods::resolve_options(method.name, method.options, method.authors, {"profile=clean"});
    const auto defaults = methods::resolve_options(method.name, method.options, method.authors, {});
    EXPECT_EQ(clean.all(), defaults.all());
    const auto authors = methods::resolve_options(method.name, method.options, method.authors, {"profile=authors"});
    for (const auto& [name, text] : method.authors.values) EXPECT_TRUE(authors.has(name)) << name << "=" << text;
  }
}

/// The options by name, as docs/options.md lists them.
TEST(Registry, KnowsTheDocumentedOptions) {
  const std::map<std::string, std::set<std::string>> documented{
      {"atman",
       {"perturbations_per_eval", "resume", "similarity", "similarity_threshold", "stream", "suppression_factor"}},
      {"attcat", {"hidden", "mask_special", "similarity", "stream", "token_types"}},
      {"attention", {"cls", "layers", "similarity", "sites", "stream"}},
      {"attention-x-gradient", {"layers", "row", "similarity", "sites", "stream"}},
      {"attnlrp", {"at", "input", "reduce", "similarity", "stream"}},
      {"cat", {"hidden", "mask_special", "similarity", "stream", "token_types"}},
      {"cdam",
       {"internal_batch_size", "method", "mode", "multiply_by", "n_steps", "noise_file", "noise_level", "nt_samples",
        "similarity", "stream"}},
      {"chefer", {"cls", "row_norm", "start_layer", "stream", "times_gradient"}},
      {"class-lens", {"layer", "stream"}},
      {"contrast-cat", {"keep", "mask_special", "max_references", "references", "scale", "stream", "token_types"}},
      {"cp-lrp", {"at", "input", "reduce", "similarity", "stream"}},
      {"feature-ablation",
       {"baselines", "features", "grid", "keep_special", "perturbations_per_eval", "resume", "segments", "similarity",
        "stream"}},
      {"fullgrad-plus", {"ensemble", "similarity", "stream"}},
      {"genatt", {"row", "similarity", "start_layer", "stream"}},
      {"grad-sam", {"mask_special", "scale", "similarity", "stream", "token_types"}},
      {"gradcam-attention", {"cls", "head_weights", "scale", "similarity", "stream"}},
      {"input-x-gradient", {"at", "input", "reduce", "similarity", "stream"}},
      {"integrated-gradients",
       {"at", "baselines", "input", "internal_batch_size", "keep_special", "method", "n_steps", "reduce", "similarity",
        "stream", "tolerance"}},
      {"kernel-shap",
       {"baselines", "features", "grid", "keep_special", "n_samples", "perturbations_per_eval", "resume", "segments",
        "similarity", "stream", "tolerance"}},
      {"layer-saliency", {"layer", "similarity", "stream"}},
      {"lime",
       {"baselines", "features", "grid", "keep_special", "kernel", "kernel_width", "n_samples",
        "perturbations_per_eval", "resume", "ridge_alpha", "segments", "similarity", "stream", "tolerance"}},
      {"logit-lens", {"layer", "stream"}},
      {"lrp", {"at", "cls", "input", "reduce", "stream"}},
      {"occlusion",
       {"baselines", "keep_special", "perturbations_per_eval", "resume", "similarity", "sliding_window_shapes",
        "stream", "strides"}},
      {"partial-lrp", {"cls", "layer", "stream", "times_gradient"}},
      {"rise",
       {"baselines", "center", "features", "grid", "keep_special", "n_samples", "p", "perturbations_per_eval", "resume",
        "similarity", "stream", "tolerance"}},
      {"rollout", {"cls", "residual", "row_norm", "similarity", "start_layer", "stream"}},
      {"saliency", {"abs", "at", "input", "reduce", "similarity", "stream"}},
      {"smoothgrad",
       {"at", "base", "input", "internal_batch_size", "noise_file", "noise_level", "nt_samples", "nt_type", "reduce",
        "similarity", "stdevs", "stream"}},
      {"transfg", {"cls", "heads", "similarity", "stream"}}};
  for (const Method& method : methods::methods()) {
    std::set<std::string> names;
    for (const OptionSpec& spec : method.options) names.insert(spec.name);
    EXPECT_EQ(names, documented.at(method.name)) << method.name;
  }
}

}  // namespace
}  // namespace pellucid::tests
