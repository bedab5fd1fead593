#pragma once

#include "pkg/containers/literal.hpp"
#include "pkg/monitor/workload.hpp"
#include "pkg/runtime/launch.hpp"

#include <memory>
#include <string>

namespace containers {

// A container that somebody else's OCI runtime (crun, runc, our own pod-runtime) starts for us, in
// its place. Its process becomes the monitor's child: the runtime's ends after `create`, and the
// monitor takes in orphans meanwhile. Signals, output, exit and `exec` are then as with ours.
class External {
 public:
  struct Where {
    std::string runtime;  // a program's name or path
    std::string id;
    std::string folder;  // of the container, gone after a reboot: the bundle is made there
    std::string state;   // what the runtime gets as --root
  };
  explicit External(Where where) : where_(std::move(where)), places_(where_.folder + "/places") {}
  External(const External&) = delete;
  External& operator=(const External&) = delete;
  ~External();

  // The process is there and waits. Throws base::Error with the runtime's words.
  runtime::Launched launch(const oci::Spec& spec, const Surroundings& around,
                           const monitor::Streams& streams);
  void release();

 private:
  sys::Fd prepare(const oci::Spec& spec, const Surroundings& around);
  std::vector<std::string> words(std::initializer_list<std::string> command) const;
  void call(const std::vector<std::string>& words, const monitor::Streams& streams) const;

  Where where_;
  Places places_;
  bool is_made_ = false;
};

}  // namespace containers
