#include "inputs/orientation.hpp"

#include <gtest/gtest.h>

#include "inputs/image_bytes.hpp"

namespace pellucid {
namespace {

using inputs::find_orientation;
using inputs::oriented;
using tests::ByteVector;
using tests::concatenated;
using tests::encode_jpeg;
using tests::encode_png;
using tests::encode_webp;
using tests::exif_block;
using tests::to_bytes;

/// A picture of one digit per pixel: rows as text.
Image picture(const std::vector<std::string>& rows) {
  Image image{static_cast<std::int64_t>(rows[0].size()), static_cast<std::int64_t>(rows.size()), {}};
  for (const auto& row : rows) {
    for (const char digit : row) image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(digit));
  }
  return image;
}

std::vector<std::string> rows(const Image& image) {
  std::vector<std::string> out(static_cast<std::size_t>(image.height));
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    out[i / 3 / static_cast<std::size_t>(image.width)] += static_cast<char>(image.rgb[i + 2]);
  }
  return out;
}

/// Exif 2.3: where the stored row 0 and column 0 lie in the upright picture.
TEST(Orientation, TurnsAllEightWays) {
  using Rows = std::vector<std::string>;
  const Image stored = picture({"123", "456"});
  EXPECT_EQ(rows(oriented(stored, 1)), (Rows{"123", "456"}));
  EXPECT_EQ(rows(oriented(stored, 2)), (Rows{"321", "654"}));
  EXPECT_EQ(rows(oriented(stored, 3)), (Rows{"654", "321"}));
  EXPECT_EQ(rows(oriented(stored, 4)), (Rows{"456", "123"}));
  EXPECT_EQ(rows(oriented(stored, 5)), (Rows{"14", "25", "36"}));
  EXPECT_EQ(rows(oriented(stored, 6)), (Rows{"41", "52", "63"}));
  EXPECT_EQ(rows(oriented(stored, 7)), (Rows{"63", "52", "41"}));
  EXPECT_EQ(rows(oriented(stored, 8)), (Rows{"36", "25", "14"}));
}

TEST(Orientation, IsReadInBothByteOrders) {
  for (const bool big : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const ByteVector block = exif_block(orientation, big);
      EXPECT_EQ(find_orientation(block, ""), orientation);
      EXPECT_EQ(find_orientation(concatenated(to_bytes(std::string("Exif\0\0", 6)), block), ""), orientation);
    }
    EXPECT_EQ(find_orientation(exif_block(0, big), ""), 1);
    EXPECT_EQ(find_orientation(exif_block(9, big), ""), 1);
  }
}

TEST(Orientation, OfDamagedMetadataIsUpright) {
  const ByteVector block = exif_block(6, false);
  for (std::size_t size = 0; size < 32; ++size) EXPECT_EQ(find_orientation({block.data(), size}, ""), 1) << size;
  ByteVector far = block;
  far[4] = far[5] = far[6] = far[7] = std::byte{0xFF};
  EXPECT_EQ(find_orientation(far, ""), 1);
}

TEST(Orientation, IsReadFromXmpWhereExifIsSilent) {
  EXPECT_EQ(find_orientation({}, R"(<rdf:Description tiff:Orientation="8"/>)"), 8);
  EXPECT_EQ(find_orientation({}, "<tiff:Orientation>3</tiff:Orientation>"), 3);
  EXPECT_EQ(find_orientation({}, "tiff:Orientation"), 1);
  EXPECT_EQ(find_orientation(exif_block(6, true), R"(tiff:Orientation="8")"), 6);
}

TEST(Orientation, IsAppliedForEveryFormat) {
  const Image stored = picture({"123", "456"});
  const Image upright = oriented(stored, 6);
  const ByteVector block = exif_block(6, true);
  const Image png = decode_image(encode_png(3, 2, stored.rgb, {.exif = block}), "test");
  EXPECT_EQ(png.width, 2);
  EXPECT_EQ(png.rgb, upright.rgb);
  EXPECT_EQ(decode_image(encode_webp(stored, block), "test").rgb, upright.rgb);
  const ByteVector app1 = concatenated(to_bytes(std::string("Exif\0\0", 6)), block);
  const Image jpeg = decode_image(encode_jpeg(3, 2, 3, stored.rgb, {.quality = 100, .app1 = app1}), "test");
  ASSERT_EQ(jpeg.width, 2);
  ASSERT_EQ(jpeg.height, 3);
  EXPECT_NEAR(jpeg.rgb[0], '4', 1);
  EXPECT_NEAR(jpeg.rgb[3], '1', 1);
}

TEST(Orientation, IsReadFromJpegXmp) {
  const ByteVector app1 = to_bytes(std::string("http://ns.adobe.com/xap/1.0/\0", 29) + R"(<x tiff:Orientation="6"/>)");
  EXPECT_EQ(decode_image(encode_jpeg(3, 2, 3, std::vector<std::uint8_t>(18), {.app1 = app1}), "test").width, 2);
}

}  // namespace
}  // namespace pellucid
