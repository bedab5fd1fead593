#include "pkg/runtime/mount_options.hpp"

#include <gtest/gtest.h>

#include <linux/mount.h>
#include <sys/mount.h>

namespace {

TEST(MountOptions, AreSortedByWhoHasToKnowThem) {
  const auto options = runtime::parse_mount_options(
      {"rbind", "ro", "nosuid", "rslave", "size=64m", "noswap", "tmpcopyup", "z"});

  EXPECT_EQ(options.set, std::uint64_t{MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID});
  EXPECT_EQ(options.propagation, std::uint64_t{MS_SLAVE});
  EXPECT_TRUE(options.is_recursive);
  EXPECT_TRUE(options.copies_up);
  ASSERT_EQ(options.parameters.size(), 2U);
  EXPECT_EQ(options.parameters.at(0).key, "size");
  EXPECT_EQ(options.parameters.at(0).value, "64m");
  EXPECT_EQ(options.parameters.at(1).key, "noswap");
}

TEST(MountOptions, TheLastWordWins) {
  EXPECT_EQ(runtime::parse_mount_options({"ro", "rw"}).set, 0U);
  EXPECT_EQ(runtime::parse_mount_options({"noatime", "strictatime"}).set,
            std::uint64_t{MOUNT_ATTR_STRICTATIME});
  EXPECT_FALSE(runtime::parse_mount_options({"rbind", "bind"}).is_recursive);
}

TEST(MountOptions, ThatBeginWithAnRReachWhatIsBelow) {
  const auto options = runtime::parse_mount_options({"rro", "nosuid", "rnoatime", "rexec"});

  EXPECT_EQ(options.set, std::uint64_t{MOUNT_ATTR_NOSUID});
  EXPECT_EQ(options.set_below, std::uint64_t{MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME});
  EXPECT_EQ(options.clear_below, std::uint64_t{MOUNT_ATTR__ATIME | MOUNT_ATTR_NOEXEC});
}

TEST(MountOptions, SayHowFarPropagationReaches) {
  EXPECT_TRUE(runtime::parse_mount_options({"rshared"}).propagates_below);
  EXPECT_FALSE(runtime::parse_mount_options({"shared"}).propagates_below);
  EXPECT_EQ(runtime::parse_mount_options({"runbindable"}).propagation,
            std::uint64_t{MS_UNBINDABLE});
}

TEST(MountOptions, OfOthersAreKnown) {
  const auto options =
      runtime::parse_mount_options({"bind", "ridmap", "copy-symlink", "src-nofollow", "sync"});

  EXPECT_TRUE(options.is_bind);
  EXPECT_TRUE(options.maps_ids);
  EXPECT_TRUE(options.maps_below);
  EXPECT_TRUE(options.copies_link);
  EXPECT_FALSE(options.follows_source);
  EXPECT_EQ(options.of_kernel, std::vector<std::string>{"sync"});
  for (const std::string& word : runtime::mount_option_words())
    EXPECT_TRUE(runtime::parse_mount_options({word}).parameters.empty()) << word;
}

}  // namespace
