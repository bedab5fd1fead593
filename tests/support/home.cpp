#include "tests/support/home.hpp"

#include "tests/support/image.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string built(const std::string& name) {
  const char* folder = std::getenv("POD_BUILD");
  return (folder != nullptr ? std::string(folder) : std::string(POD_BUILD_FOLDER)) + "/" + name;
}

// Parent of each process that is there; zombies are no processes.
std::map<int, int> parents() {
  std::map<int, int> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = read(entry.path() / "stat");
    const std::size_t end = stat.rfind(')');
    if (end == std::string::npos || end + 4 >= stat.size() || stat[end + 2] == 'Z') continue;
    found[std::stoi(name)] = std::atoi(stat.c_str() + end + 4);
  }
  return found;
}

std::string command_line(int pid) {
  std::string text = read("/proc/" + std::to_string(pid) + "/cmdline");
  for (char& letter : text) {
    if (letter == '\0') letter = ' ';
  }
  return text;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

}  // namespace

std::string pod_program() {
  return built("bin/pod");
}
std::string transfer_program() {
  return built("libexec/pod/pod-transfer");
}

std::vector<std::string> descendants() {
  reap_orphans();
  const std::map<int, int> all = parents();
  std::vector<std::string> found;
  std::set<int> ours = {static_cast<int>(::getpid())};
  for (bool more = true; more;) {
    more = false;
    for (const auto& [pid, parent] : all) {
      if (!ours.contains(parent) || !ours.insert(pid).second) continue;
      found.push_back(std::to_string(pid) + " " + command_line(pid));
      more = true;
    }
  }
  return found;
}

std::vector<std::string> mounts_below(const std::string& folder) {
  std::vector<std::string> found;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.find(folder) != std::string::npos) found.push_back(line);
  }
  return found;
}

bool wait_for_no_descendants(double seconds) {
  for (int tries = static_cast<int>(seconds * 100); tries > 0; --tries) {
    if (descendants().empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return descendants().empty();
}

void Home::SetUp() {
  const char* place = std::getenv("TMPDIR");
  root_ = std::string(place != nullptr ? place : "/tmp") + "/pod-test-XXXXXX";
  ASSERT_NE(::mkdtemp(root_.data()), nullptr);
  for (const char* folder : {"data", "run", "cache", "config", "home"}) {
    fs::create_directory(root_ + "/" + folder);
    fs::permissions(root_ + "/" + folder, fs::perms::owner_all);
  }
  // Whoever loses its parent becomes ours, so it can be found.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void Home::TearDown() {
  if (!fs::exists(data())) {
    fs::remove_all(root_);
    return;
  }
  pod({"pod", "rm", "--force", "--all", "--time", "0"});
  pod({"rm", "--force", "--all", "--volumes", "--time", "0"});
  expect_nothing_left();

  // Files of subordinate ids can be removed from inside the user namespace only.
  std::error_code failed;
  fs::remove_all(root_, failed);
  if (failed) pod({"unshare", "rm", "-rf", root_ + "/data"});
  fs::remove_all(root_, failed);
  EXPECT_FALSE(fs::exists(root_)) << "cannot be removed: " << root_;
}

Start Home::start() const {
  Start start;
  start.environment = {{"XDG_DATA_HOME", root_ + "/data"},
                       {"XDG_RUNTIME_DIR", root_ + "/run"},
                       {"XDG_CACHE_HOME", root_ + "/cache"},
                       {"XDG_CONFIG_HOME", root_ + "/config"},
                       {"HOME", root_ + "/home"},
                       {"POD_ROOT", ""},
                       {"POD_RUNROOT", ""},
                       {"STORAGE_DRIVER", ""},
                       {"TERM", "xterm"}};
  start.directory = root_;
  return start;
}

Words Home::words(const Words& arguments) const {
  Words all = {pod_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Result Home::pod(const Words& arguments, const std::string& input, double seconds) const {
  return run(words(arguments), start(), input, seconds);
}

std::string Home::must(const Words& arguments, const std::string& input) const {
  const Result result = pod(arguments, input);
  EXPECT_EQ(result.status, 0) << result << "\nof pod " << ::testing::PrintToString(arguments);
  EXPECT_FALSE(result.timed_out) << result << "\nof pod " << ::testing::PrintToString(arguments);
  return result.line();
}

Result Home::probe(const Words& words, const Words& flags) {
  Words all = {"run", "--rm", "--network", "none"};
  all.insert(all.end(), flags.begin(), flags.end());
  all.insert(all.end(), {image(), "probe"});
  all.insert(all.end(), words.begin(), words.end());
  return pod(all);
}

std::string Home::start_probe(const Words& words, const Words& flags) {
  Words all = {"run", "--detach", "--network", "none"};
  all.insert(all.end(), flags.begin(), flags.end());
  all.insert(all.end(), {image(), "probe"});
  all.insert(all.end(), words.begin(), words.end());
  return must(all);
}

base::Json Home::inspect(const std::string& name) const {
  const base::Json found = base::Json::parse(must({"inspect", name}));
  return found.as_array().at(0);
}

std::string Home::image() {
  if (!image_.empty()) return image_;
  const std::string archive = write("image.tar", make_image_tar());
  const Result result = pod({"import", "--quiet", archive, "localhost/probe:latest"});
  EXPECT_EQ(result.status, 0) << result;
  fs::remove(archive);
  return image_ = "localhost/probe:latest";
}

std::string Home::write(const std::string& name, const std::string& text) const {
  std::string path = root_ + "/" + name;
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

void Home::expect_nothing_left() const {
  const bool alone = wait_for_no_descendants();  // a monitor empties the trash after its answer
  std::vector<std::string> left;
  for (const char* folder : {"/data/pod/containers", "/data/pod/pods", "/data/pod/names",
                             "/data/pod/trash", "/data/pod/storage/rootfs",
                             "/data/pod/storage/staging", "/run/pod/containers", "/run/pod/pods"}) {
    for (const std::string& name : names_in(root_ + folder))
      left.push_back(folder + ("/" + name));
  }
  EXPECT_EQ(left, Words{});
  EXPECT_EQ(mounts_below(root_), Words{});
  EXPECT_TRUE(alone) << "processes: " << ::testing::PrintToString(descendants());
}

}  // namespace support
