#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/wire.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using ::testing::HasSubstr;

class Network : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    SKIP_FOR(support::why_no_network());
  }

  // The host's namespace of this kind.
  static std::string own(const std::string& kind) {
    return std::filesystem::read_symlink("/proc/self/ns/" + kind).string();
  }

  std::string serve(const std::string& kind, const support::Words& flags) {
    support::Words all = {"run", "-d", "--name", "web"};
    all.insert(all.end(), flags.begin(), flags.end());
    all.insert(all.end(), {image(), "probe", kind, "8080", "answer"});
    return must(all);
  }
};

TEST_F(Network, PublishesTcpPorts) {
  const std::string port = std::to_string(support::free_port());

  serve("tcp", {"-p", port + ":8080"});

  EXPECT_THAT(support::ask_tcp(static_cast<std::uint16_t>(std::stoi(port))), HasSubstr("answer"));
  EXPECT_THAT(must({"ps", "--format", "{{.Ports}}"}), HasSubstr(port + "->8080/tcp"));
  must({"rm", "-f", "-t", "0", "web"});
  EXPECT_FALSE(support::is_listening(static_cast<std::uint16_t>(std::stoi(port))));
  expect_nothing_left();
}

TEST_F(Network, PublishesAtOneAddress) {
  const std::uint16_t port = support::free_port();

  serve("tcp", {"-p", "127.0.0.1:" + std::to_string(port) + ":8080"});

  EXPECT_THAT(support::ask_tcp(port), HasSubstr("answer"));
}

TEST_F(Network, PublishesUdpPorts) {
  const std::uint16_t port = support::free_port();

  serve("udp", {"-p", std::to_string(port) + ":8080/udp"});

  EXPECT_EQ(support::ask_udp(port), "answer");
}

TEST_F(Network, ChoosesAPort) {
  serve("tcp", {"-p", "8080"});

  const std::string ports = must({"ps", "--format", "{{.Ports}}"});
  const std::size_t colon = ports.rfind(':');
  ASSERT_NE(colon, std::string::npos) << ports;
  EXPECT_THAT(support::ask_tcp(static_cast<std::uint16_t>(std::atoi(ports.c_str() + colon + 1))),
              HasSubstr("answer"));
}

TEST_F(Network, NamesThePortThatIsTaken) {
  const std::string port = std::to_string(support::free_port());
  serve("tcp", {"-p", port + ":8080"});
  support::ask_tcp(static_cast<std::uint16_t>(std::stoi(port)));

  const auto second = pod({"run", "--rm", "-p", port + ":8080", image(), "probe", "print", "x"});

  EXPECT_NE(second.status, 0) << second;
  EXPECT_THAT(second.err, HasSubstr(port));
}

TEST_F(Network, WorksWithSlirp4netns) {
  const std::uint16_t port = support::free_port();
  if (support::run({"sh", "-c", "command -v slirp4netns"}).status != 0) {
    GTEST_SKIP() << "slirp4netns is not installed";
  }

  serve("tcp", {"--network", "slirp4netns", "-p", std::to_string(port) + ":8080"});

  EXPECT_THAT(support::ask_tcp(port), HasSubstr("answer"));
}

TEST_F(Network, KnowsTheHostAndItself) {
  const auto result = pod({"run", "--rm", "--hostname", "web", "--add-host", "other:10.1.2.3",
                           image(), "probe", "cat", "/etc/hosts"});

  EXPECT_THAT(result.out, HasSubstr("localhost")) << result;
  EXPECT_THAT(result.out, HasSubstr("host.containers.internal"));
  EXPECT_THAT(result.out, HasSubstr("10.1.2.3\tother"));
  EXPECT_THAT(result.out, HasSubstr("web"));
}

TEST_F(Network, HasResolvers) {
  const auto result = pod({"run", "--rm", "--dns", "10.1.2.3", "--dns-search", "example.com",
                           image(), "probe", "cat", "/etc/resolv.conf"});

  EXPECT_THAT(result.out, HasSubstr("nameserver 10.1.2.3")) << result;
  EXPECT_THAT(result.out, HasSubstr("search example.com"));
}

TEST_F(Network, JoinsAnotherContainers) {
  serve("tcp", {});

  std::string answer;
  for (int tries = 0; tries < 20 && answer.find("answer") == std::string::npos; ++tries) {
    answer = pod({"run", "--rm", "--network", "container:web", image(), "probe", "fetch",
                  "127.0.0.1", "8080"})
                 .out;
  }
  EXPECT_THAT(answer, HasSubstr("answer"));
}

// What is not joined is its own all the same, and never the host's.
TEST_F(Network, JoiningOneNamespaceLeavesTheOthersToTheContainer) {
  must({"run", "-d", "--name", "web", "--network", "none", image(), "probe", "forever"});
  const auto join = [&](const support::Words& flags, const support::Words& probe) {
    support::Words words = {"run", "--rm", "--hostname", "other"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {image(), "probe"});
    words.insert(words.end(), probe.begin(), probe.end());
    return must(words);
  };
  const std::string network = must({"exec", "web", "probe", "ns", "net"});
  const std::string memory = must({"exec", "web", "probe", "ns", "ipc"});

  EXPECT_EQ(join({"--network", "container:web"}, {"ns", "net", "cat", "/proc/sys/kernel/hostname"}),
            network + "\nother");
  EXPECT_NE(join({"--network", "container:web"}, {"ns", "ipc"}), own("ipc"));
  EXPECT_NE(join({"--network", "container:web"}, {"ns", "ipc"}), memory);
  EXPECT_EQ(join({"--ipc", "container:web", "--network", "none"}, {"ns", "ipc"}), memory);
  EXPECT_EQ(join({"--pid", "container:web", "--network", "none"}, {"ls", "/sys/class/net"}), "lo");
}

TEST_F(Network, DiesWithTheMonitor) {
  const std::uint16_t port = support::free_port();
  serve("tcp", {"-p", std::to_string(port) + ":8080"});
  EXPECT_THAT(support::ask_tcp(port), HasSubstr("answer"));

  // Whoever is our direct child now and is neither the container nor its helper is the monitor.
  const std::string parent =
      support::run(
          {"sh", "-c", "ps -o ppid= -p " + must({"inspect", "-f", "{{.State.Pid}}", "web"})})
          .line();
  support::run({"sh", "-c", "kill -9 " + parent});

  EXPECT_TRUE(support::wait_for_no_descendants()) << testing::PrintToString(support::descendants());
  EXPECT_FALSE(support::is_listening(port));
}
