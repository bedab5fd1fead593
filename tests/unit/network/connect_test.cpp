#include "network/network.hpp"
#include "network/uplink.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "tests/unit/network/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <unistd.h>

namespace {

using network::Config;
using network::PortMapping;
using network_test::Folder;
using network_test::Namespaces;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Each behaviour is asked of both helpers.
class Connect : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string reason = network_test::missing(GetParam());
    if (!reason.empty()) GTEST_SKIP() << reason;
    config_.mode = GetParam();
    port_ = network_test::free_port();
  }
  void publish(const std::string& text) { config_.ports.push_back(PortMapping::parse(text)); }
  std::string published(int container_port, const std::string& rest = "") const {
    return std::to_string(port_) + ":" + std::to_string(container_port) + rest;
  }

  Config config_;
  int port_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Helpers, Connect, ::testing::Values("pasta", "slirp4netns"),
                         [](const auto& helper) { return helper.param; });

TEST_P(Connect, PublishesTcpPorts) {
  const Folder folder;
  const Namespaces pod;
  publish(published(8080));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_tcp(8080); });

  EXPECT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port_), "hello");
}

TEST_P(Connect, PublishesUdpPorts) {
  const Folder folder;
  const Namespaces pod;
  publish(published(5353, "/udp"));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_udp(5353); });

  EXPECT_EQ(network_test::ask_until_answered("udp", "127.0.0.1", port_), "hello");
}

TEST_P(Connect, PublishesUdpPortsUnderTheSameNumber) {
  const Folder folder;
  const Namespaces pod;
  publish(published(port_, "/udp"));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([&] { return network_test::serve_udp(port_); });

  EXPECT_EQ(network_test::ask_until_answered("udp", "127.0.0.1", port_), "hello");
}

TEST_P(Connect, PublishesUdpPortsOnAllAddresses) {
  const std::string host = network::find_uplink().address;
  if (host.empty()) GTEST_SKIP() << "the host has a loopback device only";
  const Folder folder;
  const Namespaces pod;
  publish(published(5353, "/udp"));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_udp(5353); });

  EXPECT_EQ(network_test::ask_until_answered("udp", host, port_), "hello");
}

TEST_P(Connect, PublishesUdpPortsOnLoopbackOnly) {
  const Folder folder;
  const Namespaces pod;
  publish("127.0.0.1:" + published(5353, "/udp"));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_udp(5353); });

  EXPECT_EQ(network_test::ask_until_answered("udp", "127.0.0.1", port_), "hello");
}

TEST_P(Connect, PublishesOnOneAddressOnly) {
  const std::string host = network::find_uplink().address;
  if (host.empty()) GTEST_SKIP() << "the host has a loopback device only";
  const Folder folder;
  const Namespaces pod;
  publish("127.0.0.1:" + published(8080));
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_tcp(8080); });

  EXPECT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port_), "hello");
  EXPECT_EQ(network_test::ask_tcp(host, port_, "hello"), "");
}

TEST_P(Connect, PublishesRanges) {
  const Folder folder;
  const Namespaces pod;
  publish("8080-8082");
  network::assign_ports(config_);
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_tcp(8082); });

  EXPECT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", config_.ports[0].host_port + 2),
            "hello");
}

TEST_P(Connect, PublishesOnHostsWithoutARoute) {
  const Folder folder;
  const Namespaces host;  // plays the host: a loopback device, and no way out
  Config none;
  none.mode = "none";
  network::connect(none, host.user(), host.net(), folder.path());
  publish(published(8080));

  sys::Child on_host = host.run([&] {
    const Namespaces pod;
    const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
    connection->await();
    const sys::Child server = pod.run([] { return network_test::serve_tcp(8080); });
    return network_test::ask_until_answered("tcp", "127.0.0.1", port_) == "hello" ? 0 : 1;
  });

  EXPECT_EQ(on_host.wait(), 0);
}

TEST_P(Connect, LeadsToTheHostUnderItsOwnAddress) {
  const std::string host = network::find_uplink().address;
  if (host.empty()) GTEST_SKIP() << "the host has a loopback device only";
  const Folder folder;
  const Namespaces pod;
  const sys::Child server = network_test::fork_off([&] { return network_test::serve_tcp(port_); });
  ASSERT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port_), "hello");
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();

  sys::Child client =
      pod.run([&] { return network_test::ask_tcp(host, port_, "hello") == "hello" ? 0 : 1; });

  EXPECT_EQ(client.wait(), 0);
}

