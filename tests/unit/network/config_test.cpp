#include "network/network.hpp"
#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using network::Config;
using network::PortMapping;
using ::testing::HasSubstr;

Config with_mode(std::string mode) {
  Config config;
  config.mode = std::move(mode);
  return config;
}

TEST(Config, SurvivesTheWayThroughItsRecord) {
  Config config = with_mode("pasta");
  config.options = {"--mtu", "1500"};
  config.ports = {PortMapping::parse("[::1]:8000-8001:80-81/udp")};
  config.dns_servers = {"9.9.9.9"};
  config.dns_searches = {"example.org"};
  config.dns_options = {"ndots:2"};
  config.hosts = {"db:10.1.2.3"};
  config.no_hosts = true;
  config.no_hostname = true;

  const Config read = Config::parse(base::Json::parse(config.json().dump()));

  EXPECT_EQ(read.mode, config.mode);
  EXPECT_EQ(read.options, config.options);
  EXPECT_EQ(read.ports, config.ports);
  EXPECT_EQ(read.dns_servers, config.dns_servers);
  EXPECT_EQ(read.dns_searches, config.dns_searches);
  EXPECT_EQ(read.dns_options, config.dns_options);
  EXPECT_EQ(read.hosts, config.hosts);
  EXPECT_TRUE(read.no_hosts);
  EXPECT_TRUE(read.no_hostname);
}

TEST(Config, KnowsItsModes) {
  for (const char* mode :
       {"", "none", "host", "pasta", "slirp4netns", "private", "container:abc", "ns:/run/x"}) {
    EXPECT_NO_THROW(network::validate(with_mode(mode))) << mode;
  }
}

TEST(Config, SuggestsTheModeThatWasMeant) {
  try {
    network::validate(with_mode("psta"));
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean pasta?"));
  }
}

TEST(Config, RefusesPortsWhereThereCanBeNone) {
  for (const char* mode : {"none", "private", "container:abc"}) {
    Config config = with_mode(mode);
    config.ports = {PortMapping::parse("8080:80")};
    EXPECT_THROW(network::validate(config), base::Error) << mode;
  }
}

TEST(Config, RefusesOnePortForTwo) {
  Config config;
  const auto with = [&](const char* one, const char* other) -> const Config& {
    config.ports = {PortMapping::parse(one), PortMapping::parse(other)};
    return config;
  };

  EXPECT_THROW(network::validate(with("8080:80", "8080:81")), base::Error);
  EXPECT_THROW(network::validate(with("8080:80", "127.0.0.1:8080:81")), base::Error);
  EXPECT_THROW(network::validate(with("8080-8085:80-85", "8085:1")), base::Error);
  EXPECT_NO_THROW(network::validate(with("8080:80", "8080:80/udp")));
  EXPECT_NO_THROW(network::validate(with("127.0.0.1:8080:80", "127.0.0.2:8080:80")));
  EXPECT_NO_THROW(network::validate(with("0.0.0.0:8080:80", "[::]:8080:80")));
  EXPECT_NO_THROW(network::validate(with("80", "80")));
}

TEST(Config, TakesPortsOfTheHostAsTheyAre) {
  Config config = with_mode("host");
  config.ports = {PortMapping::parse("80:80"), PortMapping::parse("81")};
  EXPECT_NO_THROW(network::validate(config));

  config.ports = {PortMapping::parse("8080:80")};
  EXPECT_THROW(network::validate(config), base::Error);
}

TEST(Config, NeedsNoNamespaceWhereItHasSomebodyElses) {
  EXPECT_TRUE(network::needs_namespace(with_mode("")));
  EXPECT_TRUE(network::needs_namespace(with_mode("none")));
  EXPECT_FALSE(network::needs_namespace(with_mode("host")));
  EXPECT_FALSE(network::needs_namespace(with_mode("container:abc")));
}

}  // namespace
