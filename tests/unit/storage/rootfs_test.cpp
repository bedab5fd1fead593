#include "storage/rootfs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/driver.hpp"
#include "storage/trash.hpp"
#include "storage/usage.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace {

constexpr const char* kContainer = "c0ffee";

void require(bool is_true, const std::string& what) {
  if (!is_true) throw base::SysError(what);
}

// Three layers: the middle one deletes a file and replaces a folder, the top one adds.
std::vector<std::string> add_layers(const TemporaryHome& temporary) {
  const storage::Layer bottom = temporary.add_layer(
      'a', "", {{"gone", "x"}, {"etc/passwd", "root"}, {"folder/old", "x"}, {"kept", "bottom"}});
  const storage::Layer middle = temporary.add_layer('b', bottom.id, {{"folder/new", "y"}});
  const storage::Layer top = temporary.add_layer('c', middle.id, {{"kept", "top"}});
  const std::string tree = storage::LayerStore(temporary.layout()).root(middle.id);
  userns::inside(temporary.home(), [&] {
    require(::mknod((tree + "/gone").c_str(), S_IFCHR, makedev(0, 0)) == 0, "whiteout");
    require(::setxattr((tree + "/folder").c_str(), "user.overlay.opaque", "y", 1, 0) == 0,
            "opaque");
    require(::chown((tree + "/folder/new").c_str(), 33, 34) == 0, "chown");
  });
  return {bottom.id, middle.id, top.id};
}

std::string read_in(const sys::Fd& root, const std::string& path) {
  const auto file = sys::find_in(root, path, O_RDONLY);
  return file ? sys::read_all(*file) : "(missing)";
}

void expect_text(const sys::Fd& root, const std::string& path, const std::string& text) {
  const std::string found = read_in(root, path);
  if (found != text) throw base::Error(path + ": found " + found + ", not " + text);
}

void expect_merged(const sys::Fd& root) {
  expect_text(root, "kept", "top");
  expect_text(root, "gone", "(missing)");
  expect_text(root, "folder/old", "(missing)");
  expect_text(root, "folder/new", "y");
  expect_text(root, "etc/passwd", "root");
  struct stat status {};
  require(::fstatat(root.get(), "folder/new", &status, 0) == 0, "stat");
  if (status.st_uid != 33 || status.st_gid != 34) throw base::Error("folder/new: owner is lost");
}

void write_in(const sys::Fd& root, const std::string& path, const std::string& text) {
  sys::write_all(sys::open_in(root, path, O_WRONLY | O_CREAT, 0644), text);
}

// A container's root as its monitor mounts it, twice, to see that what is written stays.
void mount_and_write(const home::Home& home, const storage::RootfsMount& what) {
  userns::inside(home, [&] {
    const sys::Fd root = storage::mount_rootfs(home, what);
    expect_merged(root);
    write_in(root, "written", "by us");
    require(::unlinkat(root.get(), "etc/passwd", 0) == 0, "delete");
    require(::fchownat(root.get(), "written", 1, 1, 0) == 0, "chown");
  });
  userns::inside(home, [&] {
    const sys::Fd root = storage::mount_rootfs(home, what);
    expect_text(root, "written", "by us");
    expect_text(root, "etc/passwd", "(missing)");
  });
}

class RootfsTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ::setenv("POD_STORAGE_DRIVER", GetParam(), 1);
    try {
      storage::choose_driver(temporary_.home());
    } catch (const base::Error& error) {
      GTEST_SKIP() << error.what();
    }
    if (userns::mapping_of(temporary_.home()).is_single()) GTEST_SKIP() << "no subordinate ids";
  }
  void TearDown() override { ::unsetenv("POD_STORAGE_DRIVER"); }

  TemporaryHome temporary_;
};

TEST_P(RootfsTest, ShowsTheLayersMergedAndKeepsWhatIsWritten) {
  const auto layers = add_layers(temporary_);
  storage::Rootfs::create(temporary_.home(), kContainer).keep();

  EXPECT_NO_THROW(mount_and_write(temporary_.home(), {kContainer, layers, false, false}));
}

TEST_P(RootfsTest, MountsAnEphemeralRootAgain) {
  const auto layers = add_layers(temporary_);
  storage::Rootfs::create(temporary_.home(), kContainer).keep();

  EXPECT_NO_THROW(mount_and_write(temporary_.home(), {kContainer, layers, false, true}));
}

TEST_P(RootfsTest, MountsALayersRootReadOnly) {
  const auto layers = add_layers(temporary_);
  storage::Rootfs::create(temporary_.home(), kContainer).keep();
  for (const auto& some : {std::vector<std::string>{layers[0]}, layers}) {
    EXPECT_NO_THROW(userns::inside(temporary_.home(), [&] {
      const sys::Fd root =
          storage::mount_rootfs(temporary_.home(), {kContainer, some, true, false});
      expect_text(root, "kept", some.size() == 1 ? "bottom" : "top");
      const bool is_made = ::mkdirat(root.get(), "new", 0755) == 0;
      if (is_made || errno != EROFS) throw base::Error("it can be written");
    }));
  }
}

