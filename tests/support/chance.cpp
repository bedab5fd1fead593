#include "tests/support/chance.hpp"

#include <cstdlib>

namespace support {

std::string from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? text : "";
}

int rounds(int usual) {
  const std::string wish = from_environment("POD_TEST_KILLS");
  return wish.empty() ? usual : std::stoi(wish);
}

std::mt19937 chance() {
  const std::string seed = from_environment("POD_TEST_KILL_SEED");
  return std::mt19937(seed.empty() ? 20260101 : std::stoul(seed));
}

Moments::milliseconds Moments::any(const std::string& kind, std::mt19937& random) const {
  const auto known = lasted_.find(kind);
  const auto longest = known != lasted_.end() ? known->second : milliseconds(150);
  return milliseconds(random() % static_cast<unsigned long>(longest.count() + 5));
}

}  // namespace support
