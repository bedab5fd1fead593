#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

// Running programs as a user does: with words, an environment, pipes or a terminal, and a limit of
// time, so that a test fails rather than hangs.
namespace support {

struct Result {
  int status = 0;  // as a shell says it; 128 + signal when it was killed
  std::string out;
  std::string err;
  bool timed_out = false;  // it, or somebody who holds its output, was still there at the end

  // Standard output without the last line end: for ids and names.
  std::string line() const;
};
std::ostream& operator<<(std::ostream& stream, const Result& result);

struct Start {
  std::map<std::string, std::string> environment;  // added to ours; "" takes a variable away
  std::string directory;                           // to start in
  bool terminal = false;                           // a terminal of its own instead of pipes
  unsigned short rows = 24;                        // NOLINT(google-runtime-int): struct winsize
  unsigned short columns = 80;                     // NOLINT(google-runtime-int)
};

// A program that runs beside the test. Killed, with its session, when this goes.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words, const Start& start = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t pid() const { return pid_; }
  void send(const std::string& text);
  void close_input();
  // Nobody reads what it says any more; with a terminal: that is gone.
  void close_output();
  void signal(int number) const;
  void resize(unsigned short rows, unsigned short columns) const;  // NOLINT(google-runtime-int)

  // Reads until standard output (with a terminal: what it shows) has `text`, which was not part of
  // an earlier call's answer. False when it did not come in time or the program ended before.
  bool expect(const std::string& text, double seconds = 10);
  // Reads to the end and reaps.
  Result wait(double seconds = 20);

 private:
  void start_pipes(const std::vector<std::string>& words, const Start& start);
  void start_terminal(const std::vector<std::string>& words, const Start& start);
  bool read_some(int timeout_ms);
  void reap(bool wait_for_it);

  pid_t pid_ = 0;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool is_terminal_ = false;
  bool reaped_ = false;
  std::size_t seen_ = 0;
  Result result_;
};

// Reaps what lost its parent and became a child of the test (see Home): as any init does, at any
// time. Programs that somebody waits for are left alone.
void reap_orphans();

// Runs it to its end. `input` is its standard input.
Result run(const std::vector<std::string>& words, const Start& start = {},
           const std::string& input = "", double seconds = 20);

}  // namespace support
