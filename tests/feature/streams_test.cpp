// Much of it: what is piped in, said, attached to and kept comes whole and in order, whoever is
// slow, and whoever goes early leaves nothing behind.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

using support::Words;
using ::testing::HasSubstr;

namespace {

constexpr long kLines = 2'000'000;  // of 48 bytes: a hundred megabytes
constexpr std::size_t kHundredMegabytes = 100'000'000;

// The numbers of "line 000000017 ..." as they come; "" when they are 1 to `last`, else where not.
std::string where_out_of_order(std::istream& text, long last) {
  long expected = 1;
  for (std::string line; std::getline(text, line); ++expected) {
    long number = 0;
    if (line.starts_with("line ")) std::from_chars(line.data() + 5, line.data() + 14, number);
    if (number != expected) return "after " + std::to_string(expected - 1) + ": " + line;
  }
  return expected == last + 1 ? "" : "ends after " + std::to_string(expected - 1);
}

std::string where_out_of_order(const std::string& text, long last) {
  std::istringstream stream(text);
  return where_out_of_order(stream, last);
}

class Streams : public support::Home {
 protected:
  // `pod` in a line of the host's shell.
  support::Result shell(const std::string& line, double seconds = 100) const {
    support::Start one = start();
    one.environment["POD"] = support::pod_program();
    return support::run({"sh", "-c", line}, one, "", seconds);
  }

  std::string big_file() const {
    std::string text(kHundredMegabytes, '\0');
    std::uint32_t state = 1;
    for (char& byte : text) {
      state = state * 1664525U + 1013904223U;
      byte = static_cast<char>(state >> 24U);
    }
    return write("big", text);
  }

  std::string file_is_in_order(const std::string& name, long last) const {
    std::ifstream file(root() + "/" + name);
    return where_out_of_order(file, last);
  }

  bool is_soon_alone() const { return support::wait_for_no_descendants(10); }
};

}  // namespace

TEST_F(Streams, PassAHundredMegabytesIn) {
  const std::string name = image();
  big_file();
  must({"run", "-d", "--name", "web", "--network", "none", name, "probe", "forever"});

  const auto run =
      shell("$POD run --rm -i --network none " + name + " probe read <big | cmp - big");
  const auto exec = shell("$POD exec -i web probe read <big | cmp - big");

  EXPECT_EQ(run.status, 0) << run;
  EXPECT_EQ(exec.status, 0) << exec;
}

TEST_F(Streams, PassAHundredMegabytesOutAndKeepThem) {
  const auto run = shell("$POD run --name web --network none " + image() + " probe count " +
                         std::to_string(kLines) + " >out");
  const auto logs = shell("$POD logs web >logged");

  EXPECT_EQ(run.status, 0) << run;
  EXPECT_EQ(logs.status, 0) << logs;
  EXPECT_EQ(file_is_in_order("out", kLines), "");
  EXPECT_EQ(file_is_in_order("logged", kLines), "");
}

TEST_F(Streams, LoseNoLineWhenTheLogIsTurnedOver) {
  for (const std::string driver : {"k8s-file", "json-file"}) {
    start_probe({"wait", "count", std::to_string(kLines / 2)},
                {"--name", "web", "--log-driver", driver, "--log-opt", "max-size=1m"});
    // One is quick, one reads nothing for a while, one comes late.
    support::Start in_shell = start();
    in_shell.environment["POD"] = support::pod_program();
    support::Program quick({"sh", "-c", "$POD logs -f web | tail -n +2 >quick"}, in_shell);
    support::Program slow({"sh", "-c", "$POD logs -f web | (sleep 1; tail -n +2 >slow)"}, in_shell);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));

    must({"kill", "--signal", "USR1", "web"});
    EXPECT_EQ(quick.wait(60).status, 0);
    EXPECT_EQ(slow.wait(60).status, 0);

    std::ifstream file(root() + "/quick");
    std::string first;
    std::getline(file, first);
    EXPECT_EQ(first, "signal 10");
    EXPECT_EQ(where_out_of_order(file, kLines / 2), "");
    std::ifstream other(root() + "/slow");
    std::getline(other, first);
    EXPECT_EQ(where_out_of_order(other, kLines / 2), "");
    must({"rm", "-f", "-t", "0", "web"});
  }
}

