#pragma once

#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"

#include <map>
#include <optional>
#include <string>

namespace events {

// What something happened to.
struct Subject {
  std::string type;  // "container", "image", "pod", "volume", "secret", "system"
  std::string id;
  std::string name;
  std::string image;                              // of a container
  std::string pod;                                // id of the pod that it is in
  std::map<std::string, std::string> attributes;  // a container's or a pod's labels
};

// Something that happened, in podman's words: "create", "start", "died" ...
struct Event {
  base::Time time = 0;  // 0: when it is noted
  std::string status;
  Subject subject;
  std::optional<int> exit_code;  // of "died" and "exec_died"
  bool oom_killed = false;
  std::string health_status;  // of "health_status"
  std::string health_log;     // what the check said, when that was asked for

  // On disk and for `--format json`: podman's members. Throws base::Error for another object.
  static Event parse(const base::Json& json);
  base::Json json() const;
  // podman's line for people: "TIME container died 0123456789ab (image=..., name=...)".
  std::string text(bool whole) const;
};

}  // namespace events