TEST_P(RootfsTest, IsRemovedWithEverythingInIt) {
  const auto layers = add_layers(temporary_);
  storage::Rootfs::create(temporary_.home(), kContainer).keep();
  userns::inside(temporary_.home(), [&] {
    const sys::Fd root =
        storage::mount_rootfs(temporary_.home(), {kContainer, layers, false, true});
    require(::mkdirat(root.get(), "theirs", 0700) == 0, "make");
    write_in(root, "theirs/file", std::string(5000, 'x'));
    require(::fchownat(root.get(), "theirs", 33, 33, 0) == 0, "chown");
  });

  EXPECT_GE(storage::rootfs_size(temporary_.home(), kContainer), 5000);
  storage::remove_rootfs(temporary_.home(), kContainer);

  EXPECT_TRUE(sys::list_dir(temporary_.layout().rootfs()).empty());
  EXPECT_TRUE(storage::empty_trash(temporary_.home()).is_clean);
  EXPECT_TRUE(sys::list_dir(temporary_.layout().trash()).empty());
}

TEST_P(RootfsTest, TellsWhichLayerIsMissing) {
  storage::Rootfs::create(temporary_.home(), kContainer).keep();
  try {
    userns::inside(temporary_.home(), [&] {
      storage::mount_rootfs(temporary_.home(), {kContainer, {std::string(64, 'd')}, false, false});
    });
    FAIL() << "mounted";
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(),
                 "root file system: layer dddddddddddd is missing: pull the image again");
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, RootfsTest, testing::Values("overlay", "fuse-overlayfs", "flat"),
                         [](const auto& driver) {
                           std::string name = driver.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(Rootfs, IsRemovedUnlessKept) {
  const TemporaryHome temporary;
  { const auto rootfs = storage::Rootfs::create(temporary.home(), kContainer); }
  EXPECT_TRUE(sys::list_dir(temporary.layout().rootfs()).empty());

  storage::Rootfs::create(temporary.home(), kContainer).keep();
  EXPECT_FALSE(sys::list_dir(temporary.layout().rootfs()).empty());
}

TEST(Rootfs, IsNotRecoveredWhileItsContainerIsMade) {
  const TemporaryHome temporary;
  auto rootfs = storage::Rootfs::create(temporary.home(), kContainer);
  storage::recover(temporary.home());
  EXPECT_TRUE(sys::exists(temporary.layout().rootfs(kContainer)));

  rootfs.keep();
  storage::recover(temporary.home());
  EXPECT_FALSE(sys::exists(temporary.layout().rootfs(kContainer)));
}

// Whatever the kernel's version, all ways of asking it for an overlay that it offers are tried.
TEST(Overlay, CanBeAskedForInEveryWay) {
  const TemporaryHome temporary;
  const auto layers = add_layers(temporary);
  storage::Stack stack;
  for (const std::string& id : {layers[2], layers[1], layers[0]})
    stack.lowers.push_back(storage::LayerStore(temporary.layout()).root(id));
  std::string refusals;
  for (const auto call : {storage::OverlayCall::Descriptors, storage::OverlayCall::Paths,
                          storage::OverlayCall::Mount}) {
    try {
      userns::inside(temporary.home(), [&] {
        expect_merged(storage::mount_overlay(stack, call, storage::mountpoint(temporary.home())));
      });
    } catch (const base::Error& error) {
      refusals += error.what();
    }
  }
  if (!refusals.empty()) GTEST_SKIP() << refusals;
}

TEST(Overlay, Takes127Layers) {
  const TemporaryHome temporary;
  storage::Stack stack;
  for (int i = 0; i < 127; ++i) {
    const std::string path =
        temporary.home().data + "/" + std::string(150, 'x') + std::to_string(i);
    sys::make_dirs(path);
    sys::create_file(path + "/file" + std::to_string(i), "x");
    stack.lowers.push_back(path);
  }
  std::string refusals;
  for (const auto call : {storage::OverlayCall::Descriptors, storage::OverlayCall::Mount}) {
    try {
      userns::inside(temporary.home(), [&] {
        const sys::Fd root =
            storage::mount_overlay(stack, call, storage::mountpoint(temporary.home()));
        expect_text(root, "file0", "x");
        expect_text(root, "file126", "x");
      });
    } catch (const base::Error& error) {
      refusals += error.what();
    }
  }
  if (!refusals.empty()) GTEST_SKIP() << refusals;
}

TEST(Driver, KeepsItsAnswer) {
  const TemporaryHome temporary;

  const storage::DriverChoice first = storage::choose_driver(temporary.home());

  EXPECT_EQ(storage::find_probe(temporary.home())->choice, first);
  EXPECT_TRUE(sys::list_dir(temporary.layout().staging()).empty());
  EXPECT_TRUE(sys::list_dir(temporary.layout().trash()).empty());
  EXPECT_EQ(storage::store_section(temporary.home(), base::Json::object())
                .string_or("graphDriverName", ""),
            storage::driver_name(first.driver));
}

TEST(Driver, RefusesAnUnknownOne) {
  const TemporaryHome temporary;
  ::setenv("POD_STORAGE_DRIVER", "btrfs", 1);

  EXPECT_THROW(storage::choose_driver(temporary.home()), base::Error);
  ::unsetenv("POD_STORAGE_DRIVER");
}

}  // namespace
