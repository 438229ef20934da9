#include "base/npy.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "support/bytes.hpp"
#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::little_endian;
using tests::ScratchFolder;

std::string npy_of(const std::string& header, const std::string& data, int version = 1) {
  const std::string start = std::string("\x93NUMPY") + static_cast<char>(version) + '\0';
  return start + little_endian(header.size(), version == 1 ? 2 : 4) + header + data;
}

std::string header_of(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

const std::string kTwoFloats = little_endian(0x3f800000, 4) + little_endian(0xc0200000, 4);

TEST(Npy, ReadsAFileWrittenByHandInEveryVersion) {
  const ScratchFolder folder;
  for (const int version : {1, 2, 3}) {
    const Tensor x = read_npy(folder.write("x", npy_of(header_of("<f4", "(2, 1)"), kTwoFloats, version)));
    EXPECT_EQ(x.shape(), (Shape{2, 1}));
    EXPECT_EQ(x.values<float>()[0], 1.0f);
    EXPECT_EQ(x.values<float>()[1], -2.5f);
  }
}

TEST(Npy, ReadsEveryWayToWriteTheHeader) {
  const ScratchFolder folder;
  for (const char* header : {
           "{'descr':'<f4','fortran_order':False,'shape':(2,)}",
           "{\"shape\": (2,), \"fortran_order\": False, \"descr\": \"<f4\"}   \n",
           "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n",
       }) {
    EXPECT_EQ(read_npy(folder.write("x", npy_of(header, kTwoFloats))).to_doubles(), (std::vector<double>{1, -2.5}));
  }
}

TEST(Npy, GivesBackWhatItWrote) {
  const ScratchFolder folder;
  const std::vector<Tensor> tensors = {
      Tensor(Shape{2, 3}, std::vector<double>{1, 2, 3, 4, 5, 1e-300}),
      Tensor(Shape{}, std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()}),
      Tensor(Shape{3}, std::vector<std::uint8_t>{0, 1, 255}),
      Tensor(Shape{1, 1, 1, 2}, std::vector<float>{-0.0f, 1}),
      Tensor(ElementType::kBool, {4}),
      Tensor(ElementType::kFloat16, {0, 2}),
  };
  for (const Tensor& tensor : tensors) {
    write_npy(folder / "a.npy", tensor);
    const Tensor read = read_npy(folder / "a.npy");
    EXPECT_EQ(read.type(), tensor.type());
    EXPECT_EQ(read.shape(), tensor.shape());
    EXPECT_EQ(read.to_doubles(), tensor.to_doubles());
  }
}

// numpy.save of NumPy 2.4: the same bytes.
TEST(Npy, WritesTheBytesOfNumpy) {
  const ScratchFolder folder;
  const auto expect_header = [&](const Tensor& tensor, const std::string& dictionary) {
    write_npy(folder / "a.npy", tensor);
    std::string expected = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dictionary;
    expected += std::string(127 - expected.size(), ' ') + "\n";
    EXPECT_EQ(tests::content_of(folder / "a.npy").substr(0, 128), expected);
  };
  expect_header(Tensor(ElementType::kFloat64, {3, 5, 7}),
                "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 5, 7), }");
  expect_header(Tensor(ElementType::kFloat32, {9}), "{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }");
  expect_header(Tensor(ElementType::kUInt8, {}), "{'descr': '|u1', 'fortran_order': False, 'shape': (), }");
}

TEST(Npy, RefusesDamagedAndForeignFiles) {
  const ScratchFolder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not an .npy array"},
      {"\x93NUMPX0123456789", "not an .npy array"},
      {npy_of(header_of("<f4", "(2,)"), kTwoFloats, 9), "format version 9"},
      {npy_of(header_of("<f4", "(2,)"), kTwoFloats).substr(0, 9), "ends inside"},
      {npy_of(header_of("<f4", "(2,)"), "").substr(0, 40), "ends inside"},
      {std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14), "ends inside"},
      {npy_of("", ""), "header can't be read"},
      {npy_of("{}", ""), "header can't be read"},
      {npy_of("{'descr': '<f4'", ""), "header can't be read"},
      {npy_of(header_of("<f4", "(2,"), kTwoFloats), "header can't be read"},
      {npy_of(header_of("<f4", "(-2,)"), kTwoFloats), "header can't be read"},
      {npy_of(header_of("<f4", "(99999999999999999999,)"), kTwoFloats), "header can't be read"},
      {npy_of(header_of("<f4", "2"), kTwoFloats), "header can't be read"},
      {npy_of(header_of("<f4", "(2,)", "maybe"), kTwoFloats), "header can't be read"},
      {npy_of(header_of("<f4", "(1, 2)", "True"), kTwoFloats), "Fortran order"},
      {npy_of(header_of(">f4", "(2,)"), kTwoFloats), "big-endian"},
      {npy_of(header_of("<c8", "(1,)"), kTwoFloats), "'<c8', which is not supported"},
      {npy_of(header_of("|O", "(1,)"), kTwoFloats), "'|O', which is not supported"},
      {npy_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", kTwoFloats), "several fields"},
      {npy_of(header_of("<f4", "(3,)"), kTwoFloats), "8 bytes of data"},
      {npy_of(header_of("<f4", "(1,)"), kTwoFloats), "8 bytes of data"},
      {npy_of(header_of("<f8", "(4611686018427387904, 4)"), ""), "0 bytes of data"},
      {npy_of(header_of("|b1", "(8,)"), kTwoFloats), "no bool"},
  };
  for (const auto& [content, message] : cases) {
    const auto path = folder.write("damaged.npy", content);
    expect_error(ErrorCode::kBadInput, message, [&] { (void)read_npy(path); });
    expect_error(ErrorCode::kBadInput, path.string(), [&] { (void)read_npy(path); });
  }
}

TEST(Npy, RefusesBfloat16) {
  const ScratchFolder folder;
  expect_error(ErrorCode::kBadInput, "bfloat16", [&] { write_npy(folder / "a", Tensor(ElementType::kBFloat16, {1})); });
  EXPECT_EQ(folder.entries(), 0u);
}

}  // namespace
}  // namespace pellucid