TEST_P(Connect, KeepsTheHostsLoopbackDeviceOutOfReach) {
  const Folder folder;
  const Namespaces pod;
  const sys::Child server = network_test::fork_off([&] { return network_test::serve_tcp(port_); });
  ASSERT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port_), "hello");
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();

  sys::Child client =
      pod.run([&] { return network_test::ask_tcp("127.0.0.1", port_, "hello").empty() ? 0 : 1; });

  EXPECT_EQ(client.wait(), 0);
}

TEST_P(Connect, HasTheAddressItSays) {
  const Folder folder;
  const Namespaces pod;
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();

  sys::Child inside = pod.run([&] {
    const std::string table = sys::read_file("/proc/self/net/fib_trie");
    return table.find(connection->address()) != std::string::npos ? 0 : 1;
  });

  EXPECT_NE(connection->address(), "");
  EXPECT_EQ(inside.wait(), 0);
}

TEST_P(Connect, ReachesTheResolverOfTheHost) {
  const std::string server = network_test::first_resolver();
  const std::string question("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01", 17);  // ". NS"
  if (server.empty() || server.starts_with("127.")) GTEST_SKIP() << "it is on a loopback address";
  if (network_test::ask_udp(server, 53, question).empty()) GTEST_SKIP() << "it does not answer";
  const Folder folder;
  const Namespaces pod;
  const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  sys::Child client =
      pod.run([&] { return network_test::ask_udp(server, 53, question).empty() ? 1 : 0; });

  EXPECT_EQ(client.wait(), 0);
}

TEST_P(Connect, EndsWithItsOwner) {
  const Folder folder;
  const Namespaces pod;
  publish(published(8080));
  auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  const auto helper = sys::find_process(connection->helper_pid());
  ASSERT_TRUE(helper.has_value());

  connection.reset();

  EXPECT_FALSE(sys::is_alive(*helper));  // at once: its ports may be wanted again
  EXPECT_NO_THROW(network::connect(config_, pod.user(), pod.net(), folder.path()));
}

TEST_P(Connect, EndsWithItsStarterEvenKilled) {
  const Folder folder;
  const Namespaces pod;
  const sys::Pipe told = sys::make_pipe();
  sys::Child starter = network_test::fork_off([&] {
    const auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
    connection->await();
    sys::write_all(told.write, std::to_string(connection->helper_pid()) + "\n");
    return ::pause();
  });
  std::array<char, 16> text{};
  ASSERT_GT(::read(told.read.get(), text.data(), text.size()), 0);
  const auto helper = sys::find_process(std::stoi(text.data()));
  ASSERT_TRUE(helper.has_value());
  ::usleep(100000);  // long enough for the helper to become whatever it becomes

  ::kill(starter.pid(), SIGKILL);
  starter.wait();

  EXPECT_TRUE(network_test::waits_until([&] { return !sys::is_alive(*helper); }));
}

TEST_P(Connect, LeavesNothingButItsLog) {
  const Folder folder;
  const Namespaces pod;
  publish(published(8080));
  auto connection = network::connect(config_, pod.user(), pod.net(), folder.path());
  connection->await();
  connection.reset();

  EXPECT_THAT(sys::list_dir(folder.path()), ElementsAre("network.log"));
}

TEST_P(Connect, SaysInOneLineWhichPortIsTaken) {
  const Folder folder;
  const Namespaces pod;
  publish(published(8080));
  const sys::Child server = network_test::fork_off([&] { return network_test::serve_tcp(port_); });
  ASSERT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port_), "hello");

  try {
    network::connect(config_, pod.user(), pod.net(), folder.path());
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.what(), "port " + std::to_string(port_) + ": address already in use");
  }
}

TEST(ConnectPasta, SaysWhatItsHelperSaid) {
  const std::string reason = network_test::missing("pasta");
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Folder folder;
  const Namespaces pod;
  Config config;
  config.mode = "pasta";
  config.options = {"--no-such-option"};
  const auto connection = network::connect(config, pod.user(), pod.net(), folder.path());

  try {
    connection->await();
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("pasta: "));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("Failed to send")));
  }
}

TEST(ConnectNone, BringsUpTheLoopbackDevice) {
  const std::string reason = network_test::missing("");
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Folder folder;
  const Namespaces pod;
  Config config;
  config.mode = "none";

  const auto connection = network::connect(config, pod.user(), pod.net(), folder.path());
  connection->await();
  const sys::Child server = pod.run([] { return network_test::serve_tcp(8080); });
  sys::Child client = pod.run(
      [] { return network_test::ask_until_answered("tcp", "127.0.0.1", 8080) == "hello" ? 0 : 1; });

  EXPECT_EQ(client.wait(), 0);
  EXPECT_EQ(connection->helper_pid(), 0);
  EXPECT_THAT(sys::list_dir(folder.path()), IsEmpty());
}

}  // namespace
