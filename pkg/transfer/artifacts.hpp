#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/registry/client.hpp"
#include "storage/artifact_store.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace transfer {

struct ArtifactOptions {
  std::string type;                                // "" for none in particular
  std::string file_type;                           // media type of the files; "" for plain bytes
  std::map<std::string, std::string> annotations;  // of the files
  bool append = false;                             // to the artifact that has the name
  bool replace = false;                            // it
};

// What a file of an artifact is called.
std::string title_of(const oci::Descriptor& file);
std::vector<oci::Descriptor> files_of(const storage::Artifact& artifact);

// By name, or by the beginning of its digest. Throws base::Error when there is none.
storage::Artifact artifact_of(const storage::Layout& layout, const std::string& text);

// All return the digest of the artifact's manifest.
std::string add_artifact(const home::Home& home, const std::string& name,
                         const std::vector<std::string>& files, const ArtifactOptions& options);
// SIGINT and SIGTERM end these two with an error of status 130 or 143; nothing is left then.
std::string pull_artifact(const home::Home& home, const registry::Access& access,
                          const std::string& name);
std::string push_artifact(const home::Home& home, const registry::Access& access,
                          const storage::Artifact& artifact, const std::string& destination);

// Copies its files out: into a folder under their titles, or the only one to a file. Of several one
// can be chosen by title or digest. Throws base::Error when what is here is not what it should be.
struct Choice {
  std::string title;
  std::string digest;
};
void extract_artifact(const storage::Layout& layout, const storage::Artifact& artifact,
                      const std::string& target, const Choice& choice);

}  // namespace transfer
