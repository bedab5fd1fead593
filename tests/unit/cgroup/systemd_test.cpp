// A process that answers in systemd's place.
#include "pkg/cgroup/systemd.hpp"

#include "pkg/base/error.hpp"
#include "pkg/cgroup/bus_message.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): texts with zeros
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uid_t kUser = 1234;

class Systemd : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/pod-systemd-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    ::setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
    sys::make_dirs(folder_ + "/systemd");
  }
  void TearDown() override { sys::remove_tree(folder_); }

  // Says `greeting` after the first bytes, `answer` after the next; keeps what it has heard.
  void answer(const std::string& greeting, const std::string& answer) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ + "/systemd/private";
    std::memcpy(&address.sun_path[0], path.c_str(), path.size() + 1);
    const sys::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // NOLINTNEXTLINE: as bind(2) wants it
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    const pid_t pid = ::fork();
    if (pid == 0) converse(listener, greeting, answer);
    server_ = sys::Child(pid);
  }
  std::string heard() {
    server_.wait();
    return sys::read_file(folder_ + "/heard");
  }

 private:
  [[noreturn]] void converse(const sys::Fd& listener, const std::string& greeting,
                             const std::string& answer) {
    const sys::Fd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 4096> bytes{};
    std::string heard;
    for (const std::string& words : {greeting, answer}) {
      const ssize_t count = ::read(client.get(), bytes.data(), bytes.size());
      heard.append(bytes.data(), static_cast<std::size_t>(count > 0 ? count : 0));
      (void)!::write(client.get(), words.data(), words.size());
    }
    sys::create_file(folder_ + "/heard", heard);
    ::_exit(0);
  }

  std::string folder_;
  sys::Child server_;
};

const std::string kWelcome = "OK 0123456789abcdef\r\n";
const std::string kSignal = "l\4\1\1\4\0\0\0\2\0\0\0\0\0\0\0abcd"s;
const std::string kDone = "l\2\1\1\0\0\0\0\3\0\0\0\0\0\0\0"s;
const std::string kRefusal = "l\3\1\1\x8\0\0\0\3\0\0\0\5\0\0\0\1\2\3\4\5\0\0\0\3\0\0\0no!\0"s;

TEST_F(Systemd, IsAskedAsTheUserWithoutTheirBus) {
  answer(kWelcome, kSignal + kDone);

  cgroup::attach_to_unit(kUser, "pod-a.scope", "/monitor");

  const std::string words = heard();
  EXPECT_THAT(words, StartsWith("\0AUTH EXTERNAL 31323334\r\nBEGIN\r\nl\1\0\1"s));
  EXPECT_THAT(words, HasSubstr("/org/freedesktop/systemd1\0"s));
  EXPECT_THAT(words, HasSubstr("AttachProcessesToUnit\0"s));
  EXPECT_THAT(words, HasSubstr("\xb\0\0\0pod-a.scope\0\x8\0\0\0/monitor\0"s));
}

TEST_F(Systemd, SaysWhyItRefuses) {
  answer(kWelcome, kRefusal);

  try {
    cgroup::move_into_scope(kUser, "pod-a.scope");
    FAIL() << "nothing thrown";
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "systemd refuses: no!");
  }
}

TEST_F(Systemd, MayNotLetUsIn) {
  answer("REJECTED EXTERNAL\r\n", "");

  EXPECT_THROW(cgroup::move_into_scope(kUser, "pod-a.scope"), base::Error);
}

TEST_F(Systemd, MayEndInTheMiddle) {
  answer(kWelcome, kDone.substr(0, 7));

  EXPECT_THROW(cgroup::attach_to_unit(kUser, "pod-a.scope", "/monitor"), base::Error);
}

TEST_F(Systemd, MayBeMissing) {
  EXPECT_EQ(cgroup::systemd_socket(kUser), "");
  EXPECT_THROW(cgroup::move_into_scope(kUser, "pod-a.scope"), base::Error);
}

}  // namespace
