#pragma once

#include "pkg/sys/child.hpp"
#include "tests/support/registry_authority.hpp"
#include "tests/support/registry_image.hpp"

#include <memory>
#include <string>

namespace support {

// "" when Debian's docker-registry can run here, else the reason to skip for.
std::string why_no_docker_registry();

// Debian's docker-registry over TLS on a free port of this machine. It ends with the test.
class DockerRegistry {
 public:
  static constexpr auto kUser = "tester";
  static constexpr auto kPassword = "a:secret";

  // Everything it needs and keeps lies below `folder`. With basic authentication when wanted.
  DockerRegistry(const std::string& folder, const Authority& authority, bool with_login = false);

  int port() const { return port_; }
  std::string host() const { return "localhost:" + std::to_string(port_); }

  // As `docker push` does it, by plain calls.
  void push(const std::string& repository, const std::string& tag, const RegistryImage& image);
  void push_manifest(const std::string& repository, const std::string& name, const Blob& manifest);

 private:
  struct Call {
    std::string method;
    std::string target;
    std::string type;
    std::string body;
  };
  // The status, and the Location of the answer.
  std::pair<int, std::string> ask(const Call& call);
  void require(const Call& call, int status);
  void push_blob(const std::string& repository, const Blob& blob);

  std::string ca_file_;
  bool with_login_;
  int port_;
  sys::Child child_;
};

}  // namespace support
