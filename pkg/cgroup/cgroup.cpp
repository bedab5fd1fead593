#include "pkg/cgroup/cgroup.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace cgroup {
namespace {

// Component by component; each but the last hands the controllers down.
std::string make_path(const Delegation& delegation, const std::string& name,
                      const std::vector<Setting>& settings,
                      const std::vector<std::string>& counted) {
  std::string path = delegation.path;
  for (const std::string& component : base::split(name, '/')) {
    for (const Setting& setting : settings)
      enable(path, setting.controller);
    for (const std::string& controller : counted)
      enable(path, controller);
    path += "/" + component;
    sys::make_dir(path);
  }
  return path;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// A cgroup and all below it, each before its children.
std::vector<std::string> tree_at(const std::string& path) {
  std::vector<std::string> tree = {path};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const std::string folder = tree[i];
    for (const std::string& name : sys::list_dir(folder)) {
      if (is_folder(folder + "/" + name)) tree.push_back(folder + "/" + name);
    }
  }
  return tree;
}

bool remove_folders(const std::string& path) {
  const std::vector<std::string> tree = tree_at(path);
  for (auto folder = tree.rbegin(); folder != tree.rend(); ++folder)
    ::rmdir(folder->c_str());
  return !sys::exists(path);
}

void write_to(const std::string& path, std::string_view text) {
  sys::write_all(sys::open_file(path, O_WRONLY), text);
}

// What could not be set, as it was asked for.
std::vector<std::string> write_settings(const std::string& path,
                                        const std::vector<Setting>& settings) {
  std::vector<std::string> unmet;
  for (const Setting& setting : settings) {
    if (!sys::exists(path + "/" + setting.file)) {
      if (!setting.asked.empty()) unmet.push_back(setting.asked);
      continue;
    }
    const sys::Fd file = sys::open_file(path + "/" + setting.file, O_WRONLY);
    if (::write(file.get(), setting.value.data(), setting.value.size()) < 0) {
      throw base::SysError(fmt::format("{}: {}={}", setting.asked, setting.file, setting.value));
    }
  }
  return unmet;
}

bool is_frozen(const std::string& path) {
  for (const std::string& line : base::split(sys::read_file(path + "/cgroup.events"), '\n')) {
    if (line == "frozen 1") return true;
  }
  return false;
}

}  // namespace

Made make(const Delegation& delegation, const std::string& name,
          const std::vector<Setting>& settings, const std::vector<std::string>& counted) {
  Made made{make_path(delegation, name, settings, counted), {}};
  try {
    made.unmet = write_settings(made.path, settings);
  } catch (const base::SysError&) {
    remove(made.path);
    throw;
  }
  return made;
}

std::vector<std::string> change(const std::string& path, const std::vector<Setting>& settings) {
  // The topmost that is ours hands down first.
  std::vector<std::string> above;
  for (std::string each = path.substr(0, path.rfind('/'));
       ::access((each + "/cgroup.subtree_control").c_str(), W_OK) == 0;
       each = each.substr(0, each.rfind('/'))) {
    above.push_back(each);
  }
  for (auto each = above.rbegin(); each != above.rend(); ++each) {
    for (const Setting& setting : settings)
      enable(*each, setting.controller);
  }
  return write_settings(path, settings);
}

void remove(const std::string& path) {
  if (path.empty() || !sys::exists(path)) return;
  const sys::Fd kill(::open((path + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
  if (kill) (void)!::write(kill.get(), "1", 1);
  // Processes leave a little after their end; EBUSY until then.
  for (int attempt = 0; attempt < 200 && !remove_folders(path); ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::string parent = path.substr(0, path.rfind('/'));
  if (parent.substr(parent.rfind('/') + 1).starts_with("pod-")) ::rmdir(parent.c_str());
}

void freeze(const std::string& path) {
  write_to(path + "/cgroup.freeze", "1");
  for (int attempt = 0; attempt < 1000; ++attempt) {
    if (is_frozen(path)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  thaw(path);
  throw base::Error(path + ": one of its processes does not let itself be halted");
}

void thaw(const std::string& path) {
  write_to(path + "/cgroup.freeze", "0");
}

bool was_oom_killed(const std::string& path) {
  for (const std::string& line :
       base::split(sys::find_file(path + "/memory.events").value_or(""), '\n')) {
    if (line.starts_with("oom_kill ")) return line != "oom_kill 0";
  }
  return false;
}

}  // namespace cgroup
