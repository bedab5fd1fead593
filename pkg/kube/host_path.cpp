#include "pkg/kube/host_path.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include <sys/stat.h>

namespace kube {
namespace {

struct Type {
  std::string_view name;
  mode_t mode;
  const char* words;
};

constexpr std::array<Type, 7> kTypes = {{{"Directory", S_IFDIR, "a directory"},
                                         {"DirectoryOrCreate", S_IFDIR, "a directory"},
                                         {"File", S_IFREG, "a file"},
                                         {"FileOrCreate", S_IFREG, "a file"},
                                         {"Socket", S_IFSOCK, "a socket"},
                                         {"CharDevice", S_IFCHR, "a character device"},
                                         {"BlockDevice", S_IFBLK, "a block device"}}};

std::vector<std::string> make_dirs(const std::string& path) {
  std::vector<std::string> made;
  for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (!sys::exists(part) && sys::make_dir(part)) made.push_back(part);
    if (at == std::string::npos) return made;
  }
}

}  // namespace

std::vector<std::string> ensure_host_path(const std::string& path, const std::string& type) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT || !type.ends_with("OrCreate")) throw base::SysError(path);
    if (type == "DirectoryOrCreate") return make_dirs(path);
    sys::create_file(path, "");
    return {path};
  }
  for (const Type& known : kTypes) {
    if (known.name == type && (status.st_mode & S_IFMT) != known.mode) {
      throw base::Error(fmt::format("{}: is not {}", path, known.words));
    }
  }
  return {};
}

}  // namespace kube
