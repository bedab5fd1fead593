#include "pkg/sys/processes.hpp"

#include "pkg/sys/child.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <unistd.h>

namespace {

bool has(const std::vector<sys::Sighting>& all, pid_t pid) {
  return std::any_of(all.begin(), all.end(),
                     [&](const sys::Sighting& each) { return each.name.pid == pid; });
}

TEST(Processes, AreSeenWithTheirParents) {
  const auto seen = sys::sight(::getpid());

  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->name, *sys::find_process(::getpid()));
  EXPECT_EQ(seen->parent, ::getppid());
  EXPECT_EQ(seen->state, 'R');
  EXPECT_TRUE(has(sys::list_processes(), ::getpid()));
  EXPECT_FALSE(sys::sight(-1));
}

TEST(Processes, OfOneInOurOwnNamespaceAreItAndItsChildren) {
  sys::Child child = sys::Child::spawn({"sh", "-c", "sleep 100 & wait"}, {});
  std::vector<sys::Sighting> found;
  for (int attempt = 0; attempt < 500 && found.size() < 2; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    found = sys::processes_of(child.pid());
  }

  EXPECT_EQ(found.size(), 2U);
  EXPECT_TRUE(has(found, child.pid()));
  EXPECT_FALSE(has(found, ::getpid()));
  for (const sys::Sighting& each : found)
    ::kill(each.name.pid, SIGKILL);
  child.wait();
}

}  // namespace
