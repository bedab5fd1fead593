#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/runtime/launch.hpp"

// A container of a directory with busybox, started as the user who runs the tests.
namespace support {

class ContainerTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  struct Ended {
    int status = -1;
    std::string out;    // and err
    std::string error;  // why it did not start
  };
  // Runs the command of `spec_` to its end, in namespaces as `wanted_` says.
  Ended run();
  Ended run(std::vector<std::string> args);
  Ended run_shell(const std::string& script) { return run({"sh", "-c", script}); }


  std::string root_;   // a directory; copied as a mount for each run
  std::string folder_;  // the test's own
  home::Home home_;
  oci::Spec spec_;
  runtime::NamespacesWanted wanted_;
  std::string filter_;
};

// A root with busybox and all its names at `path`.
void make_root(const std::string& path);

// What containers are usually given.
oci::Spec usual_spec();

// Starts the container of `spec` and hands it to `use` when it runs; called inside.
struct Running {
  runtime::Namespaces namespaces;
  runtime::Launched container;
};
Running start(const home::Home& home, const userns::Mapping& mapping, const oci::Spec& spec,
              const std::string& root, int out);

}  // namespace support
