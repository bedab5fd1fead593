#include "storage/usage.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/image_store.hpp"
#include "storage/rootfs.hpp"
#include "storage/volume_store.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <fts.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace storage {
namespace {

// Counts; throws base::SysError where it may not look.
std::int64_t count_bytes(std::string path) {
  std::array<char*, 2> roots = {path.data(), nullptr};
  FTS* walk = ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
  if (walk == nullptr) throw base::SysError(path);
  std::int64_t bytes = 0;
  std::set<std::pair<dev_t, ino_t>> linked;
  int failure = 0;
  while (const FTSENT* entry = ::fts_read(walk)) {
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) failure = entry->fts_errno;
    if (entry->fts_info != FTS_F) continue;
    const struct stat& status = *entry->fts_statp;
    const bool is_first =
        status.st_nlink < 2 || linked.emplace(status.st_dev, status.st_ino).second;
    if (is_first) bytes += status.st_size;
  }
  ::fts_close(walk);
  if (failure != 0) throw base::SysError(path, failure);
  return bytes;
}

std::int64_t count_inside(const home::Home& home, const std::string& path) {
  const sys::Pipe pipe = sys::make_pipe();
  userns::inside(home, [&] {
    const std::int64_t bytes = count_bytes(path);
    sys::write_all(pipe.write, std::to_string(bytes));
  });
  std::array<char, 32> text{};
  const ssize_t length = ::read(pipe.read.get(), text.data(), text.size() - 1);
  return length > 0 ? std::strtoll(text.data(), nullptr, 10) : 0;
}

std::string file_system_name(const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return "unknown";
  const std::pair<unsigned, const char*> names[] = {
      {0xef53U, "extfs"},     {0x58465342U, "xfs"},       {0x9123683eU, "btrfs"},
      {0x01021994U, "tmpfs"}, {0x794c7630U, "overlayfs"}, {0x6969U, "nfs"},
      {0x2fc12fc1U, "zfs"},   {0x65735546U, "fuse"},      {0xf2f52010U, "f2fs"}};
  for (const auto& [magic, name] : names) {
    if (static_cast<unsigned>(status.f_type) == magic) return name;
  }
  return "unknown";
}

base::Json driver_status(const home::Home& home) {
  base::Json status = base::Json::object();
  status["Backing Filesystem"] = file_system_name(home.storage());
  status["Native Overlay Diff"] = "false";
  return status;
}

void add_space(base::Json& section, const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return;
  const auto block = static_cast<std::int64_t>(status.f_bsize);
  const auto all = static_cast<std::int64_t>(status.f_blocks) * block;
  section["graphRootAllocated"] = all;
  section["graphRootUsed"] = all - static_cast<std::int64_t>(status.f_bfree) * block;
}

}  // namespace

std::int64_t tree_size(const home::Home& home, const std::string& path) {
  try {
    return count_bytes(path);
  } catch (const base::SysError& error) {
    if (error.number() == ENOENT) return 0;
    if (error.number() != EACCES) throw;
  }
  return count_inside(home, path);
}

base::Json store_section(const home::Home& home, const base::Json& containers) {
  const Layout layout(home);
  layout.prepare();
  const DriverChoice choice = choose_driver(home);
  base::Json section = base::Json::object();
  section["configFile"] = "";
  section["containerStore"] = containers;
  section["graphDriverName"] = driver_name(choice.driver);
  section["graphDriverReason"] = choice.reason;
  section["graphOptions"] = base::Json::object();
  section["graphRoot"] = home.storage();
  add_space(section, home.storage());
  section["graphStatus"] = driver_status(home);
  section["imageStore"] =
      base::Json::object({{"number", static_cast<std::int64_t>(ImageStore(layout).ids().size())}});
  section["runRoot"] = home.runtime;
  section["volumePath"] = layout.volumes();
  section["transientStore"] = false;
  return section;
}

}  // namespace storage
