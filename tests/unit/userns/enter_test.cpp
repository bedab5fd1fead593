#include "pkg/userns/enter.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"

#include <gtest/gtest.h>

#include <pwd.h>
#include <sys/mount.h>

namespace {

class Enter : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "enter-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    home_.runtime = folder;
    home_.uid = ::getuid();
    home_.gid = ::getgid();
    const passwd* entry = ::getpwuid(home_.uid);
    home_.user = entry != nullptr ? entry->pw_name : std::to_string(home_.uid);
  }
  void TearDown() override { sys::remove_tree(home_.runtime); }

  // What a process finds inside, read from a file it wrote there.
  std::string told_inside(void (*look)(const std::string& file)) {
    const std::string file = home_.runtime + "/told";
    userns::inside(home_, [&] { look(file); });
    return sys::find_file(file).value_or("");
  }

  home::Home home_;  // NOLINT(misc-non-private-member-variables-in-classes)
};

TEST_F(Enter, MakesUsRootWithAllIds) {
  const std::string map = told_inside([](const std::string& file) {
    sys::create_file(file, std::to_string(::getuid()) + " " + sys::read_file("/proc/self/uid_map"));
  });

  EXPECT_EQ(map.substr(0, 2), "0 ");
  EXPECT_EQ(userns::parse_map(map.substr(2)), userns::mapping_of(home_).uids);
}

TEST_F(Enter, GivesMountsOfOurOwn) {
  const std::string told = told_inside([](const std::string& file) {
    if (::mount("none", "/mnt", "tmpfs", 0, nullptr) != 0) throw base::SysError("mount");
    sys::create_file("/mnt/seen", "");
    sys::create_file(file, "mounted");
  });

  EXPECT_EQ(told, "mounted");
  EXPECT_FALSE(sys::exists("/mnt/seen"));
}

TEST_F(Enter, ThrowsTheErrorOfTheWorkInside) {
  try {
    userns::inside(home_, [] { throw base::Error("no such thing", 42); });
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "no such thing");
    EXPECT_EQ(error.status(), 42);
  }
}

TEST_F(Enter, JoinsTheNamespaceThatIsHeld) {
  sys::Pipe ready = sys::make_pipe();
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    userns::enter(home_);
    userns::hold(home_);
    sys::write_all(ready.write,
                   sys::namespace_identity(sys::open_namespace(::getpid(), "user"), "u"));
    ready.write.reset();
    ::pause();
  }
  sys::Child holder(pid);
  ready.write.reset();
  const std::string held = sys::read_all(ready.read);

  const std::string joined = told_inside([](const std::string& file) {
    sys::create_file(file, sys::namespace_identity(sys::open_namespace(::getpid(), "user"), "u"));
  });

  EXPECT_EQ(joined, held);
}

TEST_F(Enter, ForgetsHoldersThatAreGone) {
  sys::make_dir(home_.runtime + "/session", 0700);
  sys::create_file(home_.runtime + "/session/999999", "12345\n");

  userns::inside(home_, [] {});

  EXPECT_TRUE(sys::list_dir(home_.runtime + "/session").empty());
}

}  // namespace
