#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/pods/pod.hpp"
#include "pkg/sys/child.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace pod {

// A call over many objects goes on after a failure, reports each, and fails at the end.
class Outcome {
 public:
  explicit Outcome(std::string command) : command_(std::move(command)) {}

  template <typename Work>
  void attempt(Work work) {
    try {
      work();
    } catch (base::Error& error) {
      fail(error);
    }
  }
  void fail(base::Error& error);

  // The same with each of several at once, in a process of its own: for work that mostly waits.
  template <typename Chosen, typename Work>
  void attempt_together(const std::vector<Chosen>& all, Work work) {
    if (all.size() == 1) return attempt([&] { work(all.front()); });
    std::vector<sys::Child> children;
    for (const Chosen& each : all) {
      std::fflush(stdout);
      const pid_t pid = ::fork();
      if (pid < 0) throw base::SysError("fork");
      if (pid == 0) {
        attempt([&] { work(each); });
        std::fflush(stdout);
        ::_exit(status_);
      }
      children.emplace_back(pid);
    }
    for (sys::Child& child : children)
      add(child.wait());
  }

  // 0 when all went well; of several failures the gravest: ours (125) over "in use" (2) over
  // "no such" (1).
  int status() const { return status_; }

 private:
  void add(int status);

  std::string command_;
  int status_ = 0;
};

// The containers that a command is about: names typed, or --all, --latest, --filter, --cidfile.
struct ContainerSelection {
  std::vector<std::string> names;
  bool all = false;
  bool latest = false;
  bool ignore = false;  // missing ones are no error
  bool running_only = false;
  std::vector<std::string> filters;
  std::vector<std::string> cid_files;
  int missing_status = 125;  // what a missing one means for the exit code

  struct Chosen {
    std::string typed;  // as the user named it; the id when not named at all
    containers::Container container;
  };
  // Those there are; each that is missing is a failure in `outcome`.
  std::vector<Chosen> choose(const home::Home& home, Outcome& outcome) const;
};

// The same for pods.
struct PodSelection {
  std::vector<std::string> names;
  bool all = false;
  bool latest = false;
  bool ignore = false;
  std::vector<std::string> id_files;
  int missing_status = 125;

  struct Chosen {
    std::string typed;
    pods::Pod pod;
  };
  std::vector<Chosen> choose(const home::Home& home, Outcome& outcome) const;
};

// The one container a command is about: named, or --latest.
containers::Container one_container(const home::Home& home, const std::string& name, bool latest);

// The ids in the files that --cidfile and --pod-id-file name.
std::vector<std::string> read_id_files(const std::vector<std::string>& paths);

}  // namespace pod
