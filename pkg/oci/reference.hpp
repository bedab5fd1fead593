#pragma once

#include "pkg/oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace oci {

// The name a user types, completed: "alpine" is docker.io/library/alpine:latest.
class Reference {
 public:
  // Throws base::Error with the text and what is wrong with it. Also takes "docker://NAME".
  static Reference parse(std::string_view text);

  const std::string& registry() const { return registry_; }      // "docker.io", "localhost:5000"
  const std::string& repository() const { return repository_; }  // "library/alpine"
  const std::string& tag() const { return tag_; }                // "" when a digest names it alone
  const std::optional<Digest>& digest() const { return digest_; }

  std::string name() const { return registry_ + "/" + repository_; }  // without tag and digest
  std::string text() const;                                           // name:tag, name@digest

  friend bool operator==(const Reference&, const Reference&) = default;

 private:
  std::string registry_;
  std::string repository_;
  std::string tag_;
  std::optional<Digest> digest_;
};

}  // namespace oci
