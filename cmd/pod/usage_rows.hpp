#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/usage.hpp"
#include "pkg/home/home.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

// What `stats` and `pod stats` have in common.
namespace pod {

// The texts that both show of what a container uses: "12.50%", "1.2MB / 16GB" ...
struct UsageTexts {
  std::string processor;
  std::string processor_since_start;
  std::string processor_time;
  std::string memory;
  std::string memory_binary;
  std::string memory_share;
  std::string network;
  std::string disk;
  std::string processes;
};

// Measures containers again and again: what they use of the processors is told for the time since
// the last look, at the first for all since their start.
class UsageWatch {
 public:
  explicit UsageWatch(const home::Home& home) : home_(home) {}

  struct Sample {
    containers::Usage usage;
    double processor = 0;              // per cent of one processor
    double processor_since_start = 0;  // the same
    UsageTexts texts;
  };
  Sample look(const containers::Container& container);

 private:
  const home::Home& home_;
  std::map<std::string, containers::Usage> last_;  // by id
};

// Shows the table once, or again and again at an interval: on a terminal in place of the one
// before, unless told otherwise. A table is made when it is shown.
struct UsageShow {
  bool once = false;
  bool keep = false;  // --no-reset
  std::int64_t interval = 5;
};
void show_usage(const UsageShow& how, const std::function<std::string()>& make_table);

}  // namespace pod
