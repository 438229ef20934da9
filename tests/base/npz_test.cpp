#include "base/npz.hpp"

#include <gtest/gtest.h>

#include "base/zip.hpp"
#include "support/bytes.hpp"
#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::from_hex;
using tests::little_endian;
using tests::ScratchFolder;

// numpy.savez_compressed(z, a=np.arange(6, dtype="<f4").reshape(2, 3), b=np.array(-7)) of NumPy 2.4.
const std::string kNumpyArchive = from_hex(
    "504b03042d0000000800000021004fe9002affffffffffffffff05001400612e6e7079010010009800000000000000550000"
    "00000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc"
    "294e058a17672416a402f91a463a0ac69a3a0ab50a64032e063068b007120e4004c40d40bcc00100504b03042d0000000800"
    "00002100c8b83ce4ffffffffffffffff05001400622e6e707901001000880000000000000046000000000000009bec17ea1b"
    "10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402"
    "f91a9a3a0ab50a1401ae9fff210000504b01022d032d0000000800000021004fe9002a550000009800000005000000000000"
    "0000000000800100000000612e6e7079504b01022d032d000000080000002100c8b83ce44600000088000000050000000000"
    "00000000000080018c000000622e6e7079504b0506000000000200020066000000090100000000");

// x = [1.5, -2.5] with every size and place in zip64 fields only, checked with Python's zipfile.
const std::string kZip64Archive = from_hex(
    "504b03042d000000080000002100b45da925ffffffffffffffff05001400782e6e70790100100090000000000000004d0000"
    "00000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a1aea3a09e965f54529498179f5f94920a12774bcc"
    "294e058a17672416a402f91a463a9a3a0ab50a14002e0630f8610fa1590e0000504b01022d002d000000080000002100b45d"
    "a925ffffffffffffffff0500220000000000000000000000ffffffff782e6e70795554020000000100180090000000000000"
    "004d000000000000000000000000000000504b06062c000000000000002d002d000000000000000000010000000000000001"
    "0000000000000055000000000000008400000000000000504b060700000000d90000000000000001000000504b0506000000"
    "00ffffffffffffffffffffffff0000");

TEST(Npz, ReadsWhatNumpyWrote) {
  const ScratchFolder folder;
  const TensorMap tensors = read_npz(folder.write("a.npz", kNumpyArchive));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors.at("a").type(), ElementType::kFloat32);
  EXPECT_EQ(tensors.at("a").shape(), (Shape{2, 3}));
  EXPECT_EQ(tensors.at("a").to_doubles(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(tensors.at("b").shape(), Shape{});
  EXPECT_EQ(tensors.at("b").values<std::int64_t>()[0], -7);
}

TEST(Npz, ReadsZip64) {
  const ScratchFolder folder;
  EXPECT_EQ(read_npz(folder.write("a.npz", kZip64Archive)).at("x").to_doubles(), (std::vector<double>{1.5, -2.5}));
}

TEST(Npz, GivesBackWhatItWrote) {
  const ScratchFolder folder;
  TensorMap tensors;
  tensors["doubles"] = Tensor(Shape{3}, std::vector<double>{0.1, 0.2, 0.3});
  tensors["empty"] = Tensor(ElementType::kInt32, {0, 2});
  tensors["zeros"] = Tensor(ElementType::kFloat32, {100, 1000});
  tensors["dir/ü"] = Tensor(Shape{}, std::vector<std::uint8_t>{7});
  const std::map<std::string, std::string> texts = {{"record", "{\"ü\": \"" + std::string(1000, 'x') + "\"}"},
                                                    {"none", ""}};
  write_npz(folder / "a.npz", tensors, texts);
  EXPECT_LT(std::filesystem::file_size(folder / "a.npz"), 4000u);
  const NpzFile file = read_npz_file(folder / "a.npz");
  EXPECT_EQ(file.texts, texts);
  ASSERT_EQ(file.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.tensors.at(name).type(), tensor.type());
    EXPECT_EQ(file.tensors.at(name).shape(), tensor.shape());
    EXPECT_EQ(file.tensors.at(name).to_doubles(), tensor.to_doubles());
  }
  write_npz(folder / "b.npz", file.tensors, file.texts);
  EXPECT_EQ(tests::content_of(folder / "a.npz"), tests::content_of(folder / "b.npz"));
  write_npz(folder / "empty.npz", {});
  EXPECT_TRUE(read_npz(folder / "empty.npz").empty());
}

