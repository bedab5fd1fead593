#include "tests/unit/tar/unpacked.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/layer_archive.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <sched.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace {

std::string replay(const std::string& folder, const std::string& root) {
  tar::LayerArchive archive(folder, root);
  std::string text;
  while (true) {
    const std::string_view piece = archive.read();
    if (piece.empty()) return text;
    text += piece;
  }
}

}  // namespace

LayerFolder::LayerFolder() {
  std::string name = testing::TempDir() + "pod-layer-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
  ::umask(0);
  sys::make_dir(root());
  sys::make_dir(outside());
  sys::make_dir(beside());
  sys::create_file(outside() + "/secret", "untouched", 0600);
}

LayerFolder::~LayerFolder() {
  sys::remove_tree(path_);
}

tar::Applied LayerFolder::apply(const std::string& archive) {
  const std::string folder = beside() + "/" + std::to_string(archives_++);
  sys::make_dir(folder);
  tar::Outline outline(folder);
  TextSource source(archive);
  const tar::Applied applied =
      tar::apply(source, sys::open_dir(root()),
                 {.squash_owners = ::geteuid() != 0, .outline = &outline, .limits = limits});
  EXPECT_TRUE(replay(folder, root()) == archive) << "not what it came from";
  return applied;
}

std::string LayerFolder::refusal(const std::string& archive) {
  try {
    apply(archive);
    return "";
  } catch (const base::Error& error) {
    return error.what();
  }
}

struct stat LayerFolder::status(const std::string& path) const {
  struct stat status {};
  if (::lstat((root() + "/" + path).c_str(), &status) != 0) throw base::SysError(path);
  return status;
}

std::string LayerFolder::text(const std::string& path) const {
  return sys::read_file(root() + "/" + path);
}

std::string LayerFolder::xattr(const std::string& path, const std::string& name) const {
  std::array<char, 256> value{};
  const ssize_t size =
      ::lgetxattr((root() + "/" + path).c_str(), name.c_str(), value.data(), value.size());
  return size < 0 ? "" : std::string(value.data(), static_cast<std::size_t>(size));
}

bool LayerFolder::exists(const std::string& path) const {
  struct stat status {};
  return ::lstat((root() + "/" + path).c_str(), &status) == 0;
}

bool LayerFolder::is_outside_untouched() const {
  struct stat folder {};
  struct stat secret {};
  return ::stat(outside().c_str(), &folder) == 0 && (folder.st_mode & 07777U) == 0755 &&
         ::stat((outside() + "/secret").c_str(), &secret) == 0 && secret.st_nlink == 1 &&
         (secret.st_mode & 07777U) == 0600 && sys::list_dir(outside()).size() == 1 &&
         sys::list_dir(path_).size() == 3 && sys::read_file(outside() + "/secret") == "untouched";
}

bool as_root(const std::function<void()>& work) {
  const std::string uid_map = "0 " + std::to_string(::geteuid()) + " 1";
  const std::string gid_map = "0 " + std::to_string(::getegid()) + " 1";
  const pid_t pid = ::fork();
  if (pid == 0) {
    constexpr int kRefused = 77;
    if (::geteuid() != 0) {
      if (::unshare(CLONE_NEWUSER) != 0) ::_exit(kRefused);
      sys::write_all(sys::open_file("/proc/self/setgroups", O_WRONLY), "deny");
      sys::write_all(sys::open_file("/proc/self/uid_map", O_WRONLY), uid_map);
      sys::write_all(sys::open_file("/proc/self/gid_map", O_WRONLY), gid_map);
    }
    try {
      work();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return false;
  if (status != 0) throw std::runtime_error("failed as root, see above");
  return true;
}
