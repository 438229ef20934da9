#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/check.hpp"
#include "base/zip.hpp"

namespace pellucid::zip {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50, kDirectoryEntry = 0x02014b50, kEndRecord = 0x06054b50,
                        kWideEndRecord = 0x06064b50, kWideLocator = 0x07064b50;
constexpr std::uint64_t kLocalHeaderBytes = 30, kDirectoryEntryBytes = 46, kEndRecordBytes = 22,
                        kWideEndRecordBytes = 56, kWideLocatorBytes = 20;
constexpr std::uint16_t kNarrowLimit = 0xffff, kWideSizes = 0x0001, kEncrypted = 0x0001, kStored = 0, kDeflated = 8;
constexpr std::uint32_t kLimit = 0xffffffff;

}  // namespace

Reader::Reader(const std::filesystem::path& path)
    : name_(path.string()), file_(MappedFile::open(path)), bytes_(file_->bytes()) {
  read_directory(directory());
}

void Reader::check(bool condition, const char* complaint) const {
  PELLUCID_CHECK(condition, kBadInput, "'{}' is not a valid ZIP archive: {}", name_, complaint);
}

template <class T>
T Reader::number(std::uint64_t at) const {
  check(at <= bytes_.size() && bytes_.size() - at >= sizeof(T), "it ends too early");
  T out;
  std::memcpy(&out, bytes_.data() + at, sizeof(T));
  return out;
}

std::uint64_t Reader::end_record() const {
  check(bytes_.size() >= kEndRecordBytes, "it is too short");
  const std::uint64_t last = bytes_.size() - kEndRecordBytes;
  constexpr std::uint64_t kLongestComment = 0xffff;
  const std::uint64_t first = last - std::min(last, kLongestComment);
  for (std::uint64_t at = last + 1; at-- > first;) {
    if (number<std::uint32_t>(at) == kEndRecord && number<std::uint16_t>(at + 20) == last - at) return at;
  }
  check(false, "it has no directory at its end");
  return 0;
}

Reader::Directory Reader::directory() const {
  const std::uint64_t end = end_record();
  if (end >= kWideLocatorBytes && number<std::uint32_t>(end - kWideLocatorBytes) == kWideLocator) {
    const auto at = number<std::uint64_t>(end - kWideLocatorBytes + 8);
    check(at <= bytes_.size() && bytes_.size() - at >= kWideEndRecordBytes, "its zip64 directory lies outside");
    check(number<std::uint32_t>(at) == kWideEndRecord, "its zip64 directory is damaged");
    return {number<std::uint64_t>(at + 32), number<std::uint64_t>(at + 40), number<std::uint64_t>(at + 48)};
  }
  return {number<std::uint16_t>(end + 10), number<std::uint32_t>(end + 12), number<std::uint32_t>(end + 16)};
}

void Reader::read_directory(const Directory& directory) {
  check(directory.at <= bytes_.size() && directory.size <= bytes_.size() - directory.at,
        "its directory lies outside of the file");
  check(directory.entries <= directory.size / kDirectoryEntryBytes, "its directory is too short");
  std::uint64_t at = directory.at, packed = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    check(number<std::uint32_t>(at) == kDirectoryEntry, "its directory is damaged");
    Entry entry;
    entry.flags = number<std::uint16_t>(at + 8);
    entry.method = number<std::uint16_t>(at + 10);
    entry.crc = number<std::uint32_t>(at + 16);
    entry.packed = number<std::uint32_t>(at + 20);
    entry.size = number<std::uint32_t>(at + 24);
    const std::uint64_t name = number<std::uint16_t>(at + 28), extra = number<std::uint16_t>(at + 30),
                        comment = number<std::uint16_t>(at + 32);
    entry.header_at = number<std::uint32_t>(at + 42);
    at += kDirectoryEntryBytes;
    check(name + extra + comment <= bytes_.size() - at, "its directory ends too early");
    entry.name.assign(reinterpret_cast<const char*>(bytes_.data() + at), name);
    read_wide_sizes(entry, at + name, extra);
    at += name + extra + comment;
    check(entry.packed <= bytes_.size() - packed, "its entries overlap or lie outside of the file");
    packed += entry.packed;
    entries_.push_back(std::move(entry));
  }
}

/// The zip64 extra field holds, in this order, those of size, packed size and place that don't fit 32 bits.
void Reader::read_wide_sizes(Entry& entry, std::uint64_t at, std::uint64_t size) const {
  const std::uint64_t end = at + size;
  while (end - at >= 4) {
    const auto kind = number<std::uint16_t>(at);
    const std::uint64_t field_end = at + 4 + number<std::uint16_t>(at + 2);
    check(field_end <= end, "an extra field of its directory is damaged");
    std::uint64_t next = at + 4;
    at = field_end;
    if (kind != kWideSizes) continue;
    for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.header_at}) {
      if (*value != kLimit) continue;
      check(field_end - next >= 8, "a zip64 size is missing");
      *value = number<std::uint64_t>(next);
      next += 8;
    }
  }
}

Content Reader::content(const Entry& entry) const {
  check((entry.flags & kEncrypted) == 0, "an entry is encrypted");
  check(entry.header_at <= bytes_.size() && bytes_.size() - entry.header_at >= kLocalHeaderBytes &&
            number<std::uint32_t>(entry.header_at) == kLocalHeader,
        "an entry is not where the directory says");
  const std::uint64_t at = entry.header_at + kLocalHeaderBytes + number<std::uint16_t>(entry.header_at + 26) +
                           number<std::uint16_t>(entry.header_at + 28);
  check(at <= bytes_.size() && entry.packed <= bytes_.size() - at, "an entry lies outside of the file");
  const auto packed = bytes_.subspan(at, entry.packed);
  check(entry.method == kStored || entry.method == kDeflated, "an entry is packed by an unknown method");
  Content out{packed, file_};
  if (entry.method == kDeflated) {
    const auto memory = inflated(entry, packed);
    out = {*memory, memory};
  }
  check(out.bytes.size() == entry.size, "an entry has another size than the directory says");
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(out.bytes.data()), out.bytes.size());
  check(static_cast<std::uint32_t>(out.bytes.empty() ? 0 : crc) == entry.crc, "the checksum of an entry is wrong");
  return out;
}

std::shared_ptr<const std::vector<std::byte>> Reader::inflated(const Entry& entry,
                                                               std::span<const std::byte> packed) const {
  // Deflate packs at most 1032 to 1: a larger claim is wrong, and memory is taken for no such claim.
  constexpr std::uint64_t kHighestRatio = 1032;
  check(entry.size / kHighestRatio <= packed.size(), "an entry claims to be larger than it can be");
  constexpr std::uint64_t kMost = std::numeric_limits<uInt>::max();
  check(entry.size <= kMost && packed.size() <= kMost, "a deflated entry is larger than 4 GiB");
  const auto out = std::make_shared<std::vector<std::byte>>(entry.size);
  z_stream stream = {};
  constexpr int kRawDeflate = -15;
  PELLUCID_CHECK(::inflateInit2(&stream, kRawDeflate) == Z_OK, kInternal, "internal: zlib doesn't start");
  Bytef spare = 0;  // zlib wants a place to write to, even for nothing
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = out->empty() ? &spare : reinterpret_cast<Bytef*>(out->data());
  stream.avail_out = static_cast<uInt>(out->size());
  const int result = ::inflate(&stream, Z_FINISH);
  const bool complete = result == Z_STREAM_END && stream.avail_out == 0;
  ::inflateEnd(&stream);
  check(complete, "a deflated entry is damaged");
  return out;
}

}  // namespace pellucid::zip
