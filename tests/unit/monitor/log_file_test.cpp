#include "pkg/monitor/log_file.hpp"

#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/monitor/folder.hpp"

#include <gmock/gmock.h>

#include <sys/file.h>

namespace {

using monitor::LogFile;
using monitor::Stream;

class Log : public WithFolder {
 protected:
  std::string path() const { return folder + "/ctr.log"; }
  // The lines without their times.
  static std::vector<std::string> lines(const std::string& path) {
    std::vector<std::string> all = base::split(sys::read_file(path), '\n');
    for (std::string& line : all) {
      if (!line.empty()) line = base::split_once(line, ' ').second.value_or("no time");
    }
    return all;
  }
};

using Lines = std::vector<std::string>;

TEST_F(Log, HasALineForEachLine) {
  LogFile log(path(), 0);

  log.write(Stream::Out, "one\ntwo\n");
  log.write(Stream::Err, "three\n");

  EXPECT_EQ(lines(path()), (Lines{"stdout F one", "stdout F two", "stderr F three", ""}));
}

TEST_F(Log, MarksWhatGoesOn) {
  LogFile log(path(), 0);

  log.write(Stream::Out, "on");
  log.write(Stream::Out, "e\n\nrest");

  EXPECT_EQ(lines(path()), (Lines{"stdout P on", "stdout F e", "stdout F ", "stdout P rest", ""}));
}

TEST_F(Log, GoesOnWhereItEnded) {
  LogFile(path(), 0).write(Stream::Out, "one\n");

  LogFile(path(), 0).write(Stream::Out, "two\n");

  EXPECT_EQ(lines(path()), (Lines{"stdout F one", "stdout F two", ""}));
}

TEST_F(Log, IsTurnedOverAtALinesEnd) {
  LogFile log(path(), 60);

  log.write(Stream::Out, std::string(80, 'x'));
  log.write(Stream::Out, "y\n");
  log.write(Stream::Out, "z\n");

  EXPECT_EQ(lines(path() + ".1"), (Lines{"stdout P " + std::string(80, 'x'), "stdout F y", ""}));
  EXPECT_EQ(lines(path()), (Lines{"stdout F z", ""}));
}

TEST_F(Log, IsTurnedOverWithinWhatComesInOnePiece) {
  LogFile log(path(), 60);

  log.write(Stream::Out, std::string(80, 'x') + "\ny\nz");

  EXPECT_EQ(lines(path() + ".1"), (Lines{"stdout F " + std::string(80, 'x'), "stdout F y", ""}));
  EXPECT_EQ(lines(path()), (Lines{"stdout P z", ""}));
}

TEST_F(Log, IsNotTurnedOverWhileTheFormerOneIsRead) {
  LogFile log(path(), 60);
  log.write(Stream::Out, std::string(80, 'x') + "\n");
  sys::Fd reader = sys::open_file(path() + ".1");
  ::flock(reader.get(), LOCK_SH);

  log.write(Stream::Out, std::string(80, 'y') + "\n");
  EXPECT_EQ(lines(path()).size(), 2U);
  reader.reset();
  log.write(Stream::Out, "z\n");

  EXPECT_EQ(lines(path() + ".1").size(), 3U);
}

TEST_F(Log, WaitsForItsReaderAsLongAsThereIsRoom) {
  LogFile log(path(), 60);
  log.write(Stream::Out, std::string(80, 'x') + "\n");
  const sys::Fd reader = sys::open_file(path() + ".1");
  ::flock(reader.get(), LOCK_SH);

  for (int i = 0; i < 100; ++i)
    log.write(Stream::Out, std::string(80, 'y') + "\n");

  EXPECT_EQ(lines(path()).size(), 101U);
  EXPECT_THAT(lines(path() + ".1").front(), testing::EndsWith("x"));
}

TEST_F(Log, IsTurnedOverInTheEndHoweverSlowItsReaderIs) {
  LogFile log(path(), 60, 500);
  log.write(Stream::Out, std::string(80, 'x') + "\n");
  const sys::Fd reader = sys::open_file(path() + ".1");
  ::flock(reader.get(), LOCK_SH);

  for (int i = 0; i < 5; ++i)
    log.write(Stream::Out, std::string(80, 'y') + "\n");

  EXPECT_THAT(lines(path() + ".1").front(), testing::EndsWith("y"));
}

TEST_F(Log, CountsWhatIsThereAlready) {
  LogFile(path(), 0).write(Stream::Out, std::string(80, 'x') + "\n");

  LogFile log(path(), 60);
  log.write(Stream::Out, "y\n");

  EXPECT_TRUE(sys::exists(path() + ".1"));
}

TEST_F(Log, OfNothingWritesNothing) {
  LogFile log;

  EXPECT_NO_THROW(log.write(Stream::Out, "x\n"));
}

TEST_F(Log, LosesWhatAFullDiskDoesNotTake) {
  LogFile log("/dev/full", 0);

  EXPECT_NO_THROW(log.write(Stream::Out, "x\n"));
}

}  // namespace
