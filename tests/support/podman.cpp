#include "tests/support/podman.hpp"

#include "tests/support/bundle.hpp"
#include "tests/support/image.hpp"
#include "tests/support/skip.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace support {
namespace {

std::string why_not_installed() {
  if (::access("/usr/bin/podman", X_OK) != 0) return "podman is not installed";
  const std::string why = why_no_ids();
  return why.empty() ? why_no_shell() : why;
}

}  // namespace

void PodmanHome::SetUp() {
  Home::SetUp();
  why_no_podman_ = why_not_installed();
  if (!why_no_podman_.empty()) return;
  has_begun_ = true;
  write_its_files();
  write("image.tar", make_image_tar());
  const Result imported = podman({"import", "-q", root() + "/image.tar", "localhost/probe"});
  if (imported.status != 0) why_no_podman_ = "podman does not work here: " + imported.err;
}

void PodmanHome::TearDown() {
  if (has_begun_) {
    podman({"pod", "rm", "--force", "--all"});
    podman({"rm", "--force", "--all", "--time", "0"});
    podman({"unshare", "rm", "-rf", root() + "/podman", root() + "/data/containers"});
    // Its keeper of namespaces outlives it.
    std::ifstream file(root() + "/run/libpod/tmp/pause.pid");
    int pid = 0;
    if (file >> pid; pid > 1) ::kill(pid, SIGKILL);
  }
  Home::TearDown();
}

Result PodmanHome::podman(const Words& arguments, const std::string& input) const {
  Words all = {"podman", "--runtime", runtime_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run(all, start(), input, 60);
}

// What podman needs where there is no systemd.
void PodmanHome::write_its_files() const {
  const std::string folder = root() + "/config/containers";
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(root() + "/podman");
  std::ofstream(folder + "/containers.conf")
      << "[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n"
         "[containers]\nlog_driver = \"k8s-file\"\n";
  std::ofstream(folder + "/storage.conf")
      << "[storage]\ndriver = \"vfs\"\nrunroot = \"" << root() << "/run/containers\"\n"
      << "graphroot = \"" << root() << "/podman/storage\"\n";
  std::ofstream(folder + "/policy.json") << R"({"default":[{"type":"insecureAcceptAnything"}]})";
}

}  // namespace support
