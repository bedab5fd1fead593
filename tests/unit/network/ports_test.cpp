#include "network/ports.hpp"

#include "pkg/base/error.hpp"
#include "tests/unit/network/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using network::PortMapping;
using ::testing::HasSubstr;

PortMapping mapping(std::string ip, std::uint16_t host, std::uint16_t container,
                    std::uint16_t range = 1) {
  return {.host_ip = std::move(ip), .host_port = host, .container_port = container, .range = range};
}

TEST(PortMapping, ParsesWhatUsersWrite) {
  const std::pair<const char*, PortMapping> cases[] = {
      {"80", mapping("", 0, 80)},
      {"80/tcp", mapping("", 0, 80)},
      {"8080:80", mapping("", 8080, 80)},
      {":80", mapping("", 0, 80)},
      {"127.0.0.1:8080:80", mapping("127.0.0.1", 8080, 80)},
      {"127.0.0.1::80", mapping("127.0.0.1", 0, 80)},
      {"127.0.0.1:80", mapping("127.0.0.1", 0, 80)},
      {"[::1]:8080:80", mapping("::1", 8080, 80)},
      {"[::1]::80", mapping("::1", 0, 80)},
      {"8000-8003:9000-9003", mapping("", 8000, 9000, 4)},
      {"9000-9003", mapping("", 0, 9000, 4)},
  };
  for (const auto& [text, parsed] : cases)
    EXPECT_EQ(PortMapping::parse(text), parsed) << text;
}

TEST(PortMapping, KnowsUdp) {
  EXPECT_EQ(PortMapping::parse("53:53/UDP").protocol, "udp");
}

TEST(PortMapping, RefusesWhatIsNone) {
  for (const char* text : {"", ":", "0:80", "80:0", "65536", "http", "80:80/sctp", "8000-8001:80",
                           "90-80", "1.2.3:80:80", "[::1:80:80", "host:80:80", "1:2:3:4"}) {
    EXPECT_THROW(PortMapping::parse(text), base::Error) << text;
  }
}

TEST(Ports, AreChosenWhereNoneWasAskedFor) {
  network::Config config;
  config.ports = {PortMapping::parse("80"), PortMapping::parse("81"), PortMapping::parse("90-93"),
                  PortMapping::parse("53/udp"), PortMapping::parse("8080:80")};

  network::assign_ports(config);

  for (const PortMapping& port : config.ports)
    EXPECT_NE(port.host_port, 0);
  EXPECT_NE(config.ports[0].host_port, config.ports[1].host_port);
  EXPECT_EQ(config.ports[4].host_port, 8080);
  EXPECT_NO_THROW(network::check_ports(config));
}

TEST(Ports, InUseAreNamed) {
  const int port = network_test::free_port();
  const sys::Child server = network_test::fork_off([&] { return network_test::serve_tcp(port); });
  ASSERT_EQ(network_test::ask_until_answered("tcp", "127.0.0.1", port), "hello");
  network::Config config;
  config.ports = {PortMapping::parse(std::to_string(port) + ":80")};

  try {
    network::check_ports(config);
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.what(), "port " + std::to_string(port) + ": address already in use");
  }
}

TEST(Ports, PrivilegedNameTheSysctl) {
  if (::geteuid() == 0) GTEST_SKIP() << "root has every port";
  network::Config config;
  config.ports = {PortMapping::parse("1:80")};

  try {
    network::check_ports(config);
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("port 1: permission denied"));
    EXPECT_THAT(error.what(), HasSubstr("net.ipv4.ip_unprivileged_port_start=1"));
  }
}

}  // namespace
