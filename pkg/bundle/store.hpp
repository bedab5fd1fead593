#pragma once

#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/sys/process.hpp"

#include <string>
#include <vector>

namespace bundle {

// runtime-spec, runtime.md, "State"; Paused is ours.
enum class Status { Creating, Created, Running, Paused, Stopped };
std::string status_word(Status status);

// What is remembered of a container.
struct Container {
  std::string id;
  std::string folder;  // <root>/<id>
  std::string bundle;  // absolute
  std::string rootfs;  // absolute
  std::string owner;   // who made it
  base::Time created = 0;
  sys::ProcessName process;  // its first; none while it is being made
  std::string cgroup;        // "" for none of its own
  std::string cgroup_top;    // the uppermost that was made for it

  std::string gate() const { return folder + "/gate"; }
  std::string report() const { return folder + "/report"; }
  std::string config() const { return folder + "/config.json"; }

  // As it was when the container was made.
  oci::Spec spec() const;
  void save() const;
};

// Asked of the processes and cgroups that there are.
Status status_of(const Container& container);

// The state as hooks and callers get it. `pid` 0: none.
base::Json state_json(const Container& container, const oci::Spec& spec, Status status, pid_t pid);

// A name for a container that no path and no option is taken for. Throws base::Error.
void check_id(const std::string& id);

// The container is claimed by making its folder; removed again unless kept.
class Claim {
 public:
  // Throws base::Error when there is such a container.
  Claim(const std::string& root, const std::string& id);
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  ~Claim();

  const std::string& folder() const { return folder_; }
  void keep() { is_kept_ = true; }

 private:
  std::string folder_;
  bool is_kept_ = false;
};

// Where containers are when nobody says: in $XDG_RUNTIME_DIR/pod/runtime.
std::string default_root();

// Throws base::Error when there is none of that name.
Container load(const std::string& root, const std::string& id);
// All, by id.
std::vector<Container> load_all(const std::string& root);

// Who changes a container's state is alone with it.
sys::Lock lock(const Container& container);

}  // namespace bundle
