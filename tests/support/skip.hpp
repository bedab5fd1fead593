#pragma once

#include <gtest/gtest.h>

#include <string>

// What a host may lack. Each answers "" when all is well, else the reason to skip for.
namespace support {

std::string why_no_shell();    // busybox-static is not installed, so test images have no shell
std::string why_no_network();  // neither pasta nor slirp4netns works here
std::string why_no_ids();      // this user has no subordinate ids, or newuidmap is missing
std::string why_no_cgroups();  // no delegated cgroup v2 subtree

}  // namespace support

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): GTEST_SKIP returns from the test
#define SKIP_FOR(reason) \
  if (const std::string why = (reason); !why.empty()) GTEST_SKIP() << why
