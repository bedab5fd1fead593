#include "tests/bench/place.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

namespace bench {
namespace {

constexpr const char* kControllers = "/sys/fs/cgroup/unified/cgroup.controllers";

std::string make_folder() {
  const char* temporary = std::getenv("TMPDIR");
  std::string path = std::string(temporary != nullptr ? temporary : "/tmp") + "/pod-bench-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw base::SysError(path);
  return path;
}

std::string absolute(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> whole(::realpath(path.c_str(), nullptr),
                                                          &std::free);
  if (!whole) throw base::SysError(path);
  return whole.get();
}

// Runs it with standard output and error in files of the place.
int run_into(const std::string& path, const Words& words) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  const sys::Fd out = sys::open_file(path + "/out", flags);
  const sys::Fd err = sys::open_file(path + "/err", flags);
  return sys::Child::spawn(words, {.in = -1, .out = out.get(), .err = err.get()}).wait();
}

void run_anyway(const std::string& path, const Words& words) {
  try {
    run_into(path, words);
  } catch (const base::Error&) {
    return;  // not installed, or nothing to tidy up
  }
}

// The user's first line of /etc/subuid: "name:first:count".
std::vector<std::string> subordinate_ids() {
  const passwd* user = ::getpwuid(::getuid());
  const std::string name = user != nullptr ? user->pw_name : "";
  const std::string text = sys::find_file("/etc/subuid").value_or("");
  for (const std::string& line : base::split(text, '\n')) {
    std::vector<std::string> parts = base::split(line, ':');
    const bool is_ours = parts[0] == name || parts[0] == std::to_string(::getuid());
    if (parts.size() == 3 && is_ours) return parts;
  }
  return {};
}

}  // namespace

Place::Place(const std::string& build)
    : build_(absolute(build)),  // we go elsewhere
      path_(make_folder()),
      has_podman_(!sys::find_program("podman").empty()),
      is_hybrid_(!base::trim(sys::find_file(kControllers).value_or("")).empty()) {
  const std::pair<const char*, const char*> folders[] = {{"HOME", "/home"},
                                                         {"XDG_DATA_HOME", "/data"},
                                                         {"XDG_RUNTIME_DIR", "/run"},
                                                         {"XDG_CONFIG_HOME", "/home/.config"},
                                                         {"XDG_CACHE_HOME", "/cache"}};
  for (const auto& [variable, folder] : folders) {
    sys::make_dir(path_ + folder, 0700);
    ::setenv(variable, (path_ + folder).c_str(), 1);
  }
  if (::chdir(path_.c_str()) != 0) throw base::SysError(path_);
  write_podmans_files();
  make_image();
  if (!sys::find_program("crun").empty()) make_bundle();
}

Place::~Place() {
  run_anyway(path_, pod({"pod", "rm", "-f", "-a", "-t", "0"}));
  run_anyway(path_, pod({"rm", "-f", "-a", "-t", "0"}));
  if (has_podman_) {
    run_anyway(path_, podman({"system", "reset", "-f"}));
    // podman's keeper of namespaces outlives it.
    const auto keeper = base::parse_integer(
        base::trim(sys::find_file(path_ + "/run/libpod/tmp/pause.pid").value_or("")));
    if (keeper.value_or(0) > 0) ::kill(static_cast<pid_t>(*keeper), SIGKILL);
  }
  for (const char* folder : {"/data", "/upper", "/work"}) {
    run_anyway(path_, pod({"unshare", "rm", "-rf", path_ + folder}));
  }
  run_anyway("/dev/shm", {"chmod", "-R", "u+rwx", path_});
  (void)!::chdir("/");
  try {
    sys::remove_tree(path_);
  } catch (const base::Error& error) {
    run_anyway(path_, {"rm", "-rf", path_});
  }
}

void Place::run(const Words& words) const {
  const int status = run_into(path_, words);
  if (status == 0) return;
  const std::string said = sys::read_file(path_ + "/err");
  throw base::Error(base::join(words, " ") + ": status " + std::to_string(status) + ": " +
                    std::string(base::trim(said)));
}

std::string Place::ask(const Words& words) const {
  run(words);
  return std::string(base::trim(sys::read_file(path_ + "/out")));
}

void Place::run_at_once(const Words& words, int count) const {
  std::vector<sys::Child> children;
  for (int i = 0; i < count; ++i)
    children.push_back(sys::Child::spawn(words, {}));
  int failed = 0;
  for (sys::Child& child : children) {
    if (child.wait() != 0) ++failed;
  }
  if (failed > 0) {
    throw base::Error(std::to_string(failed) + " of " + std::to_string(count) + " failed");
  }
}

Words Place::pod(const Words& words) const {
  Words all{build_ + "/bin/pod"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Words Place::podman(const Words& words) const {
  Words all{"podman"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Words Place::crun(const Words& words) const {
  Words all{is_hybrid_ ? build_ + "/tests/bench/crun-on-hybrid" : "crun"};
  all.insert(all.end(), {"--root", path_ + "/run/crun"});
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Words Place::floor() const {
  const std::vector<std::string> ids = subordinate_ids();
  if (ids.empty()) return {};
  return {build_ + "/tests/bench/floor",
          root(),
          path_ + "/upper",
          path_ + "/work",
          ids[1],
          ids[2],
          "/bin/true"};
}

// What podman needs where there is no systemd; see README.md.
void Place::write_podmans_files() const {
  const std::string folder = path_ + "/home/.config/containers";
  sys::make_dirs(folder);
  std::string engine =
      "[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\nruntime = \"crun\"\n";
  if (is_hybrid_) {
    engine += "[engine.runtimes]\ncrun = [\"" + build_ + "/tests/bench/crun-on-hybrid\"]\n";
  }
  sys::create_file(folder + "/containers.conf",
                   engine + "[containers]\nlog_driver = \"k8s-file\"\n");
  sys::create_file(folder + "/storage.conf", "[storage]\ndriver = \"overlay\"\nrunroot = \"" +
                                                 path_ + "/run/containers\"\ngraphroot = \"" +
                                                 path_ + "/data/containers\"\n");
  sys::create_file(folder + "/policy.json", R"({"default":[{"type":"insecureAcceptAnything"}]})");
}

void Place::make_image() const {
  for (const char* folder : {"/upper", "/work", "/root", "/root/bin", "/root/etc", "/root/proc",
                             "/root/sys", "/root/dev", "/root/tmp"}) {
    sys::make_dir(path_ + folder);
  }
  const std::string busybox = sys::find_program("busybox");
  if (busybox.empty()) throw base::Error("busybox is not installed (package busybox-static)");
  run({"cp", busybox, root() + "/bin/busybox"});
  for (const char* name : {"sh", "true", "sleep"}) {
    sys::make_link("busybox", root() + "/bin/" + name);
  }
  sys::create_file(root() + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  run({"tar", "-C", root(), "-cf", path_ + "/image.tar", "."});
  run_anyway(path_, pod({"import", path_ + "/image.tar", kImage}));
  if (has_podman_) run(podman({"import", "-q", path_ + "/image.tar", kImage}));
}

void Place::make_bundle() const {
  sys::make_dir(path_ + "/bundle");
  Words words = crun({"spec", "--bundle", path_ + "/bundle"});
  if (!is_hybrid_) words.emplace_back("--rootless");
  run(words);
  const std::string file = path_ + "/bundle/config.json";
  base::Json spec = base::Json::parse(sys::read_file(file));
  spec["process"]["args"] = Words{"/bin/true"};
  spec["process"]["terminal"] = false;
  spec["root"]["path"] = root();
  sys::replace_file(file, spec.dump());
}

}  // namespace bench
