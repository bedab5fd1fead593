#pragma once

#include "pkg/events/event.hpp"

#include <map>
#include <string>
#include <vector>

namespace events {

// Which events are wanted: container, event, image, label, pod, type, volume. The same key ORs,
// except label, different keys AND. docker's words for events (die, destroy, oom) are known.
class Filter {
 public:
  // Each "KEY=VALUE". Throws base::Error for another form or an unknown key.
  explicit Filter(const std::vector<std::string>& texts);

  bool fits(const Event& event) const;

 private:
  std::map<std::string, std::vector<std::string>> wanted_;
};

}  // namespace events
