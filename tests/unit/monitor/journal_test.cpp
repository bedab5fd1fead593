#include "pkg/monitor/journal.hpp"

#include "tests/unit/monitor/folder.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace {

using monitor::Journal;
using monitor::Stream;
using testing::HasSubstr;
using testing::Not;

class JournalEntries : public WithFolder {
 protected:
  void SetUp() override {
    WithFolder::SetUp();
    listen();
  }
  std::string path() const { return folder + "/journal"; }
  // As journald does at its start.
  void listen() {
    ::unlink(path().c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(&address.sun_path[0], path().c_str(), sizeof address.sun_path - 1);
    socket_ = sys::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const void* plain = &address;
    ::bind(socket_.get(), static_cast<const sockaddr*>(plain), sizeof address);
  }
  std::string entry() const {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    return count < 0 ? "none" : std::string(bytes.data(), static_cast<std::size_t>(count));
  }
  Journal journal() const {
    return Journal({.id = std::string(64, 'a'), .name = "web", .tag = "t"}, path());
  }

 private:
  sys::Fd socket_;
};

TEST_F(JournalEntries, AreALineEach) {
  Journal journal = this->journal();

  journal.write(Stream::Out, "one\ntwo");
  journal.write(Stream::Err, "three\n");

  EXPECT_EQ(entry(), "MESSAGE=one\nPRIORITY=6\nCONTAINER_ID=aaaaaaaaaaaa\nCONTAINER_ID_FULL=" +
                         std::string(64, 'a') +
                         "\nCONTAINER_NAME=web\nCONTAINER_TAG=t\nSYSLOG_IDENTIFIER=t\n");
  const std::string second = entry();
  EXPECT_THAT(second, HasSubstr("MESSAGE=two\n"));
  EXPECT_THAT(second, HasSubstr("CONTAINER_PARTIAL_MESSAGE=true\n"));
  EXPECT_THAT(entry(), HasSubstr("MESSAGE=three\nPRIORITY=3\n"));
}

TEST_F(JournalEntries, GoOnWhenTheJournalWasRestarted) {
  Journal journal = this->journal();
  listen();

  journal.write(Stream::Out, "one\n");

  EXPECT_THAT(entry(), HasSubstr("MESSAGE=one\n"));
}

TEST_F(JournalEntries, AreLostWhereNobodyListens) {
  Journal journal({.id = "a", .name = "web", .tag = ""}, folder + "/nobody");

  EXPECT_NO_THROW(journal.write(Stream::Out, "one\n"));
}

}  // namespace
