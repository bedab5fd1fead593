#include "storage/folder_times.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "storage/durable.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>

#include <sys/stat.h>

namespace storage {
namespace {

std::string note_of(const std::string& staged) {
  return staged + "/folder-times";
}

// "SECONDS NANOSECONDS PATH"; false for want of rights.
bool restore(const std::string& line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string::npos) return true;
  const auto seconds = base::parse_integer(line.substr(0, first));
  const auto nanoseconds = base::parse_integer(line.substr(first + 1, second - first - 1));
  if (!seconds || !nanoseconds) return true;
  const std::string path = line.substr(second + 1);
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, {*seconds, *nanoseconds}};
  if (::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0) return true;
  return errno != EPERM && errno != EACCES;
}

}  // namespace

void note_folder_times(const std::string& staged, const std::vector<std::string>& folders) {
  std::string text;
  for (const std::string& folder : folders) {
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) throw base::SysError(folder);
    text += fmt::format("{} {} {}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec, folder);
    text += '\0';
  }
  sys::create_file(note_of(staged) + ".new", text, 0600);
  make_durable(note_of(staged) + ".new");
  sys::rename_path(note_of(staged) + ".new", note_of(staged));
  make_durable(staged);
}

bool restore_folder_times(const std::string& staged) {
  const auto text = sys::find_file(note_of(staged));
  if (!text) return true;
  bool is_done = true;
  for (const std::string& line : base::split(*text, '\0'))
    is_done = restore(line) && is_done;
  return is_done;
}

}  // namespace storage
