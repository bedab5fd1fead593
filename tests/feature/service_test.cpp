// --sdnotify and --systemd: a container that is a service's, and one whose first process is an
// init.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstddef>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

namespace {

// In place of systemd.
class ServiceManager {
 public:
  // "@" in front of the path: a name that is in no folder.
  explicit ServiceManager(const std::string& path) : path_(path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path[0], path.c_str(), path.size());
    if (path.starts_with('@')) address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // NOLINTNEXTLINE: as bind(2) wants it
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0) << path;
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager() { ::close(socket_); }

  const std::string& path() const { return path_; }

  // The next message, with spaces for line ends; "" when there is none in time.
  std::string hear(int milliseconds = 10000) const {
    pollfd poll{socket_, POLLIN, 0};
    if (::poll(&poll, 1, milliseconds) <= 0) return "";
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    std::string text(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    for (char& c : text)
      c = c == '\n' ? ' ' : c;
    return text;
  }

 private:
  std::string path_;
  int socket_ = -1;
};

class Service : public support::Home {
 protected:
  void run(const ServiceManager& manager, const support::Words& flags,
           const support::Words& command) {
    support::Words all = {"run", "--detach", "--name", "web", "--network", "none"};
    all.insert(all.end(), flags.begin(), flags.end());
    all.push_back(image());
    all.insert(all.end(), command.begin(), command.end());
    support::Start where = start();
    where.environment["NOTIFY_SOCKET"] = manager.path();
    const auto result = support::run(words(all), where);
    EXPECT_EQ(result.status, 0) << result;
  }
  void TearDown() override {
    pod({"rm", "--force", "--time", "0", "--ignore", "web"});
    Home::TearDown();
  }
};

}  // namespace

TEST_F(Service, IsReadyWhenItRunsIfItsMonitorSaysSo) {
  for (const std::string& path : {root() + "/notify", "@pod-test-" + std::to_string(::getpid())}) {
    const ServiceManager manager(path);

    run(manager, {"--sdnotify", "conmon"}, {"probe", "forever"});

    EXPECT_THAT(manager.hear(), MatchesRegex("MAINPID=[0-9]+ READY=1")) << path;
    must({"rm", "--force", "--time", "0", "web"});
  }
}

TEST_F(Service, IsReadyWhenItsHealthCheckSaysSo) {
  const ServiceManager manager(root() + "/notify");

  run(manager,
      {"--sdnotify", "healthy", "--health-cmd", R"(["probe","print","fine"])", "--health-interval",
       "50ms"},
      {"probe", "forever"});

  EXPECT_THAT(manager.hear(), MatchesRegex("MAINPID=[0-9]+"));
  EXPECT_EQ(manager.hear(), "READY=1");
  EXPECT_EQ(manager.hear(300), "");
}

TEST_F(Service, IsLeftAloneWhenAsked) {
  const ServiceManager manager(root() + "/notify");

  run(manager, {"--sdnotify", "ignore"}, {"probe", "forever"});

  EXPECT_EQ(manager.hear(300), "");
}

TEST_F(Service, SaysItselfThatItIsReady) {
  const ServiceManager manager(root() + "/notify");

  run(manager, {"--user", "1"},
      {"probe", "notify", "READY=1,MAINPID=of-the-container,STATUS=here", "forever"});

  std::string said = manager.hear() + manager.hear();
  if (said.starts_with("READY")) said = said.substr(said.find("MAINPID")) + said;
  EXPECT_THAT(said, MatchesRegex("MAINPID=[0-9]+.*READY=1 STATUS=here .*"));
  EXPECT_THAT(said, Not(HasSubstr("of-the-container")));
}

TEST_F(Service, RefusesOtherWords) {
  EXPECT_THAT(pod({"run", "--sdnotify", "never", image(), "probe"}).err,
              HasSubstr("--sdnotify=never: expected one of container, conmon, healthy, ignore"));
  EXPECT_THAT(pod({"run", "--systemd", "maybe", image(), "probe"}).err,
              HasSubstr("--systemd=maybe: expected one of true, false, always"));
}

TEST_F(Service, AnInitHasPlacesToWriteTo) {
  start_probe({"forever"}, {"--name", "web", "--systemd", "always"});

  const std::string mounts = must({"exec", "web", "probe", "cat", "/proc/self/mountinfo"});
  for (const char* place : {" /run ", " /run/lock ", " /tmp ", " /var/log/journal "})
    EXPECT_THAT(mounts, HasSubstr(place));
  EXPECT_EQ(must({"inspect", "-f", "{{.Config.SystemdMode}} {{.Config.StopSignal}}", "web"}),
            "true SIGRTMIN+3");
  EXPECT_EQ(must({"exec", "web", "probe", "env", "container_uuid"}),
            must({"inspect", "-f", "{{.Id}}", "web"}).substr(0, 32));
}

TEST_F(Service, AnOrdinaryCommandIsNoInit) {
  start_probe({"forever"}, {"--name", "web"});

  EXPECT_EQ(must({"inspect", "-f", "{{.Config.SystemdMode}} {{.Config.StopSignal}}", "web"}),
            "false SIGTERM");
}
