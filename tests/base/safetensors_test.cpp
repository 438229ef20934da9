#include "base/safetensors.hpp"

#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "support/bytes.hpp"
#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::little_endian;
using tests::ScratchFolder;

std::string file_of(const std::string& header, const std::string& data) {
  return little_endian(header.size(), 8) + header + data;
}

/// A header with one tensor.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"x":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

TEST(Safetensors, ReadsAFileWrittenByHand) {
  const ScratchFolder folder;
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"c":{"dtype":"U8","shape":[0,3],"data_offsets":[16,16]}} )";
  const auto path =
      folder.write("x.safetensors", file_of(header, little_endian(0x3f800000, 4) + little_endian(0xc0200000, 4) +
                                                        little_endian(std::uint64_t(-5), 8)));
  const SafetensorsFile file = read_safetensors_file(path);
  EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
  ASSERT_EQ(file.tensors.size(), 3u);
  const Tensor& a = file.tensors.at("a");
  EXPECT_EQ(a.shape(), (Shape{2, 1}));
  EXPECT_EQ(a.values<float>()[0], 1.0f);
  EXPECT_EQ(a.values<float>()[1], -2.5f);
  EXPECT_EQ(file.tensors.at("b").shape(), Shape{});
  EXPECT_EQ(file.tensors.at("b").values<std::int64_t>()[0], -5);
  EXPECT_EQ(file.tensors.at("c").size(), 0);
}

TEST(Safetensors, ReadsDataThatAreNotAligned) {
  const ScratchFolder folder;
  const std::string data = little_endian(0x3ff8000000000000, 8);
  for (int padding = 0; padding < 8; ++padding) {
    const auto path = folder.write("x", file_of(one("F64", "[1]", "[0,8]") + std::string(padding, ' '), data));
    const Tensor x = read_safetensors(path).at("x");
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % 8, 0u);
    EXPECT_EQ(x.values<double>()[0], 1.5);
  }
}

TEST(Safetensors, ReadsEveryElementType) {
  const ScratchFolder folder;
  const std::map<std::string, std::pair<std::string, double>> cases = {
      {"F64", {little_endian(0x4000000000000000, 8), 2.0}},
      {"F32", {little_endian(0x40000000, 4), 2.0}},
      {"F16", {little_endian(0x3e00, 2), 1.5}},
      {"BF16", {little_endian(0xc040, 2), -3.0}},
      {"I64", {little_endian(std::uint64_t(-9), 8), -9}},
      {"I32", {little_endian(std::uint32_t(-9), 4), -9}},
      {"I16", {little_endian(std::uint16_t(-9), 2), -9}},
      {"I8", {little_endian(std::uint8_t(-9), 1), -9}},
      {"U64", {little_endian(1u << 31, 8), 2147483648.0}},
      {"U32", {little_endian(0xffffffff, 4), 4294967295.0}},
      {"U16", {little_endian(0xffff, 2), 65535.0}},
      {"U8", {little_endian(0xff, 1), 255.0}},
      {"BOOL", {little_endian(1, 1), 1.0}},
  };
  for (const auto& [dtype, value] : cases) {
    const std::string end = std::to_string(value.first.size());
    const auto path = folder.write("x", file_of(one(dtype, "[1]", "[0," + end + "]"), value.first));
    EXPECT_EQ(read_safetensors(path).at("x").to_doubles()[0], value.second) << dtype;
  }
}

TEST(Safetensors, GivesBackWhatItWrote) {
  const ScratchFolder folder;
  TensorMap tensors;
  tensors["bytes"] = Tensor(Shape{3}, std::vector<std::uint8_t>{1, 2, 3});
  tensors["doubles"] = Tensor(Shape{1, 2}, std::vector<double>{0.1, -1e300});
  tensors["empty"] = Tensor(ElementType::kFloat32, Shape{0, 7});
  tensors["name \"ü\"\n"] = Tensor(Shape{}, std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()});
  const std::map<std::string, std::string> metadata = {{"record", "{\"ü\": 1}\n"}, {"", "empty key"}};
  write_safetensors(folder / "a", tensors, metadata);
  const SafetensorsFile file = read_safetensors_file(folder / "a");
  EXPECT_EQ(file.metadata, metadata);
  ASSERT_EQ(file.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const Tensor& read = file.tensors.at(name);
    EXPECT_EQ(read.type(), tensor.type());
    EXPECT_EQ(read.shape(), tensor.shape());
    EXPECT_EQ(read.to_doubles(), tensor.to_doubles()) << name;
  }
  write_safetensors(folder / "b", file.tensors, file.metadata);
  EXPECT_EQ(tests::content_of(folder / "a"), tests::content_of(folder / "b"));
  EXPECT_EQ(folder.entries(), 2u);
}

TEST(Safetensors, WritesAnEmptyMap) {
  const ScratchFolder folder;
  write_safetensors(folder / "a", {});
  EXPECT_TRUE(read_safetensors(folder / "a").empty());
}

TEST(Safetensors, TensorsOutliveAReplacedFile) {
  const ScratchFolder folder;
  write_safetensors(folder / "a", {{"x", Tensor(Shape{1}, std::vector<double>{7})}});
  const Tensor old = read_safetensors(folder / "a").at("x");
  write_safetensors(folder / "a", {{"x", Tensor(Shape{1}, std::vector<double>{8})}});
  EXPECT_EQ(old.values<double>()[0], 7);
  EXPECT_EQ(read_safetensors(folder / "a").at("x").values<double>()[0], 8);
}