// What is left of a log that was turned over is its end, without a gap.
TEST_F(Streams, ShowTheEndOfALogThatWasTurnedOver) {
  must({"run", "--name", "web", "--network", "none", "--log-opt", "max-size=100k", image(), "probe",
        "count", "50000"});

  const std::string text = must({"logs", "web"});
  const std::size_t lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;

  EXPECT_GT(lines, 1000U);
  EXPECT_LT(lines, 10000U);
  EXPECT_TRUE(text.starts_with("line 0000" + std::to_string(50000 - lines + 1)));
  EXPECT_THAT(text, ::testing::EndsWith("line 000050000 of what is to be read in order"));
  EXPECT_EQ(must({"logs", "--tail", "1", "web"}), "line 000050000 of what is to be read in order");
}

TEST_F(Streams, KeepOutputAndErrorsApart) {
  const auto run = probe({"both", "20000"}, {"--name", "web"});

  EXPECT_EQ(where_out_of_order(run.out, 20000), "");
  EXPECT_EQ(where_out_of_order(run.err, 20000), "");

  must({"run", "-d", "--name", "kept", "--network", "none", image(), "probe", "both", "20000"});
  must({"wait", "kept"});
  const auto logs = pod({"logs", "kept"});
  EXPECT_EQ(where_out_of_order(logs.out, 20000), "");
  EXPECT_EQ(where_out_of_order(logs.err, 20000), "");
}

// Who is attached and does not read makes the container wait; nobody loses anything by it.
TEST_F(Streams, WaitForWhoIsSlow) {
  const auto run = shell("$POD run --name web --network none " + image() +
                         " probe count 200000 | (sleep 1; cat) >out");
  must({"wait", "web"});

  EXPECT_EQ(run.status, 0) << run;
  EXPECT_EQ(file_is_in_order("out", 200000), "");
  EXPECT_EQ(where_out_of_order(must({"logs", "web"}), 200000), "");
}

TEST_F(Streams, GoOnWhenWhoWasSlowIsKilled) {
  start_probe({"wait", "count", "200000"}, {"--name", "web"});
  support::Program attach(words({"attach", "web"}), start());
  ASSERT_TRUE(support::run({"sleep", "0.2"}).status == 0);
  attach.signal(SIGSTOP);
  must({"kill", "--signal", "USR1", "web"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));

  attach.signal(SIGKILL);
  EXPECT_EQ(must({"wait", "web"}), "0");

  const std::string logged = must({"logs", "web"});
  EXPECT_EQ(where_out_of_order(logged.substr(logged.find("line")), 200000), "");
}

TEST_F(Streams, EndWithTheirReader) {
  const std::string name = image();
  const std::string run = "$POD run --network none ";

  const auto removed =
      shell(run + "--rm -v /anonymous " + name + " probe flood 1000000000 | head -c 1");
  EXPECT_EQ(removed.out, "x");
  expect_nothing_left();
  EXPECT_EQ(must({"volume", "ls", "-q"}), "");

  // As with podman, one that is to stay stays.
  const auto kept = shell(run + "--name web " + name + " probe flood 50000000 forever | head -c 1");
  EXPECT_EQ(kept.out, "x");
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
  EXPECT_EQ(shell("$POD logs web | head -c 1").out, "x");
  EXPECT_EQ(shell("$POD exec web probe flood 1000000000 | head -c 1").out, "x");
  EXPECT_EQ(must({"exec", "web", "probe", "print", "x"}), "x");
  must({"rm", "-f", "-t", "0", "web"});
  EXPECT_TRUE(is_soon_alone());
}

// The reader of the pipe has its end when the container lets go: nobody of ours holds it.
TEST_F(Streams, ThatAreHandedOnAreTheContainersAlone) {
  SKIP_FOR(support::why_no_shell());
  write("question", "who?");
  const std::string run = "\"$POD\" run --network none --preserve-fds 2 ";
  const std::string command = image() + " sh -c 'cat <&3; echo me >&4; exec 3<&- 4>&-; ";

  const auto attached =
      shell(run + "--rm " + command + "true' 3<" + root() + "/question 4>" + root() + "/answer");
  EXPECT_EQ(attached.status, 0) << attached;
  EXPECT_EQ(attached.out, "who?");
  EXPECT_EQ(shell("cat " + root() + "/answer").out, "me\n");

  const auto piped = shell(
      run + "--detach --name web " + command + "sleep 100' 3</dev/null 4>&1 " + ">/dev/null | cat",
      20);
  EXPECT_EQ(piped.out, "me\n") << piped;
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");

  EXPECT_THAT(shell(run + image() + " true 3</dev/null").err,
              HasSubstr("descriptor 4 is not open"));
  EXPECT_THAT(shell(run + "--pod new:some " + image() + " true 3</dev/null 4>&1").err,
              HasSubstr("--preserve-fds: not in a pod"));
}
