#include "pkg/transfer/standstill.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"

namespace transfer {
namespace {

void set(const std::string& path, std::string_view value) {
  sys::write_all(sys::open_file(path, O_WRONLY), value);
}

}  // namespace

Standstill::Standstill(const home::Home& home, const containers::Container& container) {
  const containers::State state = containers::state_of(home, container);
  if (!state.is_running() || state.status == containers::Status::Paused) return;
  const std::string path = state.cgroup + "/cgroup.freeze";
  if (state.cgroup.empty() || !sys::exists(path)) {
    throw base::Error("--pause: it has no cgroup (version 2) of its own that could be frozen");
  }
  set(path, "1");
  switch_ = path;
}

Standstill::~Standstill() {
  if (switch_.empty()) return;
  try {
    set(switch_, "0");
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

}  // namespace transfer
