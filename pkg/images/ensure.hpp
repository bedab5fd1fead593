#pragma once

#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace images {

// The image a user means: a name (short ones completed, see ShortNames; "localhost/NAME" is tried
// before), a name with digest, or the beginning of an id. Of a manifest list it is the one for this
// host. Nothing when there is none; throws base::Error when an id prefix fits several.
std::optional<storage::Image> find(const home::Home& home, const std::string& text);

// The same, and the complete name it was found by: "" when by id or digest. Only `with_names`
// brings all names of the image along.
struct Found {
  storage::Image image;
  std::string name;
};
std::optional<Found> find_named(const home::Home& home, const std::string& text, bool with_names);

// The complete name of an image that is made here (import, tag, build): without a registry it is
// localhost/NAME:latest, as in podman. Throws base::Error for what is no name.
std::string local_name(const std::string& text);

// Whether a text says a place outside the store rather than a name: "docker-archive:FILE",
// "oci-archive:", "oci:", "dir:". What is refused (containers-storage:) counts as one.
bool has_transport(const std::string& text);

enum class PullPolicy { Missing, Always, Never, Newer };
// "missing", "always", "never", "newer", in Kubernetes' words, too ("IfNotPresent").
PullPolicy parse_pull_policy(const std::string& text);

struct PullOptions {
  PullPolicy policy = PullPolicy::Missing;
  bool quiet = false;
  std::string platform;  // "" for the host's
  std::string auth_file;
  std::string cert_dir;
  std::string creds;
  std::optional<bool> tls_verify;
  std::string retries;      // how often to try again; "": as `pull` does
  std::string retry_delay;  // the same
};

// Finds the image, without its names, or runs `pod-transfer pull` for it: progress goes to standard
// error. Throws base::Error with status 125 when it cannot be had.
Found ensure(const home::Home& home, const std::string& text, const PullOptions& options);

}  // namespace images
