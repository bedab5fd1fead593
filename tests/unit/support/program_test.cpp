#include "tests/support/program.hpp"

#include "tests/support/home.hpp"
#include "tests/support/image.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace support {

TEST(Program, GivesStatusAndBothStreams) {
  const Result result = run({"sh", "-c", "cat; echo wrong >&2; exit 3"}, {}, "input");

  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "input");
  EXPECT_EQ(result.err, "wrong\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(Program, TakesMuchWhileItGivesMuch) {
  const std::string text(3 << 20, 'x');

  EXPECT_EQ(run({"cat"}, {}, text).out.size(), text.size());
}

TEST(Program, EndsWhatTakesTooLong) {
  const Result result = run({"sleep", "20"}, {}, "", 0.1);

  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.status, 128 + SIGKILL);
}

TEST(Program, NoticesWhoKeepsTheOutputOpen) {
  const Result result = run({"sh", "-c", "sleep 1 &"}, {}, "", 0.3);

  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.status, 0);
}

TEST(Program, TalksThroughATerminal) {
  Program program({"sh", "-c", "stty size; read word; echo got $word; read again"},
                  {.terminal = true, .rows = 30, .columns = 100});

  EXPECT_TRUE(program.expect("30 100"));
  program.send("hello\n");
  EXPECT_TRUE(program.expect("got hello"));
  program.send("\x03");
  EXPECT_EQ(program.wait().status, 128 + SIGINT);
}

TEST(Program, ChangesTheEnvironment) {
  const Result result =
      run({"sh", "-c", "echo $ONE ${HOME-unset}"}, {.environment = {{"ONE", "1"}, {"HOME", ""}}});

  EXPECT_EQ(result.line(), "1 unset");
}

TEST(Probe, DoesWhatItIsTold) {
  const Result result =
      run({std::string(PROBE_PROGRAM), "print", "one", "error", "two", "line", "pid", "kill", "15"},
          {}, "text\n");

  EXPECT_EQ(result.out.substr(0, 14), "one\nline text\n");
  EXPECT_EQ(result.err, "two\n");
  EXPECT_EQ(result.status, 128 + SIGTERM);
}

TEST(Probe, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run({std::string(PROBE_PROGRAM), "dance"}).status, 2);
  EXPECT_EQ(run({std::string(PROBE_PROGRAM), "print"}).status, 2);
}

TEST(ImageTar, IsUnderstoodByTar) {
  const Result result = run({"tar", "-tvf", "-"}, {}, make_image_tar());

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_NE(result.out.find("bin/probe"), std::string::npos);
  EXPECT_NE(result.out.find("1000/1000"), std::string::npos);
}

TEST(Descendants, FindsWhoIsLeft) {
  Program program({"sleep", "5"});

  EXPECT_EQ(descendants().size(), 1U);
  program.signal(SIGKILL);
  program.wait();
  EXPECT_TRUE(descendants().empty());
}

}  // namespace support
