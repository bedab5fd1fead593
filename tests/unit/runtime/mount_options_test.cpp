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

}  // namespace
