#include <gtest/gtest.h>

#include <cstring>
#include <future>

#include <pellucid/error.hpp>
#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(PELLUCID_SOURCE_DIR) / "tests/data/vit-micro";

RunOptions options_in(const tests::ScratchFolder& cache) {
  RunOptions options;
  options.threads = 1;
  options.cache_folder = cache.path();
  return options;
}

Request request_of(const std::string& method) {
  Request request;
  request.method = method;
  request.targets = {"logit:1"};
  request.inputs = read_safetensors(kFolder / "inputs.safetensors");
  return request;
}

Tensor explain(const std::string& file, const std::string& method, const RunOptions& options) {
  Model model = Model::open(kFolder / file, options);
  const Request request = request_of(method);
  static_cast<void>(model.predict(request.inputs, 1));
  return model.explain(request).token_scores;
}

void expect_equal(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  ASSERT_EQ(a.type(), b.type());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0);
}

// Each pair of threads writes the same program to one cache, too.
TEST(Threads, ExplainDifferentModelsAtOnceAsOneAfterTheOther) {
  const tests::ScratchFolder alone, shared;
  const std::vector<std::pair<std::string, std::string>> work = {{"model.onnx", "attcat"},
                                                                 {"model_dynamo.onnx", "attnlrp"},
                                                                 {"model.onnx", "attcat"},
                                                                 {"model_dynamo.onnx", "smoothgrad"}};
  std::vector<std::future<Tensor>> under_way;
  for (const auto& [file, method] : work)
    under_way.push_back(std::async(std::launch::async, explain, file, method, options_in(shared)));
  for (std::size_t i = 0; i < work.size(); ++i)
    expect_equal(under_way[i].get(), explain(work[i].first, work[i].second, options_in(alone)));
}

TEST(Threads, RefuseEachItsOwnRequest) {
  const tests::ScratchFolder cache;
  const auto refusal = [&cache](const std::string& method) {
    try {
      static_cast<void>(explain("model.onnx", method, options_in(cache)));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  auto first = std::async(std::launch::async, refusal, "nonsense"),
       second = std::async(std::launch::async, refusal, "nothing");
  EXPECT_NE(first.get().find("nonsense"), std::string::npos);
  EXPECT_NE(second.get().find("nothing"), std::string::npos);
}

}  // namespace
}  // namespace pellucid
