#pragma once

#include "pkg/base/json.hpp"
#include "tests/support/program.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace support {

using Words = std::vector<std::string>;

// The programs under test: $POD_BUILD, or the folder they were built in; below it bin/ and
// libexec/pod/.
std::string pod_program();
std::string transfer_program();

// A home of its own for each test: data, runtime, cache and configuration folders below one
// temporary folder. When the test is over, everything in it is removed with `pod`, and then nothing
// of ours may be left: no process (whoever loses its parent becomes a child of the test), no mount,
// no record, no name.
class Home : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  const std::string& root() const { return root_; }
  std::string data() const { return root_ + "/data/pod"; }
  std::string runtime() const { return root_ + "/run/pod"; }

  // The variables that put a program into this home.
  Start start() const;
  Words words(const Words& arguments) const;

  // `pod ARGUMENTS...`, to its end.
  Result pod(const Words& arguments, const std::string& input = "", double seconds = 20) const;
  // The same where it has to work: its standard output, without the last line end.
  std::string must(const Words& arguments, const std::string& input = "") const;
  // What /bin/probe does in a container of its own that is removed afterwards, without network:
  // `pod run --rm --network none FLAGS... IMAGE probe WORDS...`.
  Result probe(const Words& words, const Words& flags = {});
  // A container in the background that runs /bin/probe; its id.
  std::string start_probe(const Words& words, const Words& flags = {});

  // One object of `inspect`'s array.
  base::Json inspect(const std::string& name) const;

  // The image that tests run, made at its first use: /bin/probe, users, and busybox with its shell
  // where that is installed. Entry point and command: none.
  std::string image();

  // A file below the test's folder.
  std::string write(const std::string& name, const std::string& text) const;

  // Nothing but images is here: no process, mount, record, name, writable layer or thing in the
  // making.
  void expect_nothing_left() const;

 private:
  std::string root_;
  std::string image_;
};

// Processes below this one, as "pid command line"; the test's own running programs are among them.
std::vector<std::string> descendants();

// Of this process's mounts, those whose line names the folder.
std::vector<std::string> mounts_below(const std::string& folder);

// Waits until `descendants` is empty.
bool wait_for_no_descendants(double seconds = 5);

}  // namespace support
