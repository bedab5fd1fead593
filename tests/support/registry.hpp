#pragma once

#include "tests/support/registry_authority.hpp"
#include "tests/support/registry_image.hpp"
#include "tests/support/registry_stream.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace support {

// What a client asked for.
struct Asked {
  std::string method;
  std::string target;  // "/v2/a/b/blobs/sha256:...?x=y"
  Fields fields;
  std::string body;
  bool with_certificate = false;  // the client showed one of its own

  std::string field(const std::string& name) const;  // "" when it is missing
  bool is_blob() const { return target.find("/blobs/") != std::string::npos; }
  bool is_upload() const { return target.find("/blobs/uploads/") != std::string::npos; }
  bool is_manifest() const { return target.find("/manifests/") != std::string::npos; }
};

// What it gets.
struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::optional<std::size_t> claimed_length;  // in Content-Length; else the true one
  std::size_t cut_after = std::numeric_limits<std::size_t>::max();  // bytes, then it hangs up
  std::size_t piece = std::size_t{1} << 20U;                        // bytes at a time
  std::chrono::milliseconds pause{0};                               // before each piece
};

// A registry on a free port of this machine, in threads of the test. It says the truth unless it
// was told a lie, and remembers what it was asked.
class Registry {
 public:
  // A lie is asked first for every request, one at a time; when it has nothing to say, the truth is
  // told.
  using Lie = std::function<std::optional<Reply>(const Asked&)>;

  // Plain HTTP when there is no authority.
  explicit Registry(const Authority* authority);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  int port() const { return port_; }
  std::string host() const { return "localhost:" + std::to_string(port_); }
  std::string url() const;

  void add(const Blob& blob);
  // Manifests are found by their digest and by `tag`, whatever the repository.
  void add_manifest(const Blob& manifest, const std::string& tag = "");
  void add(const RegistryImage& image, const std::string& tag = "");

  void tell(Lie lie);
  // Lets nobody in without this Authorization header. The challenge is what they are told.
  void demand(const std::string& authorization, const std::string& challenge);

  // Nor without a client certificate.
  void demand_certificate();
  // The same, but hangs up without a word.
  void hang_up_on_strangers() { is_hanging_up_ = true; }

  // What was pushed; nothing when there is no such blob or manifest.
  std::optional<Blob> find_blob(const std::string& digest) const;
  std::optional<Blob> find_manifest(const std::string& tag_or_digest) const;

  std::vector<Asked> asked() const;
  std::size_t count(const std::function<bool(const Asked&)>& is_meant) const;
  // Whether any request had this text anywhere in its target, header or body.
  bool has_seen(const std::string& text) const;

 private:
  void serve();
  void serve_connection(int socket);
  Reply answer(const Asked& asked);
  Reply truth(const Asked& asked);
  Reply upload(const Asked& asked);
  Reply take_manifest(const Asked& asked);
  Reply blob(const Asked& asked, const Blob& blob) const;

  SSL_CTX* context_ = nullptr;
  int port_ = 0;
  int listener_;
  std::thread server_;
  mutable std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::set<int> sockets_;
  bool is_closing_ = false;
  std::atomic<bool> is_hanging_up_ = false;
  std::map<std::string, Blob> blobs_;           // by digest
  std::map<std::string, Blob> manifests_;       // by digest and by tag
  std::map<std::string, std::string> uploads_;  // what has come so far, by path
  int upload_count_ = 0;
  Lie lie_;
  std::string authorization_;
  std::string challenge_;
  std::vector<Asked> asked_;
};

// A lie for the first `times` requests that are meant.
Registry::Lie first(int times, std::function<bool(const Asked&)> is_meant, Reply reply);

// The registry's way to say an error.
Reply refusal(int status, const std::string& code, const std::string& message);

}  // namespace support
