#pragma once

#include "pkg/base/error.hpp"
#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/auth.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/registry/http.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// Something that is asked for, as often as it takes.
struct Attempt {
  std::string object;  // for messages: "library/alpine:3", "library/alpine: blob sha256:012345..."
  int failures = 0;    // in a row without progress
  int challenges = 0;
  std::string authorization;  // what was said last
  std::string scheme = {};    // and how
};

// One repository of one registry: where it is, how to get in, and what to do when it fails.
class Session {
 public:
  Session(const home::Home& home, const oci::Reference& reference, Access access);

  Http& http() { return http_; }
  const std::string& repository() const { return repository_; }
  const Patience& patience() const { return access_.patience; }

  // The next request for `path` below the repository: "/manifests/latest".
  Request request(std::string_view path, Attempt& attempt);
  // The same for an address that the registry has given us, which may be relative to `from`. Only
  // where it is the registry's own it gets our credentials. Throws base::Error when it is none that
  // we would go to.
  Request request_at(const std::string& from, const std::string& location, Attempt& attempt);

  // After anything but success: how long to wait before it is worth asking again. Throws the error
  // when it is not.
  std::chrono::milliseconds recover(Attempt& attempt, const Answer& answer);

  // Somebody answered, so a connection that fails later is a mishap rather than a wrong name.
  void note_contact() { is_reached_ = true; }

  // Asks until there is an answer with status 200.
  Answer get(std::string_view path, const std::string& object,
             const std::vector<std::string>& headers, std::size_t limit);

  // The same for a path of the registry: "/v2/_catalog".
  Answer get_at(const std::string& path, const std::string& object,
                const std::vector<std::string>& headers, std::size_t limit);

  // "registry HOST: pull OBJECT: what", or "push".
  base::Error failure(const Attempt& attempt, std::string_view what) const;

 private:
  template <typename Next>
  Answer insist(const Next& next, const Attempt& first, const std::vector<std::string>& headers,
                std::size_t limit);
  bool fall_back(const Attempt& attempt, const Ending& ending);
  void authorize(Attempt& attempt);
  std::string origin() const { return scheme_ + "://" + host_; }
  std::string advice(const Answer& answer) const;

  Access access_;
  std::string registry_;  // as the user says it
  std::string host_;      // as the wire says it
  std::string repository_;
  bool is_loopback_;
  std::string scheme_ = "https";
  bool is_reached_ = false;
  Http http_;
  Auth auth_;
};

}  // namespace registry
