#pragma once

#include "tests/support/podman.hpp"

#include <map>
#include <string>
#include <vector>

namespace support {

// A row of a table of command lines (tests/feature/lines/*.txt):
//
//     COMMAND [<<< INPUT] => STATUS [OUTPUT] [!! ERROR] [## WHY]
//
// OUTPUT and ERROR are extended regular expressions for the whole of standard output, without its
// last line end, and of standard error. Without OUTPUT nothing may be written; ERROR is what pod
// says. WHY is the reason for which podman answers otherwise, and is not asked.
// In a command and in expressions "@ID:NAME@" is a container's or pod's id, "@ID:NAME:4@" the first
// of its letters, and "@DIR@" a folder.
struct Row {
  int number = 0;  // of its line in the file
  std::string command;
  std::string input;
  int status = 0;
  std::string out;
  std::string err;
  bool has_error = false;
  std::string why_not_podman;
};

// Throws std::runtime_error for a line that is not of that form.
std::vector<Row> read_rows(const std::string& path);

// Command lines, each given to pod, and to podman where that works here: the same status and the
// same shape of output from both.
class Lines : public PodmanHome {
 protected:
  void SetUp() override;
  // Of the table of that name; those without a reason against podman go to it if `asks_podman`.
  void expect_all(const std::string& path, bool asks_podman = true);
  // The same of both, and it has to work.
  void do_both(const std::string& command);
  bool has_podman() const { return why_no_podman().empty(); }

 private:
  enum class Tool { Pod, Podman };
  Result give(Tool tool, const std::string& command, const std::string& input) const;
  std::string filled(Tool tool, std::string text) const;
  void expect_row(Tool tool, const Row& row) const;
};

}  // namespace support
