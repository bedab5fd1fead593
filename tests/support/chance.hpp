#pragma once

#include <chrono>
#include <map>
#include <random>
#include <string>

// How much of a test by chance is to be done, and where chance begins: from the environment, see
// tests/README.md.
namespace support {

std::string from_environment(const char* name);  // "" when it is not set
int rounds(int usual);                           // POD_TEST_KILLS
std::mt19937 chance();                           // POD_TEST_KILL_SEED

// Moments in the lives of commands, by what their like took the last time.
class Moments {
 public:
  using milliseconds = std::chrono::milliseconds;

  milliseconds any(const std::string& kind, std::mt19937& random) const;
  void note(const std::string& kind, milliseconds lasted) { lasted_[kind] = lasted; }

 private:
  std::map<std::string, milliseconds> lasted_;
};

}  // namespace support
