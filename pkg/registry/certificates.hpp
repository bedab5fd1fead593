#pragma once

#include "pkg/home/home.hpp"

#include <string>

namespace registry {

// Whom we believe, and who we are, when we speak TLS.
struct Trust {
  std::string authorities;       // PEM text of extra certificate authorities
  std::string system_directory;  // hashed directory of the system's authorities, or
  std::string system_file;       // its bundle, where there is no such directory
  std::string certificate;       // file names of our own certificate and its key; "": none
  std::string key;
  bool is_verified = true;
};

// The system's authorities and those of the registry's folder: `cert_dir` when given, else the
// first of {~/.config/containers,/etc/containers,/etc/docker}/certs.d/HOST[:PORT] that exists. In
// it *.crt are authorities, *.cert with *.key our own. Throws base::Error for a pair that is not
// complete.
Trust find_trust(const home::Home& home, const std::string& registry, const std::string& cert_dir);

}  // namespace registry
