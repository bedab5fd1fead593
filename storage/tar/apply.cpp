#include "storage/tar/apply.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/size.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/reader.hpp"
#include "storage/tar/tree.hpp"
#include "storage/tar/whiteout.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <tuple>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace tar {
namespace {

constexpr std::int64_t kLargestFile = std::int64_t{1} << 40U;
constexpr std::int64_t kLargestLayer = std::int64_t{1} << 60U;  // with all holes of its files
constexpr std::int64_t kSmall = std::int64_t{1} << 20U;         // not worth asking how much is free

// What inflates without end is told from what is large before the disk is full of it.
void expect_room(const sys::Fd& file, const Entry& entry) {
  struct statvfs status {};
  if (entry.is_sparse || entry.size <= kSmall || ::fstatvfs(file.get(), &status) != 0) return;
  const auto free = static_cast<std::int64_t>(status.f_bavail * status.f_frsize);
  if (entry.size <= free) return;
  throw base::SysError("its " + base::human_size(entry.size) + " do not fit", ENOSPC);
}

void write_at(const sys::Fd& file, const Block& block) {
  std::string_view rest = block.bytes;
  while (!rest.empty()) {
    const ssize_t count =
        ::pwrite(file.get(), rest.data(), rest.size(),
                 block.offset + static_cast<off_t>(block.bytes.size() - rest.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw base::SysError("write");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::int64_t unpack_file(Reader& reader, Tree& tree, const Place& place, const Entry& entry) {
  if (entry.size > kLargestFile) throw base::Error("it claims to be larger than 1 TiB");
  const sys::Fd file = tree.make_file(place, entry);
  expect_room(file, entry);
  std::int64_t end = 0;
  Block block;
  while (reader.read(block)) {
    write_at(file, block);
    end = block.offset + static_cast<std::int64_t>(block.bytes.size());
  }
  if (end < entry.size && ::ftruncate(file.get(), entry.size) < 0) throw base::SysError("size");
  tree.finish_file(file, entry);
  return entry.size;
}

bool unpack_whiteout(Tree& tree, const Place& place) {
  const Whiteout whiteout = parse_whiteout(place.name);
  if (whiteout.kind == Whiteout::Kind::Hides) tree.make_whiteout(place, whiteout.hidden);
  if (whiteout.kind == Whiteout::Kind::Opaque) tree.make_opaque(place);
  return whiteout.kind != Whiteout::Kind::None;
}

// Returns the bytes that its file has.
std::int64_t unpack_member(Reader& reader, Tree& tree, const Place& place, const Entry& entry) {
  switch (entry.type) {
    case EntryType::File:
      return unpack_file(reader, tree, place, entry);
    case EntryType::Directory:
      tree.make_directory(place, entry);
      return 0;
    case EntryType::Symlink:
      tree.make_symlink(place, entry);
      return 0;
    case EntryType::Hardlink:
      tree.make_hardlink(place, entry);
      return 0;
    case EntryType::Fifo:
      tree.make_fifo(place, entry);
      return 0;
    case EntryType::CharDevice:
    case EntryType::BlockDevice:
    case EntryType::Other:
      base::log::debug("{}: left away, no device can be made in a user namespace", entry.path);
      return 0;
  }
  return 0;
}

void check(const Applied& applied, const Tree& tree, const Limits& limits) {
  if (applied.files > limits.members) {
    throw base::Error(fmt::format("more than {} members: a bomb?", limits.members));
  }
  if (applied.size > kLargestLayer) throw base::Error("its files claim more than 1 EiB");
  if (tree.bytes_of_names() > limits.names) {
    throw base::Error(fmt::format("its folders' names have more than {}: a bomb?",
                                  base::human_size(limits.names)));
  }
}

void translate_owner(Entry& entry, const UnpackOptions& options) {
  if (options.owner) {
    std::tie(entry.uid, entry.gid) = *options.owner;
    return;
  }
  const auto uid = userns::outside_of(options.ids.uids, entry.uid);
  const auto gid = userns::outside_of(options.ids.gids, entry.gid);
  if (!uid || !gid) {
    throw base::Error(
        fmt::format("owner {}:{}: the container has no such ids", entry.uid, entry.gid));
  }
  entry.uid = *uid;
  entry.gid = *gid;
}

void refuse_replacement(const sys::Fd& root, const Place& place, const Entry& entry) {
  struct stat there {};
  const auto found =
      sys::find_in(root, place.path().empty() ? "." : place.path(), O_PATH | O_NOFOLLOW);
  if (!found || ::fstat(found->get(), &there) != 0) return;
  const bool is_directory = entry.type == EntryType::Directory;
  if (S_ISDIR(there.st_mode) == is_directory) return;
  throw base::Error(is_directory ? "a directory would replace what is none"
                                 : "it would replace a directory");
}

}  // namespace

Applied apply(Source& tar, const sys::Fd& root, const Rules& rules) {
  const auto& [squash_owners, outline, limits] = rules;
  Reader reader(tar, outline, limits.around);
  Tree tree(root, squash_owners, outline);
  Applied applied;
  while (const Entry* entry = reader.next()) {
    try {
      const Place place = place_of(entry->path);
      const bool is_out = outline != nullptr && is_left_out(*entry, place);
      if (is_out) reader.leave_body_out();
      if (!unpack_whiteout(tree, place)) {
        applied.size += unpack_member(reader, tree, place, *entry);
      }
      if (is_out) outline->count_body();
    } catch (base::Error& error) {
      error.during(shown(entry->path));
      throw;
    }
    ++applied.files;
    check(applied, tree, limits);
  }
  reader.drain();
  tree.finish();
  if (outline != nullptr) outline->finish();
  applied.squashed = tree.was_squashed();
  return applied;
}

Applied unpack(Source& tar, const sys::Fd& root, const UnpackOptions& options) {
  Reader reader(tar, nullptr, options.limits.around);
  Tree tree(root, options.squash_owners, nullptr);
  Applied applied;
  while (const Entry* next = reader.next()) {
    try {
      Entry entry = *next;
      const Place place = place_of(entry.path);
      if (place.name.empty() && !options.changes_root) continue;
      if (!options.replaces_directories) refuse_replacement(root, place, entry);
      translate_owner(entry, options);
      applied.size += unpack_member(reader, tree, place, entry);
    } catch (base::Error& error) {
      error.during(shown(next->path));
      throw;
    }
    ++applied.files;
    check(applied, tree, options.limits);
  }
  reader.drain();
  tree.finish();
  applied.squashed = tree.was_squashed();
  return applied;
}

}  // namespace tar
