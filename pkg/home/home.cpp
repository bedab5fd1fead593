#include "pkg/home/home.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace home {
namespace {

struct Account {
  std::string name;
  std::string folder;
};

// /etc/passwd itself is asked first: loading the name service's modules costs more than the rest of
// this file.
Account account_of(uid_t uid) {
  const std::string number = std::to_string(uid);
  for (const std::string& line : base::split(sys::find_file("/etc/passwd").value_or(""), '\n')) {
    const auto fields = base::split(line, ':');
    if (fields.size() >= 6 && fields[2] == number) return {fields[0], fields[5]};
  }
  if (const passwd* entry = ::getpwuid(uid)) return {entry->pw_name, entry->pw_dir};
  return {number, ""};
}

// A relative path means nothing to those who are started elsewhere (XDG Base Directory
// specification: it is to be ignored).
std::string absolute_from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && value[0] == '/' ? value : "";
}

std::string chosen_by_user(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || value[0] == '\0') return "";
  if (value[0] != '/') throw base::Error(fmt::format("{}={}: not an absolute path", name, value));
  return value;
}

std::optional<uid_t> owner_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

// After sudo or su the environment may still name the former user's folder: files of ours there
// would be in that user's way.
std::string home_folder(const Account& account, uid_t uid) {
  const std::string named = absolute_from_environment("HOME");
  const bool is_account_ours = !account.folder.empty() && owner_of(account.folder) == uid;
  if (named.empty()) return account.folder;
  const auto owner = owner_of(named);
  return owner && owner != uid && is_account_ours ? account.folder : named;
}

std::string folder(const char* variable, const std::string& home, const std::string& otherwise) {
  const std::string named = absolute_from_environment(variable);
  if (!named.empty()) return named;
  if (home.empty()) throw base::Error(fmt::format("neither HOME nor {} is set", variable));
  return home + otherwise;
}

std::string runtime_folder(uid_t uid) {
  const std::string named = absolute_from_environment("XDG_RUNTIME_DIR");
  if (!named.empty() && owner_of(named) == uid) return named + "/pod";
  const std::string usual = fmt::format("/run/user/{}", uid);
  if (owner_of(usual) == uid) return usual + "/pod";
  return fmt::format("/tmp/pod-run-{}", uid);
}

// Nobody else may have made it before us: in /tmp anybody could.
void make_private(const std::string& path, uid_t uid) {
  sys::make_dirs(path, 0700);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw base::SysError(path);
  if (!S_ISDIR(status.st_mode)) throw base::SysError(path, ENOTDIR);
  if (status.st_uid != uid) {
    throw base::Error(fmt::format("{}: belongs to user {}, not to us", path, status.st_uid));
  }
  if ((status.st_mode & 0022U) != 0) {
    throw base::Error(fmt::format("{}: others may write there; chmod 700 it", path));
  }
}

void make_folders(const Home& home) {
  make_private(home.data, home.uid);
  make_private(home.runtime, home.uid);
  for (const std::string& path : {home.containers(), home.pods(), home.names(), home.trash(),
                                  home.running_containers(), home.running_pods()}) {
    sys::make_dir(path, 0700);
  }
}

}  // namespace

Home Home::open() {
  Home home;
  home.uid = ::geteuid();
  home.gid = ::getegid();
  const Account account = account_of(home.uid);
  home.user = account.name;
  const std::string own = home_folder(account, home.uid);
  home.data = chosen_by_user("POD_ROOT");
  if (home.data.empty()) home.data = folder("XDG_DATA_HOME", own, "/.local/share") + "/pod";
  home.runtime = chosen_by_user("POD_RUNROOT");
  if (home.runtime.empty()) home.runtime = runtime_folder(home.uid);
  home.config = folder("XDG_CONFIG_HOME", own, "/.config");
  home.cache = folder("XDG_CACHE_HOME", own, "/.cache") + "/pod";
  make_folders(home);
  return home;
}

std::string open_runtime() {
  std::string folder = chosen_by_user("POD_RUNROOT");
  if (folder.empty()) folder = runtime_folder(::geteuid());
  make_private(folder, ::geteuid());
  return folder;
}

}  // namespace home