TEST(Safetensors, RefusesNamesItCannotWrite) {
  const ScratchFolder folder;
  const Tensor x(ElementType::kFloat32, {1});
  expect_error(ErrorCode::kBadInput, "__metadata__", [&] { write_safetensors(folder / "a", {{"__metadata__", x}}); });
  expect_error(ErrorCode::kBadInput, "UTF-8", [&] { write_safetensors(folder / "a", {{"\xff", x}}); });
  expect_error(ErrorCode::kBadInput, "UTF-8", [&] { write_safetensors(folder / "a", {}, {{"a", "\xff"}}); });
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Safetensors, RefusesDamagedFiles) {
  const ScratchFolder folder;
  const std::string eight(8, '\1');
  const std::string overlap =
      R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}})";
  const std::string hole =
      R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})";
  const std::string twice =
      R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "too few"},
      {"1234567", "too few"},
      {little_endian(~0ull, 8), "its header would have"},
      {little_endian(200'000'000, 8) + "{}", "its header would have"},
      {little_endian(3, 8) + "{}", "its header would have 3 bytes"},
      {little_endian(0, 8), "no JSON object"},
      {file_of("[]", ""), "no JSON object"},
      {file_of("{\"x\":", ""), "no JSON object"},
      {file_of("{\"\xff\":1}", ""), "no JSON object"},
      {file_of("{\"x\":" + std::string(100000, '['), ""), "nested too deeply"},
      {file_of(R"({"__metadata__":[]})", ""), "no map of texts"},
      {file_of(R"({"__metadata__":{"a":1}})", ""), "is no text"},
      {file_of(R"({"x":1})", eight), "lacks dtype"},
      {file_of(R"({"x":{"dtype":"F64","shape":[1]}})", eight), "lacks dtype"},
      {file_of(R"({"x":{"dtype":7,"shape":[1],"data_offsets":[0,8]}})", eight), "is no text"},
      {file_of(one("F8_E4M3", "[8]", "[0,8]"), eight), "unknown dtype"},
      {file_of(one("F64", "1", "[0,8]"), eight), "no short list"},
      {file_of(one("F64", "[-1]", "[0,8]"), eight), "something else than sizes"},
      {file_of(one("F64", "[1.0]", "[0,8]"), eight), "something else than sizes"},
      {file_of(one("F64", "[18446744073709551615]", "[0,8]"), eight), "something else than sizes"},
      {file_of(one("F64", "[4611686018427387904,4]", "[0,0]"), ""), "has 0 bytes"},
      {file_of(one("U8", "[4294967296,4294967296]", "[0,0]"), ""), "has 0 bytes"},
      {file_of(one("F64", "[2]", "[0,8]"), eight), "has 8 bytes"},
      {file_of(one("F64", "[1]", "[0,8,9]"), eight), "two whole numbers"},
      {file_of(one("F64", "[1]", "[-8,0]"), eight), "two whole numbers"},
      {file_of(one("F64", "[1]", "[0,8]"), eight.substr(1)), "lies at 0…8"},
      {file_of(one("F64", "[1]", "[8,0]"), eight), "lies at 8…0"},
      {file_of(one("F64", "[1]", "[18446744073709551608,18446744073709551615]"), eight), "lies at"},
      {file_of(overlap, eight), "overlap"},
      {file_of(hole, eight), "hole"},
      {file_of(twice, eight), "appears twice"},
      {file_of(one("F64", "[1]", "[0,8]"), eight + "x"), "the data 9"},
      {file_of(one("BOOL", "[8]", "[0,8]"), "\1\1\1\1\1\1\1\2"), "no BOOL"},
  };
  for (const auto& [content, message] : cases) {
    const auto path = folder.write("damaged.safetensors", content);
    expect_error(ErrorCode::kBadInput, message, [&] { (void)read_safetensors(path); });
    expect_error(ErrorCode::kBadInput, path.string(), [&] { (void)read_safetensors(path); });
  }
}

TEST(Safetensors, RefusesEveryTruncation) {
  const ScratchFolder folder;
  write_safetensors(folder / "a", {{"x", Tensor(ElementType::kFloat32, {2, 2})}}, {{"k", "v"}});
  const std::string whole = tests::content_of(folder / "a");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto path = folder.write("cut", whole.substr(0, size));
    EXPECT_THROW((void)read_safetensors(path), Error) << size;
  }
}

TEST(Safetensors, RefusesWhatIsNoFile) {
  const ScratchFolder folder;
  expect_error(ErrorCode::kBadInput, "No such file", [&] { (void)read_safetensors(folder / "missing"); });
  expect_error(ErrorCode::kBadInput, "is a folder", [&] { (void)read_safetensors(folder.path()); });
  expect_error(ErrorCode::kBadInput, "not a regular file", [] { (void)read_safetensors("/dev/null"); });
}

TEST(Safetensors, ReadsTheFixtures) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "the fixtures are absent";
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*root / "fixtures")) {
    if (entry.path().extension() != ".safetensors") continue;
    EXPECT_NO_THROW((void)read_safetensors(entry.path())) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace pellucid
