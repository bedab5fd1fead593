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
  for (const char* text : {"/src:dst", "dst", ":/dst", "/a:/b:ro:x", "/a:/b:what", "/a:/b:idmap",
                           "/a:/b:exec,noexec", "/a:/b:shared,private", "/a:/b:O,upperdir=/u",
                           "/a:/b:upperdir=/u,workdir=/w", "/a:/b:z,Z", ""}) {
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
       {"type=bind,dst=/b", "type=bind,src=/a", "type=image,dst=/b", "type=what,dst=/b",
        "type=ramfs,src=/a,dst=/b", "type=artifact,src=a,dst=/b", "src=a", "dst=/b,ro,rw",
        "type=bind,src=/a,dst=/b,tmpfs-size=1m", "type=volume,dst=/b,uid=1", "dst=/b,relabel=x",
        "type=glob,src=/no/such/*,dst=", "type=bind,src=/a,dst=/b,idmap",
        "type=tmpfs,src=/a,dst=/b", "dst=/b,nothing=1", "type=bind,src=/a,dst=/b,ro=maybe"}) {
    EXPECT_THROW(pod::parse_mount(text), base::Error) << text;
  }
}

TEST(Volume, MayBeWrittenOverWithoutBeingChanged) {
  const VolumeMount mount = pod::parse_volume("/src:/dst:O,upperdir=/u,workdir=/w");

  EXPECT_THAT(mount.options, ElementsAre("O", "upperdir=/u", "workdir=/w"));
  EXPECT_THAT(pod::parse_volume("/src:/dst:cached").options, testing::IsEmpty());
}

TEST(Mount, OfAnImageIsReadOnlyUnlessAskedOtherwise) {
  EXPECT_EQ(pod::parse_mount("type=image,src=alpine,dst=/b").kind, Kind::Image);
  EXPECT_TRUE(pod::parse_mount("type=image,src=alpine,dst=/b").read_only);
  EXPECT_FALSE(pod::parse_mount("type=image,src=alpine,dst=/b,rw=true").read_only);
  EXPECT_EQ(pod::parse_mount("type=image,src=alpine,dst=/b,subpath=/etc").subpath, "/etc");
}

TEST(Mount, OfEachTypeHasItsOwnKeys) {
  EXPECT_THAT(pod::parse_mount("type=devpts,dst=/dev/pts,uid=1,max=9").options,
              ElementsAre("uid=1", "max=9"));
  EXPECT_EQ(pod::parse_mount("type=ramfs,dst=/b").kind, Kind::Ramfs);
  EXPECT_THAT(pod::parse_mount("src=a,dst=/b,volume-opt=noexec,chown,volume-nocopy").options,
              ElementsAre("noexec", "U", "nocopy"));
  EXPECT_THAT(pod::parse_mount("type=bind,src=/a,dst=/b,relabel=shared,consistency=cached").options,
              ElementsAre("z"));
}

TEST(Mount, OfAPatternIsOneForEachFile) {
  const std::vector<VolumeMount> there =
      pod::parse_mounts("type=glob,src=/proc/self/stat*,dst=/b/");
  const std::vector<VolumeMount> same = pod::parse_mounts("type=glob,src=/proc/self/status");

  EXPECT_GT(there.size(), 2U);
  EXPECT_EQ(there.front().source, "/proc/self/stat");
  EXPECT_EQ(there.front().target, "/b/stat");
  ASSERT_EQ(same.size(), 1U);
  EXPECT_EQ(same.front().target, "/proc/self/status");
}

TEST(Secret, IsAFileOrAVariable) {
  const containers::SecretUse file = pod::parse_secret("key,target=tls.key,uid=5,gid=6,mode=0400");
  const containers::SecretUse variable = pod::parse_secret("source=key,type=env,target=KEY");

  EXPECT_EQ(file.name, "key");
  EXPECT_EQ(file.target, "/run/secrets/tls.key");
  EXPECT_EQ(file.uid, 5U);
  EXPECT_EQ(file.gid, 6U);
  EXPECT_EQ(file.mode, 0400U);
  EXPECT_TRUE(variable.is_variable);
  EXPECT_EQ(variable.target, "KEY");
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
