// What stands beside a layer of podman's: damaged or not, it ends.
#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/split_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

constexpr std::size_t kMost = std::size_t{32} << 20U;  // what a bomb may grow to here

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const sys::Fd lines = sys::memory_file(std::string(bytes, bytes + size));
  std::size_t count = 0;
  try {
    tar::SplitArchive archive(sys::fd_path(lines), "/etc");
    for (std::string_view piece = archive.read(); !piece.empty() && count < kMost;
         piece = archive.read()) {
      count += piece.size();
    }
  } catch (const base::Error&) {
    return 0;
  }
  return 0;
}
