#include "cmd/pod/flag_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A file that goes with the test.
class TextFile {
 public:
  explicit TextFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("pod-flags-" + std::to_string(::getpid()) + ".txt")) {
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<std::string> env_of(const std::string& text) {
  std::vector<std::string> env;
  pod::add_env(env, text);
  return env;
}

TEST(Env, IsTakenAsTypedOrFromTheCaller) {
  ::setenv("POD_TEST_ONE", "1", 1);
  ::setenv("POD_TEST_TWO", "2 = two", 1);

  EXPECT_THAT(env_of("A=1=2"), ElementsAre("A=1=2"));
  EXPECT_THAT(env_of("A="), ElementsAre("A="));
  EXPECT_THAT(env_of("POD_TEST_ONE"), ElementsAre("POD_TEST_ONE=1"));
  EXPECT_THAT(env_of("POD_TEST_NONE"), IsEmpty());
  EXPECT_THAT(env_of("POD_TEST_*"),
              testing::UnorderedElementsAre("POD_TEST_ONE=1", "POD_TEST_TWO=2 = two"));
  EXPECT_THROW(env_of("=x"), base::Error);
}

TEST(Env, IsReadFromFilesAsThePeersReadThem) {
  ::setenv("POD_TEST_ONE", "1", 1);
  const TextFile file(
      "# a comment\nA=1\n\n  B=two words # no comment\nC=\"quoted\"\nPOD_TEST_ONE\r\n");
  std::vector<std::string> env;

  pod::add_env_file(env, file.path());

  EXPECT_THAT(env,
              ElementsAre("A=1", "B=two words # no comment", "C=\"quoted\"", "POD_TEST_ONE=1"));
  EXPECT_THROW(pod::add_env_file(env, "/no/such/file"), base::Error);
}

TEST(Pairs, MayLackAValueWhereSettingsMayNot) {
  std::map<std::string, std::string> pairs;

  pod::add_pair(pairs, "a=b=c");
  pod::add_pair(pairs, "d");
  pod::add_setting(pairs, "net.ipv4.ip_forward=1");

  EXPECT_THAT(pairs, ElementsAre(testing::Pair("a", "b=c"), testing::Pair("d", ""),
                                 testing::Pair("net.ipv4.ip_forward", "1")));
  EXPECT_THROW(pod::add_setting(pairs, "x"), base::Error);
  EXPECT_THROW(pod::add_pair(pairs, "=x"), base::Error);
}

TEST(Ulimit, HasASoftAndAHardValue) {
  std::vector<oci::Rlimit> limits;

  pod::add_ulimit(limits, "nofile=64:128");
  pod::add_ulimit(limits, "core=0");

  EXPECT_EQ(limits[0].type, "RLIMIT_NOFILE");
  EXPECT_EQ(limits[0].soft, 64U);
  EXPECT_EQ(limits[0].hard, 128U);
  EXPECT_EQ(limits[1].type, "RLIMIT_CORE");
  EXPECT_EQ(limits[1].hard, 0U);
  EXPECT_THROW(pod::add_ulimit(limits, "nofile=2:1"), base::Error);
  EXPECT_THROW(pod::add_ulimit(limits, "nofile"), base::Error);
  EXPECT_THROW(pod::add_ulimit(limits, "nothing=1"), base::Error);
  EXPECT_THROW(pod::add_ulimit(limits, "core=many"), base::Error);
}

TEST(Ulimit, CopiesAllOfTheCaller) {
  std::vector<oci::Rlimit> limits;

  pod::add_ulimit(limits, "host");

  EXPECT_EQ(limits.size(), 16U);
}

TEST(Device, HasAPathInsideAndAnAccess) {
  const auto device = [](const char* text) {
    const oci::Device parsed = pod::parse_device(text);
    return parsed.source + " " + parsed.path + " " + parsed.access;
  };

  EXPECT_EQ(device("/dev/fuse"), "/dev/fuse /dev/fuse rwm");
  EXPECT_EQ(device("/dev/fuse:r"), "/dev/fuse /dev/fuse r");
  EXPECT_EQ(device("/dev/fuse:/dev/x"), "/dev/fuse /dev/x rwm");
  EXPECT_EQ(device("/dev/fuse:/dev/x:rw"), "/dev/fuse /dev/x rw");
  EXPECT_THROW(pod::parse_device("fuse"), base::Error);
  EXPECT_THROW(pod::parse_device("/dev/fuse:/dev/x:q"), base::Error);
  EXPECT_THROW(pod::parse_device("vendor.com/class=name"), base::Error);
}

TEST(Disk, HasAWeightAndRatesOfItsOwn) {
  EXPECT_EQ(pod::parse_disk_weight("500"), 500U);
  EXPECT_THROW(pod::parse_disk_weight("5"), base::Error);
  EXPECT_THROW(pod::parse_disk_weight("1001"), base::Error);
  EXPECT_THROW(pod::parse_device_weight("/dev/null:500"), base::Error);  // not a disk
  EXPECT_THROW(pod::parse_device_rate("/dev/nothing:1mb", "rbps"), base::Error);
  EXPECT_THROW(pod::parse_device_rate("/dev/null", "rbps"), base::Error);
}

TEST(CgroupParent, HasNoStepUpwards) {
  EXPECT_NO_THROW(pod::check_cgroup_parent("mine.slice"));
  EXPECT_NO_THROW(pod::check_cgroup_parent("/a/b"));
  EXPECT_THROW(pod::check_cgroup_parent("a/../b"), base::Error);
}

TEST(Entrypoint, IsAWordOrAJsonArray) {
  EXPECT_THAT(pod::parse_entrypoint("ls -l"), ElementsAre("ls -l"));
  EXPECT_THAT(pod::parse_entrypoint(R"(["ls","-l"])"), ElementsAre("ls", "-l"));
  EXPECT_THAT(pod::parse_entrypoint("[not json"), ElementsAre("[not json"));
  EXPECT_THAT(pod::parse_entrypoint(""), IsEmpty());
}

TEST(Security, TakesKeysWithEqualsOrColon) {
  containers::Options options;

  pod::apply_security(options, "seccomp=unconfined");
  pod::apply_security(options, "no-new-privileges");
  pod::apply_security(options, "mask=/a:/b");
  pod::apply_security(options, "unmask:ALL");
  pod::apply_security(options, "label=disable");

  EXPECT_EQ(options.seccomp, "unconfined");
  EXPECT_TRUE(options.no_new_privileges);
  EXPECT_THAT(options.mask, ElementsAre("/a", "/b"));
  EXPECT_THAT(options.unmask, ElementsAre("ALL"));
  pod::apply_security(options, "no-new-privileges:false");
  EXPECT_FALSE(options.no_new_privileges);
  if (::access("/sys/fs/selinux/enforce", F_OK) != 0) {
    EXPECT_NO_THROW(pod::apply_security(options, "label=type:x"));
  }
  EXPECT_THROW(pod::apply_security(options, "apparmor=profile"), base::Error);
}

TEST(Namespace, IsOneOfTheKnownModes) {
  EXPECT_EQ(pod::parse_namespace("host", {}), "host");
  EXPECT_EQ(pod::parse_namespace("container:web", {}), "container:web");
  EXPECT_EQ(pod::parse_namespace("none", {"none"}), "none");
  EXPECT_THROW(pod::parse_namespace("none", {}), base::Error);
}

TEST(HealthCommand, IsAShellsOrACommandLine) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"curl -f localhost || exit 1", {"CMD-SHELL", "curl -f localhost || exit 1"}},
      {R"(["curl", "-f", "localhost"])", {"CMD", "curl", "-f", "localhost"}},
      {R"(["curl -f localhost"])", {"CMD-SHELL", "curl -f localhost"}},
      {R"(["CMD", "true"])", {"CMD", "true"}},
      {R"(["CMD-SHELL", "a b"])", {"CMD-SHELL", "a b"}},
      {"CMD-SHELL a b", {"CMD-SHELL", "a b"}},
      {"CMD a  b", {"CMD", "a", "b"}},
      {"none", {"NONE"}},
      {R"(["NONE"])", {"NONE"}},
      {"[ -e /ready ]", {"CMD-SHELL", "[ -e /ready ]"}},
  };
  for (const auto& [text, test] : cases) {
    EXPECT_EQ(pod::parse_health_command(text), test) << text;
  }
  EXPECT_THROW(pod::parse_health_command("[]"), base::Error);
}

}  // namespace
