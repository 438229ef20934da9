#include "inputs/image.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "inputs/expect_error.hpp"
#include "inputs/image_bytes.hpp"

namespace pellucid {
namespace {

using tests::big_endian;
using tests::ByteVector;
using tests::concatenated;
using tests::encode_jpeg;
using tests::encode_png;
using tests::encode_webp;
using tests::expect_error;
using tests::little_endian;
using tests::patterned;
using tests::PngOptions;
using tests::to_bytes;
using Values = std::vector<std::uint8_t>;

Values decoded(const ByteVector& bytes) { return decode_image(bytes, "test").rgb; }

void expect_refused(const ByteVector& bytes, const std::string& words) {
  expect_error(ErrorCode::kBadInput, words, [&] { (void)decode_image(bytes, "some.file"); });
}

TEST(Png, KeepsColours) {
  const Image image = patterned(7, 5);
  const Image back = decode_image(encode_png(image), "test");
  EXPECT_EQ(back.width, 7);
  EXPECT_EQ(back.height, 5);
  EXPECT_EQ(back.rgb, image.rgb);
}

TEST(Png, ReadsInterlaced) {
  const Image image = patterned(13, 9);
  EXPECT_EQ(decoded(encode_png(13, 9, image.rgb, {.interlaced = true})), image.rgb);
}

TEST(Png, SpreadsSmallGreys) {
  EXPECT_EQ(decoded(encode_png(4, 1, {0b00011011}, {.colour_type = 0, .depth = 2})),
            (Values{0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255}));
  EXPECT_EQ(decoded(encode_png(2, 1, {0x3F}, {.colour_type = 0, .depth = 4})), (Values{51, 51, 51, 255, 255, 255}));
  EXPECT_EQ(decoded(encode_png(2, 1, {0b01000000}, {.colour_type = 0, .depth = 1})), (Values{0, 0, 0, 255, 255, 255}));
}

TEST(Png, ClipsWideGreyAndCutsWideColour) {
  EXPECT_EQ(decoded(encode_png(3, 1, {0, 7, 0, 255, 1, 0}, {.colour_type = 0, .depth = 16})),
            (Values{7, 7, 7, 255, 255, 255, 255, 255, 255}));
  EXPECT_EQ(decoded(encode_png(1, 1, {1, 255, 2, 255, 3, 0}, {.colour_type = 2, .depth = 16})), (Values{1, 2, 3}));
  EXPECT_EQ(decoded(encode_png(1, 1, {9, 255, 0, 0}, {.colour_type = 4, .depth = 16})), (Values{9, 9, 9}));
}

TEST(Png, DropsAlpha) {
  EXPECT_EQ(decoded(encode_png(1, 1, {10, 20, 30, 0}, {.colour_type = 6})), (Values{10, 20, 30}));
  EXPECT_EQ(decoded(encode_png(1, 1, {10, 0}, {.colour_type = 4})), (Values{10, 10, 10}));
}

TEST(Png, LooksUpPalette) {
  PngOptions options{.colour_type = 3, .palette = {1, 2, 3, 4, 5, 6}, .alpha = {0, 128}};
  EXPECT_EQ(decoded(encode_png(2, 1, {1, 0}, options)), (Values{4, 5, 6, 1, 2, 3}));
  options.depth = 1;
  EXPECT_EQ(decoded(encode_png(2, 1, {0b01000000}, options)), (Values{1, 2, 3, 4, 5, 6}));
}

TEST(Png, RefusesEveryTruncation) {
  const ByteVector bytes = encode_png(patterned(9, 9));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)decode_image({bytes.data(), size}, "test"), Error) << size;
  }
}

TEST(Png, RefusesDamagedData) {
  ByteVector bytes = encode_png(patterned(9, 9));
  bytes[60] ^= std::byte{0xFF};
  expect_refused(bytes, "cannot decode PNG image 'some.file'");
}

TEST(Png, RefusesHugeSizeFromTheHeader) {
  ByteVector bytes = encode_png(patterned(1, 1));
  const ByteVector side = big_endian(30000, 4);
  std::copy(side.begin(), side.end(), bytes.begin() + 16);
  std::copy(side.begin(), side.end(), bytes.begin() + 20);
  expect_refused(bytes, "CRC error");
  const ByteVector crc = big_endian(0xE9456FED, 4);  // of IHDR 30000 x 30000, 8 bits, RGB
  std::copy(crc.begin(), crc.end(), bytes.begin() + 29);
  expect_refused(bytes, "30000 x 30000");
}

