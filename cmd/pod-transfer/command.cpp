#include "cmd/pod-transfer/command.hpp"

#include "pkg/base/error.hpp"
#include "pkg/events/log.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod_transfer {

int for_each(const std::vector<std::string>& names,
             const std::function<void(const std::string&)>& work) {
  std::string last;
  int status = 0;
  for (const std::string& name : names) {
    try {
      work(name);
    } catch (const base::Error& error) {
      if (!last.empty()) fmt::print(stderr, "pod: {}\n", last);
      last = error.what();
      status = error.status();
      if (status > 128) break;  // a signal means all of it
    }
  }
  if (!last.empty()) throw base::Error(last, status);
  return 0;
}

void note_loaded(const home::Home& home, const std::string& id,
                 const std::vector<std::string>& names) {
  for (const std::string& name : names)
    events::note(home, "loadfromarchive", {.type = "image", .id = id, .name = name});
  if (names.empty()) events::note(home, "loadfromarchive", {.type = "image", .id = id, .name = id});
}

}  // namespace pod_transfer
