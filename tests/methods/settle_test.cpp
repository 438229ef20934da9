#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "graph/builder.hpp"
#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/settle.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

methods::ResolvedOptions settled(const methods::Method& method, const std::vector<std::string>& given,
                                 bool by_token = false) {
  StreamModel model({});
  model.stream.name = "image";
  methods::ResolvedOptions options = methods::resolve_options(method.name, method.options, method.authors, given);
  methods::settle(method, model.graph, model.stream, options, by_token);
  return options;
}

void expect_refused(const methods::Method& method, const std::vector<std::string>& given, ErrorCode code,
                    const std::string& part) {
  try {
    (void)settled(method, given);
    ADD_FAILURE() << method.name << " accepts " << given.front();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(Settle, FillsWhatDependsOnTheModel) {
  const methods::ResolvedOptions tokens = settled(methods::saliency_method(), {});
  EXPECT_EQ(tokens.word("reduce"), "sum");
  EXPECT_EQ(tokens.word("stream"), "image");
  EXPECT_EQ(tokens.word("input"), "image");
  EXPECT_EQ(settled(methods::saliency_method(), {"at=input"}).word("reduce"), "none");
  EXPECT_EQ(settled(methods::saliency_method(), {"at=input", "reduce=l2"}).word("reduce"), "l2");
  EXPECT_EQ(settled(methods::genatt_method(), {}).word("row"), "readout");
  EXPECT_EQ(settled(methods::genatt_method(), {}, true).word("row"), "target");
}

/// What has to be given on a model of pictures.
std::vector<std::string> needed(const methods::Method& method) {
  if (method.name == "contrast-cat") return {"references=r.json", "mask_special=false", "token_types=given"};
  return {};
}

TEST(Settle, LeavesNoDefaultOpen) {
  for (const methods::Method& method : methods::methods()) {
    if (method.perturb != nullptr) continue;  // what is open depends on the input, too
    const methods::ResolvedOptions options = settled(method, needed(method));
    for (const auto& [name, value] : options.all()) {
      const auto* text = std::get_if<std::string>(&value);
      EXPECT_TRUE(text == nullptr || !text->empty()) << method.name << " " << name;
    }
  }
}

TEST(Settle, RefusesTextOptions) {
  const auto refused = [](const methods::Method& method, const std::string& option) {
    expect_refused(method, {option}, ErrorCode::kUnsupported, option + ": it is for text");
  };
  refused(methods::attcat_method(), "mask_special=true");
  refused(methods::grad_sam_method(), "token_types=zero");
  refused(methods::integrated_gradients_method(), "baselines=pad");
}

TEST(Settle, WantsReferences) {
  expect_refused(methods::contrast_cat_method(), {"mask_special=false", "token_types=given"}, ErrorCode::kUsage,
                 "references=FILE.json");
}

TEST(Settle, RefusesWhatMakesNoSense) {
  expect_refused(methods::lrp_method(), {"at=input", "cls=zero"}, ErrorCode::kUsage, "at=tokens");
  expect_refused(methods::rollout_method(), {"start_layer=3"}, ErrorCode::kUsage, "the model has 3 blocks");
  expect_refused(methods::genatt_method(), {"row=target"}, ErrorCode::kUsage, "use row=readout");
  expect_refused(methods::attention_method(), {"sites=cross"}, ErrorCode::kUnsupported, "no decoder attends");
  expect_refused(methods::attention_method(), {"layers=all", "cls=zero"}, ErrorCode::kUsage, "layers=last");
  expect_refused(methods::integrated_gradients_method(), {"baselines=black"}, ErrorCode::kUsage, "at=input");
  expect_refused(methods::saliency_method(), {"at=input", "input=pixels"}, ErrorCode::kUsage, "no input of that name");
  expect_refused(methods::saliency_method(), {"at=input", "input=h0", "reduce=sum"}, ErrorCode::kUsage, "channel axis");
  expect_refused(methods::smoothgrad_method(), {"base=input-x-gradient", "reduce=max"}, ErrorCode::kUsage,
                 "base=saliency");
}

TEST(Settle, WantsOneFloatingPointInput) {
  graph::Graph graph;
  (void)graph.add_input("ids", ElementType::kInt64, {{1, true}, {4, false}});
  (void)graph.add_input("pixels", ElementType::kFloat32, {{1, true}, {3, false}, {8, false}, {8, false}});
  const methods::Method& method = methods::saliency_method();
  const auto settle = [&](const std::vector<std::string>& given) {
    methods::ResolvedOptions options = methods::resolve_options(method.name, method.options, method.authors, given);
    methods::settle(method, graph, anatomy::Stream{}, options);
    return options.word("input");
  };
  EXPECT_EQ(settle({"at=input"}), "pixels");
  EXPECT_THROW((void)settle({"at=input", "input=ids"}), Error);
  (void)graph.add_input("more", ElementType::kFloat32, {{1, true}, {4, false}});
  EXPECT_THROW((void)settle({"at=input"}), Error);
  EXPECT_EQ(settle({"at=input", "input=more"}), "more");
}

}  // namespace
}  // namespace pellucid::tests
