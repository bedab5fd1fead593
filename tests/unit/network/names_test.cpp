#include "network/names.hpp"

#include "network/uplink.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/sys/namespaces.hpp"
#include "tests/unit/network/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mount.h>

namespace {

using network::Config;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

struct Written {
  std::string hosts;
  std::string resolvers;
  std::string hostname;
};

Written write(const Config& config, const network::Names& names) {
  const network_test::Folder folder;
  network::write_names(folder.path(), config, names);
  return {.hosts = sys::find_file(folder.path() + "/hosts").value_or("(none)"),
          .resolvers = sys::find_file(folder.path() + "/resolv.conf").value_or("(none)"),
          .hostname = sys::find_file(folder.path() + "/hostname").value_or("(none)")};
}

const network::Names kNames{.hostname = "web", .aliases = {"web-app"}, .address = "10.0.2.100"};

TEST(Names, OfHostsAreRefusedWhenTheKernelWouldNotTakeThem) {
  EXPECT_NO_THROW(network::validate_hostname(""));
  EXPECT_NO_THROW(network::validate_hostname("web_1.example-a"));
  EXPECT_NO_THROW(network::validate_hostname(std::string(64, 'a')));
  EXPECT_THROW(network::validate_hostname(std::string(65, 'a')), base::Error);
  EXPECT_THROW(network::validate_hostname("a b"), base::Error);
}

TEST(Names, AreThoseOfTheContainer) {
  const Written written = write({}, kNames);

  EXPECT_EQ(written.hostname, "web\n");
  EXPECT_THAT(written.hosts, HasSubstr("127.0.0.1\tlocalhost\n"));
  EXPECT_THAT(written.hosts, EndsWith("10.0.2.100\tweb web-app\n"));
}

TEST(Names, LeadToTheHost) {
  const std::string host = network::find_uplink().address;
  if (host.empty()) GTEST_SKIP() << "the host has a loopback device only";

  EXPECT_THAT(write({}, kNames).hosts,
              HasSubstr(host + "\thost.containers.internal host.docker.internal\n"));
}

TEST(Names, DoNotLeadToTheHostWithoutANetwork) {
  Config config;
  config.mode = "none";

  const Written written = write(config, {.hostname = "web", .aliases = {}, .address = ""});

  EXPECT_THAT(written.hosts, Not(HasSubstr("host.containers.internal")));
  EXPECT_THAT(written.hosts, EndsWith("127.0.1.1\tweb\n"));
}

TEST(Names, OfTheUserWin) {
  Config config;
  config.hosts = {"web;db:10.9.9.9", "six:fd00::6", "localhost:10.8.8.8"};

  const Written written = write(config, kNames);

  EXPECT_THAT(written.hosts, HasSubstr("10.9.9.9\tweb db\n"));
  EXPECT_THAT(written.hosts, HasSubstr("fd00::6\tsix\n"));
  EXPECT_THAT(written.hosts, HasSubstr("10.8.8.8\tlocalhost\n"));
  EXPECT_THAT(written.hosts, Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(written.hosts, EndsWith("10.0.2.100\tweb-app\n"));
}

TEST(Names, RefuseAnEntryWithoutAnAddress) {
  for (const char* entry : {"db", "db:", ":10.0.0.1", "db:elsewhere"}) {
    Config config;
    config.hosts = {entry};
    EXPECT_THROW(write(config, kNames), base::Error) << entry;
  }
}

TEST(Names, ResolversAreNeverOnALoopbackAddress) {
  EXPECT_THAT(write({}, kNames).resolvers, HasSubstr("nameserver "));
  EXPECT_THAT(write({}, kNames).resolvers, Not(HasSubstr("nameserver 127.")));
}

TEST(Names, AResolverOnALoopbackAddressIsAskedThroughTheHelper) {
  const std::string reason = network_test::missing("");
  if (!reason.empty()) GTEST_SKIP() << reason;
  if (sys::exists("/run/systemd/resolve/resolv.conf")) GTEST_SKIP() << "systemd-resolved is here";
  const network_test::Folder folder;
  sys::create_file(folder.path() + "/ours", "nameserver 127.0.0.1\nsearch example.org\n");
  const network_test::Namespaces host;

  sys::Child child = host.run([&] {
    sys::unshare(CLONE_NEWNS);
    sys::change_mount(sys::open_dir("/"), 0, 0, MS_PRIVATE);
    sys::move_mount(sys::copy_mount(folder.path() + "/ours", false), "/etc/resolv.conf");
    network::write_names(folder.path(), {}, kNames);
    return 0;
  });

  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(sys::read_file(folder.path() + "/resolv.conf"),
            "search example.org\nnameserver 10.0.2.3\n");
}

TEST(Names, ResolversAreThoseOfTheUser) {
  Config config;
  config.dns_servers = {"9.9.9.9", "2620:fe::fe"};
  config.dns_searches = {"example.org", "example.net"};
  config.dns_options = {"ndots:2"};

  EXPECT_EQ(write(config, kNames).resolvers,
            "search example.org example.net\nnameserver 9.9.9.9\nnameserver 2620:fe::fe\n"
            "options ndots:2\n");
}

TEST(Names, LeaveTheImagesFilesWhenAskedTo) {
  Config config;
  config.dns_servers = {"none"};
  config.no_hosts = true;
  config.no_hostname = true;

  const Written written = write(config, kNames);

  EXPECT_EQ(written.hosts, "(none)");
  EXPECT_EQ(written.resolvers, "(none)");
  EXPECT_EQ(written.hostname, "(none)");
}

}  // namespace
