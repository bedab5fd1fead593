#include "storage/blocks.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/enter.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>

#include <fts.h>

namespace storage {
namespace {

constexpr std::int64_t kUnit = 512;  // of st_blocks, see stat(3type)

Blocks measure_tree(std::string path) {
  Blocks blocks;
  std::array<char*, 2> roots = {path.data(), nullptr};
  FTS* walk = ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
  if (walk == nullptr) throw base::SysError(path);
  int failure = 0;
  while (const FTSENT* entry = ::fts_read(walk)) {
    const bool is_failed =
        entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS;
    if (is_failed && entry->fts_errno != ENOENT) failure = entry->fts_errno;
    if (!is_failed && entry->fts_info != FTS_DP) blocks.add(*entry->fts_statp);
  }
  ::fts_close(walk);
  if (failure != 0) throw base::SysError(path, failure);
  return blocks;
}

std::int64_t number(const std::vector<std::string>& words, std::size_t at) {
  return at < words.size() ? base::parse_integer(words[at]).value_or(0) : 0;
}

}  // namespace

void Blocks::add(const struct stat& status) {
  const std::int64_t bytes = status.st_blocks * kUnit;
  if (S_ISDIR(status.st_mode) || status.st_nlink < 2) {
    own_ += bytes;
  } else {
    add_file({status.st_dev, status.st_ino}, {1, status.st_nlink, bytes});
  }
}

void Blocks::add(const Blocks& other) {
  own_ += other.own_;
  for (const auto& [inode, file] : other.shared_)
    add_file(inode, file);
}

// Once all names are known, which file it is does not matter any more.
void Blocks::add_file(const Inode& inode, const File& file) {
  const auto [known, is_new] = shared_.emplace(inode, file);
  if (!is_new) known->second.names += file.names;
  if (known->second.names < known->second.links) return;
  own_ += known->second.bytes;
  shared_.erase(known);
}

std::int64_t Blocks::used() const {
  std::int64_t bytes = own_;
  for (const auto& [inode, file] : shared_)
    bytes += file.bytes;
  return bytes;
}

std::int64_t Blocks::freed() const {
  return own_;
}

std::string Blocks::text() const {
  std::string text = std::to_string(own_);
  for (const auto& [inode, file] : shared_) {
    text += fmt::format(" {} {} {} {} {}", inode.first, inode.second, file.names, file.links,
                        file.bytes);
  }
  return text;
}

Blocks Blocks::parse(const std::string& text) {
  constexpr std::size_t kWords = 5;  // a file
  const std::vector<std::string> words = base::split(text, ' ');
  Blocks blocks;
  blocks.own_ = number(words, 0);
  for (std::size_t at = 1; at + kWords <= words.size(); at += kWords) {
    const Inode inode = {number(words, at), number(words, at + 1)};
    blocks.shared_[inode] = {static_cast<std::uint64_t>(number(words, at + 2)),
                             static_cast<std::uint64_t>(number(words, at + 3)),
                             number(words, at + 4)};
  }
  return blocks;
}

std::vector<Blocks> measure(const home::Home& home, const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  const sys::Fd answer = sys::memory_file("");
  userns::inside(home, [&] {
    for (const std::string& path : paths)
      sys::write_all(answer, measure_tree(path).text() + "\n");
  });
  std::vector<Blocks> all;
  for (const std::string& line : base::split(sys::read_file(sys::fd_path(answer)), '\n'))
    if (all.size() < paths.size()) all.push_back(Blocks::parse(line));
  return all;
}

}  // namespace storage
