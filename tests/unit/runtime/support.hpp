#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/sys/child.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

// Containers of a directory with busybox, started as the user who runs the tests.
namespace support {

struct Ended {
  int status = -1;
  std::string out;    // what it wrote, err and terminal included
  std::string error;  // why it did not start
};

class ContainerTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs the command of `spec` to its end, in namespaces as `wanted` says.
  Ended run();
  Ended run(std::vector<std::string> args);
  Ended run_shell(const std::string& script) { return run({"sh", "-c", script}); }

  // The same left running, under a process of ours (its monitor) that waits for it.
  struct Running {
    sys::Child monitor;
    pid_t pid = 0;
  };
  Running start(std::vector<std::string> args);

  std::string folder;  // the test's own
  std::string root;    // in it; copied as a mount for each run
  home::Home home;
  oci::Spec spec;
  runtime::NamespacesWanted wanted;
  std::string filter;

 private:
  int monitor(const sys::Fd& out, const sys::Fd& pid_out);
};

}  // namespace support