TEST(Npz, StoresWhatDoesNotShrink) {
  const ScratchFolder folder;
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 1000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  zip::Writer writer(folder / "a.zip");
  writer.add("noise", std::as_bytes(std::span(noise)));
  const std::string text(1000, 'a');
  writer.add("text", std::as_bytes(std::span(text)));
  writer.add("nothing", {});
  writer.commit();
  const zip::Reader reader(folder / "a.zip");
  ASSERT_EQ(reader.entries().size(), 3u);
  EXPECT_EQ(reader.entries()[0].method, 0);
  EXPECT_EQ(reader.entries()[1].method, 8);
  EXPECT_EQ(reader.entries()[2].size, 0u);
  const auto content = reader.content(reader.entries()[0]).bytes;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(content.data()), content.size()), noise);
}

TEST(Npz, RefusesTruncations) {
  const ScratchFolder folder;
  for (std::size_t size = 0; size < kNumpyArchive.size(); size += 3) {
    EXPECT_THROW((void)read_npz(folder.write("cut.npz", kNumpyArchive.substr(0, size))), Error) << size;
  }
}

TEST(Npz, RefusesFlippedBitsOfTheData) {
  const ScratchFolder folder;
  constexpr std::size_t kDataAt = 55, kDataEnd = kDataAt + 0x55 - 1;  // of entry a; the last byte ends in padding
  for (std::size_t i = kDataAt; i < kDataEnd; ++i) {
    std::string changed = kNumpyArchive;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_THROW((void)read_npz(folder.write("flipped.npz", changed)), Error) << i;
  }
}

/// Whatever byte is wrong, the answer is tensors or an error; the sanitizer builds look on.
TEST(Npz, SurvivesEveryWrongByte) {
  const ScratchFolder folder;
  for (const std::string& archive : {kNumpyArchive, kZip64Archive}) {
    for (std::size_t i = 0; i < archive.size(); ++i) {
      std::string changed = archive;
      changed[i] = i % 2 == 0 ? '\xff' : static_cast<char>(changed[i] ^ 0x01);
      try {
        (void)read_npz(folder.write("changed.npz", changed));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kBadInput) << i;
      }
    }
  }
}

TEST(Npz, TakesNoMemoryForAClaim) {
  const ScratchFolder folder;
  std::string claim = kZip64Archive;
  const std::size_t size_at = claim.find(little_endian(0x90, 8), claim.find("PK\x01\x02"));
  ASSERT_NE(size_at, std::string::npos);
  claim.replace(size_at, 8, little_endian(1ull << 40, 8));
  expect_error(ErrorCode::kBadInput, "larger than it can be", [&] { (void)read_npz(folder.write("a.npz", claim)); });
}

TEST(Npz, SaysWhatIsWrong) {
  const ScratchFolder folder;
  const auto expect = [&](const std::string& content, const std::string& message) {
    const auto path = folder.write("a.npz", content);
    expect_error(ErrorCode::kBadInput, message, [&] { (void)read_npz(path); });
    expect_error(ErrorCode::kBadInput, path.string(), [&] { (void)read_npz(path); });
  };
  expect("", "too short");
  expect(std::string(100, 'x'), "no directory at its end");
  const std::size_t directory = kNumpyArchive.find("PK\x01\x02");
  const auto with = [&](std::size_t offset, const std::string& bytes) {
    std::string out = kNumpyArchive;
    return out.replace(directory + offset, bytes.size(), bytes);
  };
  expect(with(8, "\x01"), "encrypted");
  expect(with(10, "\x0c"), "unknown method");
  expect(with(16, "\x01"), "checksum");
  expect(with(24, "\x97"), "damaged");
  expect(with(20, "\xff\xff"), "overlap or lie outside");
  expect(with(42, "\x01"), "not where the directory says");
  expect(with(0, "X"), "directory is damaged");
  expect(with(48, "txt"), "no .npy array");
  expect(with(46, "b"), "twice");
}

TEST(Npz, RefusesWhatItCannotWrite) {
  const ScratchFolder folder;
  const Tensor x(ElementType::kFloat32, {1});
  expect_error(ErrorCode::kBadInput, "both a tensor and a text", [&] {
    write_npz(folder / "a.npz", {{"x", x}}, {{"x", "text"}});
  });
  expect_error(ErrorCode::kBadInput, "bfloat16", [&] {
    write_npz(folder / "a.npz", {{"x", Tensor(ElementType::kBFloat16, {1})}});
  });
  EXPECT_EQ(folder.entries(), 0u);
}

}  // namespace
}  // namespace pellucid