TEST(Jpeg, ReadsColourAndGrey) {
  const Values flat(8 * 8 * 3, 100);
  for (const int value : decoded(encode_jpeg(8, 8, 3, flat))) EXPECT_NEAR(value, 100, 1);
  for (const int value : decoded(encode_jpeg(8, 8, 1, Values(64, 33)))) EXPECT_NEAR(value, 33, 1);
}

TEST(Jpeg, KeepsTheOrderOfColours) {
  Values red;
  for (int i = 0; i < 64; ++i) red.insert(red.end(), {200, 60, 20});
  const Values back = decoded(encode_jpeg(8, 8, 3, red));
  EXPECT_NEAR(back[0], 200, 3);
  EXPECT_NEAR(back[1], 60, 3);
  EXPECT_NEAR(back[2], 20, 3);
}

TEST(Jpeg, TakesCmykAsInverted) {
  Values ink;
  for (int i = 0; i < 64; ++i) ink.insert(ink.end(), {255, 128, 0, 200});
  const Values back = decoded(encode_jpeg(8, 8, 4, ink, {.quality = 100}));
  EXPECT_NEAR(back[0], 200, 2);              // 255/255 · 200
  EXPECT_NEAR(back[1], 128 * 200 / 255, 2);  // light through magenta
  EXPECT_NEAR(back[2], 0, 2);
}

TEST(Jpeg, RefusesEveryTruncation) {
  for (const bool progressive : {false, true}) {
    const ByteVector bytes = encode_jpeg(17, 17, 3, patterned(17, 17).rgb, {.progressive = progressive});
    EXPECT_EQ(decode_image(bytes, "test").width, 17);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THROW((void)decode_image({bytes.data(), size}, "test"), Error) << size;
    }
  }
}

TEST(Jpeg, RefusesAHalfPictureWithAnEnd) {
  const ByteVector whole = encode_jpeg(64, 64, 3, patterned(64, 64).rgb);
  ByteVector half(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  half = concatenated(half, {std::byte{0xFF}, std::byte{0xD9}});
  expect_refused(half, "cannot decode JPEG image 'some.file'");
}

TEST(Jpeg, RefusesHugeSizeFromTheHeader) {
  ByteVector bytes = encode_jpeg(8, 8, 3, patterned(8, 8).rgb);
  std::size_t frame = 0;
  while (bytes[frame] != std::byte{0xFF} || bytes[frame + 1] != std::byte{0xC0}) ++frame;
  const ByteVector side = big_endian(30000, 2);
  std::copy(side.begin(), side.end(), bytes.begin() + static_cast<std::ptrdiff_t>(frame + 5));
  std::copy(side.begin(), side.end(), bytes.begin() + static_cast<std::ptrdiff_t>(frame + 7));
  expect_refused(bytes, "30000 x 30000");
  bytes[frame + 5] = bytes[frame + 6] = std::byte{0};
  expect_refused(bytes, "cannot decode JPEG image 'some.file'");
}

TEST(WebP, KeepsColours) {
  const Image image = patterned(11, 6);
  const Image back = decode_image(encode_webp(image), "test");
  EXPECT_EQ(back.width, 11);
  EXPECT_EQ(back.rgb, image.rgb);
}

TEST(WebP, RefusesEveryTruncation) {
  const ByteVector bytes = encode_webp(patterned(11, 6));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)decode_image({bytes.data(), size}, "test"), Error) << size;
  }
}

/// A BMP with the 40-byte header.
ByteVector bmp(std::int32_t width, std::int32_t height, std::uint32_t bits, std::uint32_t packing,
               const ByteVector& between, const ByteVector& pixels, std::uint32_t colours = 0) {
  const auto offset = static_cast<std::uint32_t>(54 + between.size());
  ByteVector out = to_bytes("BM");
  for (const auto& part :
       {little_endian(offset + static_cast<std::uint32_t>(pixels.size()), 4), little_endian(0, 4),
        little_endian(offset, 4), little_endian(40, 4), little_endian(static_cast<std::uint32_t>(width), 4),
        little_endian(static_cast<std::uint32_t>(height), 4), little_endian(1, 2), little_endian(bits, 2),
        little_endian(packing, 4), little_endian(0, 4), little_endian(0, 4), little_endian(0, 4),
        little_endian(colours, 4), little_endian(0, 4), between, pixels}) {
    out = concatenated(out, part);
  }
  return out;
}

