#include "pkg/transfer/room.hpp"

#include "pkg/base/size.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <sys/statvfs.h>

namespace transfer {
namespace {

struct statvfs status_of(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) throw base::SysError(path);
  return status;
}

// A disk may be full of files before it is full of bytes.
std::string advice(const Store& store) {
  constexpr unsigned long kFew = 16;
  const std::string& root = store.layout.root();
  const struct statvfs status = status_of(root);
  const bool lacks_files = status.f_files > 0 && status.f_favail < kFew;
  const std::string free = lacks_files ? fmt::format("{} more files", status.f_favail)
                                       : base::human_size(free_space(store.layout));
  return fmt::format("{} free in {}; `pod system prune` frees what is not used, `pod rmi` the rest",
                     free, root);
}

}  // namespace

std::int64_t free_space(const storage::Layout& layout) {
  const struct statvfs status = status_of(layout.root());
  return static_cast<std::int64_t>(status.f_bavail * status.f_frsize);
}

void expect_room(const Store& store, std::int64_t bytes) {
  if (bytes <= free_space(store.layout)) return;
  throw base::Error(fmt::format("its layers have {} even compressed, which is more than the {}",
                                base::human_size(bytes), advice(store)));
}

bool is_full_disk(const base::Error& error) {
  const auto* of_system = dynamic_cast<const base::SysError*>(&error);
  return of_system != nullptr && (of_system->number() == ENOSPC || of_system->number() == EDQUOT);
}

void explain_full_disk(const Store& store, const base::SysError& error) {
  if (!is_full_disk(error)) return;
  throw base::Error(fmt::format("{}: {}", error.what(), advice(store)));
}

}  // namespace transfer
