#pragma once

#include "pkg/base/error.hpp"
#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/patience.hpp"

#include <cstdint>
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
  bool is_for_push = false;
  // What is done, where it is neither pull nor push: "log in", "search".
  std::string verb = {};
  std::vector<std::string> also_read =
      {};  // repositories of the same registry, to mount blobs from
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
  std::int64_t begin = 0;  // bytes that the sink has from elsewhere; only the rest is asked for
};

// A blob's bytes on their way to a registry, called from within Client::send on the same thread.
class Outgoing {
 public:
  virtual ~Outgoing() = default;
  // As Supply::fill.
  virtual std::optional<std::size_t> fill(std::span<char> buffer) = 0;
  // Of all that was given. Asked for after the end only.
  virtual oci::Digest digest() = 0;
};

// A blob that a repository shall have.
struct BlobOffer {
  // One that would do when the registry has it, here or in one of these repositories.
  struct Known {
    oci::Descriptor blob;
    std::vector<std::string> repositories;
  };
  std::string name;          // for messages
  std::vector<Known> known;  // the best first
  // Begins the bytes from their start; called again when a connection broke. What it makes wakes
  // the client when it has bytes again.
  std::function<std::unique_ptr<Outgoing>()> open;
  std::optional<std::string> bytes;  // of a small one, in place of `open`
};

// What has become of it.
struct BlobOutcome {
  enum class How { Present, Mounted, Sent };
  How how = How::Present;
  oci::Digest digest;
  std::int64_t size = 0;
  std::size_t known = 0;  // which one of them it was; if it was not sent
};

// How far it has come, in the order of the offers.
struct BlobSending {
  std::int64_t sent = 0;
  std::optional<BlobOutcome> outcome;
};

// The registry understands no manifests of this format, or says that this one is wrong.
class RefusedManifest : public base::Error {
 public:
  explicit RefusedManifest(const base::Error& error) : base::Error(error) {}
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
  // sinks, which see every byte from `begin` on once and in order. `tick` is called several times a
  // second.
  void fetch(std::span<const BlobRequest> requests, const std::function<void()>& tick);
  // Brings all blobs into the repository with one event loop: those that are there, or in another
  // repository of the registry, are not sent. `tick` is called several times a second.
  using Tick = std::function<void(std::span<const BlobSending>)>;
  std::vector<BlobOutcome> send(std::span<const BlobOffer> offers, const Tick& tick);
  // By tag or digest text; all that it names must be there. Throws RefusedManifest when the
  // registry does not take it as it is.
  void put_manifest(const std::string& tag_or_digest, const Document& document);

  // From any thread: sinks that had no room are asked again, and `fetch` looks for thrown errors;
  // sources that had no bytes, too.
  void wake();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace registry