ByteVector bytes_of(const std::vector<int>& values) {
  ByteVector out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

TEST(Bmp, ReadsBottomUpAndTopDown) {
  const ByteVector pixels = bytes_of({3, 2, 1, 0, 6, 5, 4, 0});
  EXPECT_EQ(decoded(bmp(1, 2, 24, 0, {}, pixels)), (Values{4, 5, 6, 1, 2, 3}));
  EXPECT_EQ(decoded(bmp(1, -2, 24, 0, {}, pixels)), (Values{1, 2, 3, 4, 5, 6}));
}

TEST(Bmp, ReadsPalettesAndMasks) {
  const ByteVector palette = bytes_of({30, 20, 10, 0, 60, 50, 40, 0});
  EXPECT_EQ(decoded(bmp(3, 1, 8, 0, palette, bytes_of({1, 0, 9, 0}), 2)), (Values{40, 50, 60, 10, 20, 30, 0, 0, 0}));
  EXPECT_EQ(decoded(bmp(2, 1, 1, 0, palette, bytes_of({0x40, 0, 0, 0}), 2)), (Values{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(decoded(bmp(2, 1, 4, 0, palette, bytes_of({0x10, 0, 0, 0}), 2)), (Values{40, 50, 60, 10, 20, 30}));
  EXPECT_EQ(decoded(bmp(1, 1, 32, 0, {}, bytes_of({1, 2, 3, 4}))), (Values{3, 2, 1}));
  const ByteVector masks =
      concatenated(concatenated(little_endian(0xFF000000, 4), little_endian(0xFF0000, 4)), little_endian(0xFF00, 4));
  EXPECT_EQ(decoded(bmp(1, 1, 32, 3, masks, bytes_of({1, 2, 3, 4}))), (Values{4, 3, 2}));
}

TEST(Bmp, RefusesWhatItDoesNotKnow) {
  const ByteVector pixels = bytes_of({3, 2, 1, 0});
  expect_refused(bmp(1, 2, 24, 0, {}, pixels), "truncated");
  expect_refused(bmp(1, 1, 16, 0, {}, pixels), "16 bits");
  expect_refused(bmp(1, 1, 8, 1, {}, pixels), "compression 1");
  expect_refused(bmp(0, 1, 24, 0, {}, pixels), "no pixels");
  expect_refused(bmp(-4, 1, 24, 0, {}, pixels), "no pixels");
  expect_refused(bmp(30000, 30000, 24, 0, {}, pixels), "30000 x 30000");
  const ByteVector whole = bmp(1, 1, 24, 0, {}, pixels);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW((void)decode_image({whole.data(), size}, "test"), Error) << size;
  }
}

TEST(Image, RefusesWhatIsNoImage) {
  expect_refused({}, "'some.file' is empty");
  expect_refused(to_bytes("GIF89a"), "is not a JPEG, PNG, WebP or BMP image");
  expect_refused(to_bytes(std::string("\xFF\xD8\xFF\xE0 nothing more", 17)), "some.file");
}

/// Flips bytes of good files: each either decodes or is refused, and nothing else happens.
TEST(Image, SurvivesRandomDamage) {
  const Image image = patterned(24, 16);
  const std::vector<ByteVector> files{encode_png(image), encode_jpeg(24, 16, 3, image.rgb),
                                      encode_jpeg(24, 16, 3, image.rgb, {.progressive = true}), encode_webp(image)};
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    ByteVector bytes = files[next() % files.size()];
    for (std::uint32_t i = 0, count = 1 + next() % 4; i < count; ++i) {
      // The header of a JPEG's frame is spared: a size of many megapixels is legal, and slow to decode.
      const std::size_t at = 200 + next() % (bytes.size() - 200);
      bytes[at] = static_cast<std::byte>(next());
    }
    try {
      (void)decode_image(bytes, "damaged");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(ReadImage, NamesTheFile) {
  const auto folder = std::filesystem::temp_directory_path();
  expect_error(ErrorCode::kBadInput, "no-such-image.png': No such file",
               [&] { (void)read_image(folder / "no-such-image.png"); });
  expect_error(ErrorCode::kBadInput, "Is a directory", [&] { (void)read_image(folder); });
  const auto path = folder / ("pellucid-image-test-" + std::to_string(std::rand()) + ".jpg");
  const Image image = patterned(5, 4);
  const ByteVector bytes = encode_png(image);  // the extension lies, the content counts
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  EXPECT_EQ(read_image(path).rgb, image.rgb);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace pellucid
