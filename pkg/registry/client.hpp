#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/patience.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// How a registry is spoken to; flags of pull, push, login.
struct Access {
  std::string creds;      // "user:password"; "": from the auth files
  std::string auth_file;  // "": the usual places
  std::string cert_dir;   // "": the certs.d folders
  // Not given: verified, but a registry on this very machine may do without TLS. False: neither is
  // asked for.
  std::optional<bool> tls_verify;
  Patience patience;
  // credential-helpers of registries.conf; none: only the auth files.
  std::vector<std::string> credential_helpers = {};
};

struct Document {
  std::string bytes;
  std::string media_type;
};

// Takes a blob's bytes as they arrive, called from within Client::fetch on the same thread.
class Sink {
 public:
  virtual ~Sink() = default;
  // False: no room now; the same bytes are offered again after Client::wake(). Throws to give up.
  virtual bool accept(std::string_view bytes) = 0;
  // All bytes were accepted and their number is right.
  virtual void finish() = 0;
};

struct BlobRequest {
  oci::Descriptor blob;
  Sink* sink = nullptr;
};

// One repository of one registry. Transport, authentication, retries with back-off, resumption by
// range and redirects are its own affair; credentials never go to another host. Throws base::Error
// that names the registry, the object and the step.
class Client {
 public:
  Client(const home::Home& home, const oci::Reference& reference, Access access);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // By tag or digest text; digests are verified, size bounded (4 MiB).
  Document manifest(const std::string& tag_or_digest);
  // Small blobs (configurations): verified, size bounded (4 MiB).
  std::string blob(const oci::Descriptor& descriptor);
  // All at once with one event loop, most important first. Sizes are checked here, digests by the
  // sinks, which see every byte once and in order. `tick` is called several times a second.
  void fetch(std::span<const BlobRequest> requests, const std::function<void()>& tick);
  // From any thread: sinks that had no room are asked again, and `fetch` looks for thrown errors.
  void wake();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace registry
