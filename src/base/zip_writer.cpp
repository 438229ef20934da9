#include <zlib.h>

#include "base/check.hpp"
#include "base/zip.hpp"

namespace pellucid::zip {
namespace {

constexpr std::uint64_t kPlainLimit = 0xfffffffe;
constexpr std::uint16_t kVersion = 20, kUtf8Names = 0x0800, kPlain = 0, kDeflate = 8;
constexpr std::uint16_t kNoTime = 0, kFirstDay = 0x21;  // 1980-01-01, where ZIP's calendar starts

/// Little-endian numbers one after the other.
class Record {
 public:
  Record& u16(std::uint64_t value) { return append(value, 2); }
  Record& u32(std::uint64_t value) { return append(value, 4); }
  Record& text(const std::string& value) {
    for (const char c : value) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  Record& append(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }

  std::vector<std::byte> bytes_;
};

/// What the local header and the directory have in common.
void append_sizes(Record& record, const Entry& entry) {
  record.u16(kVersion).u16(entry.flags).u16(entry.method).u16(kNoTime).u16(kFirstDay);
  record.u32(entry.crc).u32(entry.packed).u32(entry.size).u16(entry.name.size()).u16(0);
}

/// The raw deflate stream, or nothing where it would not be smaller.
std::vector<std::byte> deflated(std::span<const std::byte> bytes) {
  std::vector<std::byte> out(bytes.size());
  z_stream stream = {};
  constexpr int kRawDeflate = -15, kMemory = 8;
  PELLUCID_CHECK(
      ::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, kMemory, Z_DEFAULT_STRATEGY) == Z_OK,
      kInternal, "internal: zlib doesn't start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool complete = !bytes.empty() && ::deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out > 0;
  const std::size_t used = complete ? out.size() - stream.avail_out : 0;
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(used), out.end());
  ::deflateEnd(&stream);
  return out;
}

}  // namespace

void Writer::require_plain(std::uint64_t size) const {
  PELLUCID_CHECK(size <= kPlainLimit, kBadInput, "cannot write '{}': it would pass 4 GiB; use .safetensors", name_);
}

void Writer::write(std::span<const std::byte> bytes) {
  file_.write(bytes);
  written_ += bytes.size();
}

void Writer::add(const std::string& name, std::span<const std::byte> bytes) {
  PELLUCID_CHECK(!name.empty() && name.size() <= 0xffff, kBadInput, "cannot write '{}': an entry's name is {}", name_,
                 name.empty() ? "empty" : "too long");
  require_plain(bytes.size());
  const std::vector<std::byte> smaller = deflated(bytes);
  const std::span<const std::byte> packed = smaller.empty() ? bytes : std::span<const std::byte>(smaller);
  Entry entry{name, kUtf8Names, smaller.empty() ? kPlain : kDeflate, 0, packed.size(), bytes.size(), written_};
  if (!bytes.empty()) {
    const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    entry.crc = static_cast<std::uint32_t>(crc);
  }
  Record header;
  append_sizes(header.u32(0x04034b50), entry);
  header.text(name);
  require_plain(written_ + header.bytes().size() + packed.size());
  write(header.bytes());
  write(packed);
  entries_.push_back(std::move(entry));
}

void Writer::commit() {
  Record directory;
  for (const Entry& entry : entries_) {
    append_sizes(directory.u32(0x02014b50).u16(kVersion), entry);
    // no comment, first disk, no attributes
    directory.u16(0).u16(0).u16(0).u32(0).u32(entry.header_at).text(entry.name);
  }
  const std::uint64_t size = directory.bytes().size(), at = written_;
  require_plain(at + size);
  PELLUCID_CHECK(entries_.size() < 0xffff, kBadInput, "cannot write '{}': too many entries; use .safetensors", name_);
  directory.u32(0x06054b50).u16(0).u16(0).u16(entries_.size()).u16(entries_.size()).u32(size).u32(at).u16(0);
  write(directory.bytes());
  file_.commit();
}

}  // namespace pellucid::zip
