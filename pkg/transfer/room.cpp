#include "pkg/transfer/room.hpp"

#include "pkg/base/size.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <sys/statvfs.h>

namespace transfer {
namespace {

// Bytes that are ours to use.
std::int64_t free_space(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) throw base::SysError(path);
  return static_cast<std::int64_t>(status.f_bavail * status.f_frsize);
}

std::string advice(const Store& store) {
  const std::string& root = store.layout.root();
  return fmt::format("{} free in {}; `pod system prune` frees what is not used, `pod rmi` the rest",
                     base::human_size(free_space(root)), root);
}

}  // namespace

void expect_room(const Store& store, std::int64_t bytes) {
  if (bytes <= free_space(store.layout.root())) return;
  throw base::Error(fmt::format("its layers have {} even compressed, which is more than the {}",
                                base::human_size(bytes), advice(store)));
}

void explain_full_disk(const Store& store, const base::SysError& error) {
  if (error.number() != ENOSPC && error.number() != EDQUOT) return;
  throw base::Error(fmt::format("{}: {}", error.what(), advice(store)));
}

}  // namespace transfer
