#include "tests/support/tar.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace support {
namespace {

constexpr std::size_t kBlock = 512;

struct Header {
  char name[100];    // NOLINT: the format's own arrays
  char mode[8];      // NOLINT
  char uid[8];       // NOLINT
  char gid[8];       // NOLINT
  char size[12];     // NOLINT
  char mtime[12];    // NOLINT
  char checksum[8];  // NOLINT
  char type;
  char link[100];    // NOLINT
  char magic[8];     // NOLINT
  char user[32];     // NOLINT
  char group[32];    // NOLINT
  char major[8];     // NOLINT
  char minor[8];     // NOLINT
  char prefix[155];  // NOLINT
  char padding[12];  // NOLINT
};
static_assert(sizeof(Header) == kBlock);

void add(std::string& archive, const TarEntry& entry) {
  Header header{};
  std::strncpy(header.name, entry.path.c_str(), sizeof header.name);
  std::strncpy(header.link, entry.link.c_str(), sizeof header.link);
  std::snprintf(header.mode, sizeof header.mode, "%07o", entry.mode & 07777U);
  std::snprintf(header.uid, sizeof header.uid, "%07o", entry.uid);
  std::snprintf(header.gid, sizeof header.gid, "%07o", entry.gid);
  std::snprintf(header.size, sizeof header.size, "%011zo", entry.content.size());
  std::snprintf(header.mtime, sizeof header.mtime, "%011o", 1700000000U);
  std::memcpy(header.magic, "ustar\00000", 8);
  std::memset(header.checksum, ' ', sizeof header.checksum);
  header.type = entry.type;

  std::array<char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  unsigned sum = 0;
  for (const char byte : bytes)
    sum += static_cast<unsigned char>(byte);
  std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
  std::memcpy(bytes.data(), &header, kBlock);

  archive.append(bytes.data(), kBlock);
  archive += entry.content;
  archive.append((kBlock - entry.content.size() % kBlock) % kBlock, '\0');
}

}  // namespace

std::string make_tar(const std::vector<TarEntry>& entries) {
  std::string archive;
  for (const TarEntry& entry : entries)
    add(archive, entry);
  archive.append(2 * kBlock, '\0');
  return archive;
}

}  // namespace support
