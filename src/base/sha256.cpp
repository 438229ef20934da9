#include "base/sha256.hpp"

#include <fcntl.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <vector>

#include "base/check.hpp"
#include "base/file_descriptor.hpp"
#include "base/mapped_file.hpp"

namespace pellucid {
namespace {

/// A running SHA-256.
class Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned int length = 0;
    require(EVP_DigestFinal_ex(context_.get(), digest.data(), &length) == 1);
    std::string out;
    for (unsigned int i = 0; i < length; ++i) out += fmt::format("{:02x}", digest[i]);
    return out;
  }

 private:
  static void require(bool holds) {
    PELLUCID_CHECK(holds, kInternal, "internal: SHA-256 is not available in this OpenSSL");
  }
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) {
  Hash hash;
  hash.add(bytes);
  return hash.hex();
}

// Through a small buffer: a mapped model would count as memory beside its weights.
std::string sha256_file(const std::filesystem::path& path) {
  const std::size_t size = MappedFile::open(path)->bytes().size();
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  PELLUCID_CHECK(file.is_open(), kBadInput, "{}: {}", path.string(), last_system_error());
  Hash hash;
  std::vector<std::byte> buffer(1 << 20);
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    PELLUCID_CHECK(count > 0, kBadInput, "{}: reading stopped after {} of {} bytes", path.string(), done, size);
    hash.add({buffer.data(), static_cast<std::size_t>(count)});
    done += static_cast<std::size_t>(count);
  }
  return hash.hex();
}

}  // namespace pellucid
