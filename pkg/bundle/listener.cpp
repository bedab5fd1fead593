#include "pkg/bundle/listener.hpp"

#include "pkg/base/error.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/socket.hpp"

namespace bundle {

constexpr int kPatience = 10;  // seconds

Listener Listener::connect(const seccomp::Filter& filter) {
  auto socket = sys::connect_stream(filter.listener_path, kPatience);
  if (!socket) throw base::Error("listenerPath " + filter.listener_path + ": nobody listens there");
  return {std::move(*socket), sys::memory_file("")};
}

std::string Listener::message(const seccomp::Filter& filter, const base::Json& state, pid_t pid) {
  base::Json json = base::Json::object({{"ociVersion", oci::kSpecVersion},
                                        {"fds", std::vector<std::string>{"seccompFd"}},
                                        {"pid", static_cast<std::int64_t>(pid)}});
  if (!filter.listener_metadata.empty()) json["metadata"] = filter.listener_metadata;
  json["state"] = state;
  return json.dump();
}

}  // namespace bundle
