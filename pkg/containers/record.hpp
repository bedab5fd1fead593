#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/lock.hpp"

#include <optional>
#include <string>

namespace containers {

// A name for a container or a pod, claimed for `target` ("../containers/<id>"); the two share one
// name space. A claim that a killed process left behind is taken over, be it of something that was
// never made or of a container that has another name. Throws base::Error when the name is no name,
// or in use.
void claim_name(const home::Home& home, const std::string& name, const std::string& target);
// Only if it still leads there.
void release_name(const home::Home& home, const std::string& name, const std::string& target);

// A folder that is being made as PATH.new, locked by its maker, and appears as PATH when published.
// Without that it goes again, with the name: the one given, or one that is made up for "".
class StagedFolder {
 public:
  StagedFolder(const home::Home& home, std::string path, const std::string& name);
  StagedFolder(const StagedFolder&) = delete;
  StagedFolder& operator=(const StagedFolder&) = delete;
  ~StagedFolder();

  const std::string& path() const { return staged_; }
  const std::string& name() const { return name_; }
  void publish();

 private:
  const home::Home& home_;
  std::string final_;
  std::string staged_;
  std::string name_;
  std::string target_;
  std::optional<sys::Lock> lock_;
  bool is_published_ = false;
};

// In the folder of a container with --rm: whether its maker is to start it, too ("run"), or not.
// The maker holds a lock on it until then.
constexpr const char* kPassingName = "passing";

// A record that is there, to be changed, by one at a time.
// Readers see the old one or the new one.
class Amendment {
 public:
  // Waits for others. Throws base::Error when the container is gone.
  Amendment(const home::Home& home, const std::string& id);

  Container& container() { return container_; }  // as it is now
  void publish();

 private:
  const home::Home& home_;
  std::optional<sys::Lock> lock_;
  Container container_;
};

// For those who make members of a pod (shared), or remove it. Nothing when the pod is gone.
std::optional<sys::Lock> hold_pod(const home::Home& home, const std::string& id,
                                  sys::Lock::Mode mode);

oci::Spec load_spec(const home::Home& home, const Container& container);
void save_spec(const home::Home& home, const Container& container, const oci::Spec& spec);

}  // namespace containers
