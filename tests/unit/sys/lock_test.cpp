#include "pkg/sys/lock.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace {

class Lock : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(path_), nullptr); }
  void TearDown() override { sys::remove_tree(path_); }

  std::string path(const std::string& name) const { return std::string(path_) + "/" + name; }

  // Makes, locks and renames a folder again and again, as many others do with the same name.
  void come_and_go(int number) {
    for (int round = 0; round < 500; ++round) {
      sys::make_dir(path("folder"));
      const auto lock = sys::Lock::try_take(path("folder"));
      if (!lock) continue;
      struct stat held {};
      struct stat named {};
      ::fstat(lock->file().get(), &held);
      const bool is_there = ::stat(path("folder").c_str(), &named) == 0;
      if (!is_there || named.st_ino != held.st_ino) ++strangers_;
      const std::string away = path(std::to_string(number) + "-" + std::to_string(round));
      std::rename(path("folder").c_str(), away.c_str());
    }
  }

  std::atomic<int> strangers_ = 0;  // NOLINT(misc-non-private-member-variables-in-classes)

 private:
  char path_[32] = "/tmp/pod-lock-test-XXXXXX";
};

TEST_F(Lock, IsOnWhatHasTheName) {
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([this, number] { come_and_go(number); });
  for (std::thread& thread : threads)
    thread.join();

  EXPECT_EQ(strangers_, 0);
}

TEST_F(Lock, IsOnWhatHasTheNameAfterAWait) {
  std::optional<sys::Lock> first = sys::Lock::take(path("file"));
  std::thread other([this] {
    const sys::Lock second = sys::Lock::take(path("file"));
    EXPECT_FALSE(sys::Lock::try_take(path("file")));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  sys::remove_file(path("file"));
  sys::create_file(path("file"), "");
  first.reset();
  other.join();
}

}  // namespace
