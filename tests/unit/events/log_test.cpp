#include "pkg/events/log.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace {

class EventLog : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = "/tmp/pod-events-XXXXXX";
    home.runtime = ::mkdtemp(path.data());
  }
  void TearDown() override { sys::remove_tree(home.runtime); }

  void note(const std::string& name) const {
    events::note(home, "create", {.type = "volume", .name = name});
  }

  home::Home home;
};

TEST_F(EventLog, IsReadInTheOrderOfWriting) {
  note("one");
  note("two");

  events::Reader reader(home);

  EXPECT_EQ(reader.next()->subject.name, "one");
  EXPECT_EQ(reader.next()->subject.name, "two");
  EXPECT_FALSE(reader.next());
}

TEST_F(EventLog, GoesOnWhileItIsRead) {
  events::Reader reader(home);
  EXPECT_FALSE(reader.next());

  note("one");
  reader.wait(1000);

  EXPECT_EQ(reader.next()->subject.name, "one");
}

TEST_F(EventLog, IsTurnedOverWithoutALoss) {
  events::Reader reader(home);
  const std::string name(1000, 'x');
  int read = 0;

  for (int i = 0; i < 1500; ++i) {
    note(name);
    if (i % 100 == 0) {
      while (reader.next())
        ++read;
    }
  }
  while (reader.next())
    ++read;

  EXPECT_EQ(read, 1500);
  EXPECT_TRUE(sys::exists(home.runtime + "/events.log.1"));
}

TEST_F(EventLog, PassesOverTornLines) {
  note("one");
  sys::write_all(sys::open_file(home.runtime + "/events.log", O_WRONLY | O_APPEND), "{\"half\n");
  note("two");

  events::Reader reader(home);

  EXPECT_EQ(reader.next()->subject.name, "one");
  EXPECT_EQ(reader.next()->subject.name, "two");
}

TEST_F(EventLog, HarmsNobodyWhenItCannotBeWritten) {
  home::Home nowhere;
  nowhere.runtime = "/no/such/folder";

  EXPECT_NO_THROW(events::note(nowhere, "create", {.type = "volume", .name = "x"}));
}

}  // namespace
