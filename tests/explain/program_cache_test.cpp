#include "explain/program_cache.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <fstream>

#include "base/safetensors.hpp"
#include "explain/prepared.hpp"
#include "support/fixtures.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid::explain {
namespace {

namespace fs = std::filesystem;

class ProgramCacheTest : public testing::Test {
 protected:
  [[nodiscard]] RunOptions options() const {
    RunOptions made;
    made.cache_folder = folder_.path();
    return made;
  }
  [[nodiscard]] fs::path only_file() const { return fs::directory_iterator(folder_.path())->path(); }

  tests::ScratchFolder folder_;
  const fs::path model_folder_ = tests::carried("vit-micro");
  const graph::ModelFile model_ = graph::ModelFile::open(model_folder_ / "model.onnx");
  const TensorMap inputs_ = read_safetensors(model_folder_ / "inputs.safetensors");
  const graph::WrittenGraph written_ = specialise(model_, inputs_, "tokens").written;
};

bool same(const Tensor& a, const Tensor& b) {
  return a.type() == b.type() && a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

Tensor first_sample(const Tensor& tensor) {
  Shape shape = tensor.shape();
  shape.at(0) = 1;
  Tensor one(tensor.type(), shape);
  std::memcpy(one.mutable_data(), tensor.data(), one.bytes());
  return one;
}

TEST_F(ProgramCacheTest, GivesBackWhatWasKept) {
  ProgramCache(options(), model_).keep("a key", written_);
  const auto found = ProgramCache(options(), model_).find("a key");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->bytes, written_.bytes);
  ASSERT_EQ(found->weights.size(), written_.weights.size());
  for (const auto& [name, tensor] : written_.weights) EXPECT_TRUE(same(found->weights.at(name), tensor)) << name;
}

TEST_F(ProgramCacheTest, KeepsConstantsThatTheModelDoesNotHold) {
  graph::WrittenGraph more = written_;
  more.weights["made"] = Tensor(Shape{300}, std::vector<float>(300, 0.25F));
  const ProgramCache cache(options(), model_);
  cache.keep("more", more);
  const auto found = cache.find("more");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(same(found->weights.at("made"), more.weights.at("made")));
}

TEST_F(ProgramCacheTest, RefersToTheModelsWeights) {
  ProgramCache(options(), model_).keep("light", written_);
  const std::string file = tests::content_of(only_file());
  ASSERT_FALSE(written_.weights.empty());
  for (const auto& [name, tensor] : written_.weights) {
    const std::string bytes(reinterpret_cast<const char*>(tensor.data()), tensor.bytes());
    EXPECT_EQ(file.find(bytes), std::string::npos) << name;
  }
}

TEST_F(ProgramCacheTest, KnowsKeysAndModelsApart) {
  const ProgramCache cache(options(), model_);
  cache.keep("one", written_);
  EXPECT_FALSE(cache.find("two").has_value());
  const graph::ModelFile other = graph::ModelFile::open(model_folder_ / "model_dynamo.onnx");
  EXPECT_FALSE(ProgramCache(options(), other).find("one").has_value());
}

TEST_F(ProgramCacheTest, DoesNotReadADamagedFile) {
  const ProgramCache cache(options(), model_);
  cache.keep("key", written_);
  const std::string content = tests::content_of(only_file());
  for (const std::size_t at : {std::size_t{9}, content.size() / 2, content.size() - 1}) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(only_file(), std::ios::binary) << damaged;
    EXPECT_FALSE(cache.find("key").has_value()) << "byte " << at;
  }
  std::ofstream(only_file(), std::ios::binary) << content.substr(0, content.size() / 2);
  EXPECT_FALSE(cache.find("key").has_value()) << "truncated";
  std::ofstream(only_file(), std::ios::binary) << content;
  EXPECT_TRUE(cache.find("key").has_value()) << "whole again";
}

TEST_F(ProgramCacheTest, DropsWhatWasUsedTheLongestAgo) {
  const ProgramCache cache(options(), model_);
  cache.keep("first", written_);
  const std::uintmax_t each = fs::file_size(only_file());
  fs::last_write_time(only_file(), fs::file_time_type::clock::now() - std::chrono::hours(2));
  const ProgramCache small(options(), model_, 5 * each / 2);
  small.keep("second", written_);
  EXPECT_TRUE(small.find("first").has_value());
  small.keep("third", written_);
  EXPECT_EQ(folder_.entries(), 2U);
  EXPECT_TRUE(small.find("third").has_value());
}

TEST_F(ProgramCacheTest, CanBeTurnedOff) {
  RunOptions off = options();
  off.use_cache = false;
  const ProgramCache cache(off, model_);
  cache.keep("key", written_);
  EXPECT_EQ(folder_.entries(), 0U);
  EXPECT_FALSE(cache.find("key").has_value());
}

TEST_F(ProgramCacheTest, AFolderThatCannotBeMadeKeepsNothing) {
  RunOptions blocked;
  blocked.cache_folder = folder_.write("a-file", "") / "cache";
  const ProgramCache cache(blocked, model_);
  cache.keep("key", written_);
  EXPECT_FALSE(cache.find("key").has_value());
}

// Cold and from the disk: the same bytes, for a single-pass method and for one that averages many passes.
TEST_F(ProgramCacheTest, ExplanationsAreTheSameFromTheCache) {
  for (const char* method : {"attcat", "genatt", "integrated-gradients"}) {
    Request request;
    request.method = method;
    request.targets = {"logit:1"};
    request.inputs = inputs_;
    RunOptions off;
    off.use_cache = false;
    const Explanation plain = Model::open(model_folder_, off).explain(request);
    const Explanation cold = Model::open(model_folder_, options()).explain(request);
    const std::size_t kept = folder_.entries();
    const Explanation warm = Model::open(model_folder_, options()).explain(request);
    EXPECT_EQ(folder_.entries(), kept) << method;
    EXPECT_TRUE(same(plain.token_scores, cold.token_scores)) << method;
    EXPECT_TRUE(same(cold.token_scores, warm.token_scores)) << method;
    EXPECT_TRUE(same(cold.logits, warm.logits)) << method;
  }
  EXPECT_GE(folder_.entries(), 4U);
}

// A model whose batch is fixed is kept as such.
TEST_F(ProgramCacheTest, KnowsAFixedBatchFromAFreeOne) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "the fixtures are not here";
  const fs::path folder = *root / "fixtures" / "matrix" / "vit__ts17-static";
  Request request;
  request.method = "integrated-gradients";
  request.targets = {"logit:1"};
  request.inputs = read_safetensors(folder / "inputs.safetensors");
  for (auto& [name, tensor] : request.inputs) tensor = first_sample(tensor);
  const Explanation cold = Model::open(folder, options()).explain(request);
  const Explanation warm = Model::open(folder, options()).explain(request);
  EXPECT_TRUE(same(cold.token_scores, warm.token_scores));
}

// Reading what was written of a graph, and writing that again, changes nothing.
TEST_F(ProgramCacheTest, WrittenGraphsReadBackToTheByte) {
  const graph::WrittenGraph again = graph::write_graph(graph::read_graph(written_));
  EXPECT_EQ(again.bytes, graph::write_graph(graph::read_graph(again)).bytes);
  EXPECT_EQ(again.bytes, written_.bytes);
}

}  // namespace
}  // namespace pellucid::explain
