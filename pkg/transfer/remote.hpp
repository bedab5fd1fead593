#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <string>

namespace transfer {

// A manifest or index that was found in a registry, and the way to what it names.
struct Remote {
  oci::Reference reference;  // its name in the world, whoever gave it
  std::unique_ptr<registry::Client> client;
  registry::Document document;
};

// The first of all names and mirrors that has it. Throws base::Error with what all of them said.
Remote open_remote(const home::Home& home, const registry::Access& access, const std::string& text);

// A blob's bytes as they come from a registry, which is asked by a thread of its own. The digest is
// not verified here.
std::unique_ptr<tar::Source> fetch_source(std::unique_ptr<registry::Client> client,
                                          const oci::Descriptor& blob);

// Brings a manifest of one repository, and all blobs that it names, into another. `client` is for
// the destination, `from` has been opened by digest or tag; what `document` says is put under its
// digest.
class RemoteCopy {
 public:
  RemoteCopy(const home::Home& home, registry::Access source, registry::Client& destination,
             const oci::Reference& there);

  // From the repository `from`; the manifest and, where it is an index, all that it lists.
  void copy(const oci::Reference& from, const std::string& digest);

 private:
  registry::Access access_for(const oci::Reference& from) const;
  void copy_blobs(const oci::Reference& from, const base::Json& manifest);

  const home::Home& home_;
  registry::Access given_;
  registry::Access source_;
  registry::Client& destination_;
  oci::Reference there_;
};

}  // namespace transfer
