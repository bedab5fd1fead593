#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// For which image a signature has to have been made, beside saying the same digest.
struct Identity {
  enum class Kind {
    RepositoryDigestOrExact,  // by digest: the same repository; by tag: the same name
    Exact,
    Repository,
    NamedReference,
    NamedRepository,
    Remapped,
  };
  Kind kind = Kind::RepositoryDigestOrExact;
  std::string name;           // of NamedReference and NamedRepository
  std::string prefix;         // Remapped: what our names begin with,
  std::string signed_prefix;  // and what the signed ones do in its place

  // Whether `claimed`, which a signature was made for, will do for `wanted`.
  bool fits(const oci::Reference& wanted, const std::string& claimed) const;
};

// What has to be true of an image.
struct Requirement {
  enum class Kind { Accept, Reject, SimpleSigned, SigstoreSigned };
  Kind kind = Kind::Accept;
  std::vector<std::string> keys;       // SigstoreSigned: PEM; one of them has to fit
  std::vector<std::string> key_files;  // SimpleSigned: keyrings
  Identity identity;
  std::string unsupported;  // a member that asks for more than we can do; then nothing fits
};

// Which images are taken: containers-policy.json(5). Read strictly: what is not understood is an
// error, since it could have been a lock.
class Policy {
 public:
  // `named`, or the user's file, or the system's. Without any of them everything is accepted.
  static Policy read(const home::Home& home, const std::string& named);
  // Throws base::Error "FILE: PATH: what".
  static Policy parse(std::string_view text, const std::string& file);
  // Where `read` would find one; "" for nowhere.
  static std::string find_file(const home::Home& home, const std::string& named);

  // All that have to be true of an image of a registry; those of the most specific scope.
  const std::vector<Requirement>& for_image(const oci::Reference& reference) const;
  // The same for a transport of local files: "docker-archive", "dir".
  const std::vector<Requirement>& for_transport(const std::string& transport) const;

  const std::string& file() const { return file_; }  // "" when there is none

 private:
  using Scopes = std::map<std::string, std::vector<Requirement>>;

  std::string file_;
  std::vector<Requirement> otherwise_ = {Requirement{}};
  std::map<std::string, Scopes> transports_;
};

}  // namespace registry
