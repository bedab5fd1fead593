#include "pkg/transfer/same_blocks.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/reflink.hpp"

#include <cstdint>

#include <sys/stat.h>

namespace transfer {
namespace {

constexpr off_t kSmallest = 4096;  // less than a block cannot be shared

// False when the file system cannot; a file that is not the same is nothing to worry about here.
bool share_file(const std::string& from, const std::string& to, const struct stat& status) {
  struct stat theirs {};
  const bool is_alike = ::lstat(from.c_str(), &theirs) == 0 && S_ISREG(theirs.st_mode) &&
                        theirs.st_size == status.st_size;
  if (!is_alike) return true;
  if (theirs.st_dev != status.st_dev) return false;
  const sys::Fd source = sys::open_file(from, O_RDONLY | O_NOFOLLOW);
  const sys::Fd target = sys::open_file(to, O_RDONLY | O_NOFOLLOW);
  return sys::share_blocks(source, target, static_cast<std::uint64_t>(status.st_size));
}

bool share_tree(const std::string& from, const std::string& to) {
  for (const std::string& name : sys::list_dir(to)) {
    const std::string ours = to + "/" + name;
    struct stat status {};
    if (::lstat(ours.c_str(), &status) != 0) continue;
    const std::string theirs = from + "/" + name;
    if (S_ISDIR(status.st_mode) && !share_tree(theirs, ours)) return false;
    if (!S_ISREG(status.st_mode) || status.st_size < kSmallest) continue;
    if (!share_file(theirs, ours, status)) return false;
  }
  return true;
}

}  // namespace

void SameBlocks::share(const std::string& from, const std::string& to) try {
  if (is_possible_) is_possible_ = share_tree(from, to);
} catch (const base::Error& error) {
  is_possible_ = false;
  base::log::debug("no blocks are shared: {}", error.what());
}

}  // namespace transfer
