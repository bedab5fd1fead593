#include "cmd/pod/flag_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace {

using containers::VolumeMount;
using Kind = VolumeMount::Kind;
using testing::Contains;
using testing::ElementsAre;

TEST(Volume, IsAPathOrAName) {
  EXPECT_EQ(pod::parse_volume("/src:/dst").kind, Kind::Bind);
  EXPECT_EQ(pod::parse_volume("/src/../other/:/dst").source, "/other");
  EXPECT_EQ(pod::parse_volume("data:/dst").kind, Kind::Volume);
  EXPECT_EQ(pod::parse_volume("data:/dst").source, "data");
  EXPECT_EQ(pod::parse_volume("./here:/dst").source,
            (std::filesystem::current_path() / "here").string());
}

TEST(Volume, IsAnonymousWithoutASource) {
  const VolumeMount mount = pod::parse_volume("/dst");

  EXPECT_EQ(mount.kind, Kind::Volume);
  EXPECT_EQ(mount.source, "");
  EXPECT_EQ(mount.target, "/dst");
}

TEST(Volume, TakesOptions) {
  const VolumeMount mount = pod::parse_volume("/src:/dst:ro,Z,rslave");

  EXPECT_TRUE(mount.read_only);
  EXPECT_THAT(mount.options, ElementsAre("Z", "rslave"));
  EXPECT_FALSE(pod::parse_volume("/src:/dst:rw").read_only);
}

TEST(Volume, IsRefusedWhenItCannotBe) {
  for (const char* text : {"/src:dst", "dst", ":/dst", "/a:/b:ro:x", "/a:/b:what", "/a:/b:O", ""}) {
    EXPECT_THROW(pod::parse_volume(text), base::Error) << text;
  }
}

TEST(Mount, TakesKeysInTheirSpellings) {
  const VolumeMount mount =
      pod::parse_mount("type=bind,src=/a,dst=/b,readonly,bind-propagation=rslave");

  EXPECT_EQ(mount.kind, Kind::Bind);
  EXPECT_EQ(mount.source, "/a");
  EXPECT_EQ(mount.target, "/b");
  EXPECT_TRUE(mount.read_only);
  EXPECT_THAT(mount.options, ElementsAre("rslave"));
  EXPECT_FALSE(pod::parse_mount("type=bind,source=/a,target=/b,ro=false").read_only);
  EXPECT_EQ(pod::parse_mount("source=data,destination=/b,subpath=x").subpath, "x");
  EXPECT_EQ(pod::parse_mount("source=data,destination=/b").kind, Kind::Volume);
}

TEST(Mount, QuotesCommas) {
  EXPECT_EQ(pod::parse_mount(R"(type=bind,"src=/a,b",dst=/c)").source, "/a,b");
}

TEST(Mount, IsRefusedWhenItCannotBe) {
  for (const char* text :
       {"type=bind,dst=/b", "type=bind,src=/a", "type=image,src=a,dst=/b", "type=what,dst=/b",
        "type=tmpfs,src=/a,dst=/b", "dst=/b,nothing=1", "type=bind,src=/a,dst=/b,ro=maybe"}) {
    EXPECT_THROW(pod::parse_mount(text), base::Error) << text;
  }
}

TEST(Tmpfs, IsHarmlessUnlessAskedOtherwise) {
  EXPECT_THAT(pod::parse_tmpfs("/run").options,
              ElementsAre("noexec", "nosuid", "nodev", "tmpcopyup"));
  EXPECT_THAT(pod::parse_tmpfs("/run:size=64m,exec,notmpcopyup").options,
              ElementsAre("size=64m", "exec", "notmpcopyup", "nosuid", "nodev"));
  EXPECT_TRUE(pod::parse_tmpfs("/run:ro").read_only);
  EXPECT_THAT(pod::parse_mount("type=tmpfs,dst=/run,tmpfs-size=1m,tmpfs-mode=1777").options,
              testing::AllOf(Contains("size=1m"), Contains("mode=1777"), Contains("nodev")));
  EXPECT_THROW(pod::parse_tmpfs("run"), base::Error);
}

}  // namespace
