#include "tests/support/registry.hpp"

#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {
namespace {

int listen_somewhere(int& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* any = &address;
  if (::bind(listener, static_cast<sockaddr*>(any), size) != 0 || ::listen(listener, 64) != 0 ||
      ::getsockname(listener, static_cast<sockaddr*>(any), &size) != 0) {
    throw std::runtime_error("test registry: no port to listen at");
  }
  port = ntohs(address.sin_port);
  return listener;
}

// "/v2/a/b/blobs/sha256:0123?x" after "/blobs/", without what follows "?".
std::string name_after(const std::string& target, const std::string& mark) {
  const std::string path = target.substr(0, target.find('?'));
  return path.substr(path.find(mark) + mark.size());
}

bool send(Stream& stream, const Asked& asked, const Reply& reply) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Said\r\n";
  for (const auto& [name, value] : reply.fields)
    head += name + ": " + value + "\r\n";
  const std::size_t length = reply.claimed_length.value_or(reply.body.size());
  head += "Content-Length: " + std::to_string(length) + "\r\n\r\n";
  if (!stream.write(head)) return false;
  if (asked.method == "HEAD") return true;
  const std::size_t end = std::min(reply.body.size(), reply.cut_after);
  for (std::size_t at = 0; at < end; at += reply.piece) {
    std::this_thread::sleep_for(reply.pause);
    const auto piece = std::string_view(reply.body).substr(at, std::min(reply.piece, end - at));
    if (!stream.write(piece)) return false;
  }
  return end == length;
}

}  // namespace

std::string Asked::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

Registry::Registry(const Authority* authority) : listener_(listen_somewhere(port_)) {
  if (authority != nullptr) {
    context_ = make_server_context(authority->server_certificate(), authority->server_key(),
                                   authority->authority());
  }
  server_ = std::thread([this] { serve(); });
}

Registry::~Registry() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_)
      ::shutdown(socket, SHUT_RDWR);
  }
  server_.join();
  for (std::thread& connection : connections_)
    connection.join();
  ::close(listener_);
  if (context_ != nullptr) SSL_CTX_free(context_);
}

std::string Registry::url() const {
  return (context_ == nullptr ? "http://" : "https://") + host();
}

void Registry::serve() {
  // A client that hangs up must not end the test. Only in this thread and those it makes, so that
  // programs under test do not inherit it.
  sigset_t pipes;
  sigemptyset(&pipes);
  sigaddset(&pipes, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    if (is_closing_) {
      ::close(socket);
      return;
    }
    sockets_.insert(socket);
    connections_.emplace_back([this, socket] { serve_connection(socket); });
  }
}

void Registry::serve_connection(int socket) {
  std::unique_ptr<Stream> stream = Stream::accept(socket, context_);
  if (is_hanging_up_ && stream != nullptr && !stream->has_peer_certificate()) stream.reset();
  Preamble preamble;
  while (stream != nullptr && stream->read_preamble(preamble)) {
    const auto words = base::split(preamble.first, ' ');
    if (words.size() < 2) break;
    Asked asked = {.method = words[0],
                   .target = words[1],
                   .fields = preamble.fields,
                   .body = "",
                   .with_certificate = stream->has_peer_certificate()};
    const auto length = base::parse_integer(asked.field("content-length")).value_or(0);
    asked.body = asked.field("transfer-encoding") == "chunked"
                     ? stream->read_chunks()
                     : stream->read(static_cast<std::size_t>(length));
    if (!send(*stream, asked, answer(asked))) break;
  }
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
  stream.reset();
}

Reply Registry::answer(const Asked& asked) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(asked);
  if (lie_) {
    if (auto reply = lie_(asked)) return *reply;
  }
  if (!authorization_.empty() && asked.field("authorization") != authorization_) {
    Reply reply = refusal(401, "UNAUTHORIZED", "authentication required");
    reply.fields.emplace_back("WWW-Authenticate", challenge_);
    return reply;
  }
  return truth(asked);
}

// Places to upload to are paths with a query, as registries keep their state in one.
Reply Registry::upload(const Asked& asked) {
  const std::string path = asked.target.substr(0, asked.target.find('?'));
  if (asked.method == "POST") {
    const std::string place = path + std::to_string(upload_count_++);
    uploads_[place] = "";
    return {.status = 202, .fields = {{"Location", place + "?_state=a%3Db"}}, .claimed_length = {}};
  }
  const auto found = uploads_.find(path);
  if (found == uploads_.end() || asked.target.find("_state=a%3Db") == std::string::npos) {
    return refusal(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  }
  found->second += asked.body;
  if (asked.method == "PATCH") {
    return {.status = 202, .fields = {{"Location", path + "?_state=a%3Db"}}, .claimed_length = {}};
  }
  const Blob blob = make_blob("application/octet-stream", std::exchange(found->second, ""));
  uploads_.erase(found);
  if (!asked.target.ends_with("&digest=sha256%3A" + blob.digest.substr(7))) {
    return refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  blobs_[blob.digest] = blob;
  return {.status = 201, .fields = {{"Docker-Content-Digest", blob.digest}}, .claimed_length = {}};
}

Reply Registry::take_manifest(const Asked& asked) {
  const Blob manifest = make_blob(asked.field("content-type"), asked.body);
  manifests_[manifest.digest] = manifest;
  manifests_[name_after(asked.target, "/manifests/")] = manifest;
  return {
      .status = 201, .fields = {{"Docker-Content-Digest", manifest.digest}}, .claimed_length = {}};
}

Reply Registry::truth(const Asked& asked) {
  if (asked.target == "/v2/")
    return {.status = 200, .fields = {}, .body = "{}", .claimed_length = {}};
  if (asked.is_upload()) return upload(asked);
  if (asked.is_manifest() && asked.method == "PUT") return take_manifest(asked);
  if (asked.is_manifest()) {
    const auto found = manifests_.find(name_after(asked.target, "/manifests/"));
    if (found == manifests_.end()) return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown");
    return {.status = 200,
            .fields = {{"Content-Type", found->second.media_type},
                       {"Docker-Content-Digest", found->second.digest}},
            .body = found->second.bytes,
            .claimed_length = {}};
  }
  const auto found =
      asked.is_blob() ? blobs_.find(name_after(asked.target, "/blobs/")) : blobs_.end();
  if (found == blobs_.end()) return refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
  return blob(asked, found->second);
}

Reply Registry::blob(const Asked& asked, const Blob& blob) const {
  const std::string range = asked.field("range");
  Reply reply = {.status = 200,
                 .fields = {{"Content-Type", "application/octet-stream"}},
                 .body = blob.bytes,
                 .claimed_length = {}};
  if (!range.starts_with("bytes=")) return reply;
  const auto [first, last] = base::split_once(std::string_view(range).substr(6), '-');
  const auto from = static_cast<std::size_t>(base::parse_integer(first).value_or(0));
  if (from >= blob.bytes.size()) return refusal(416, "RANGE", "no such range");
  reply.status = 206;
  reply.body = blob.bytes.substr(from);
  reply.fields.emplace_back("Content-Range", "bytes " + std::to_string(from) + "-" +
                                                 std::to_string(blob.bytes.size() - 1) + "/" +
                                                 std::to_string(blob.bytes.size()));
  return reply;
}

void Registry::add(const Blob& blob) {
  const std::lock_guard lock(mutex_);
  blobs_[blob.digest] = blob;
}

void Registry::add_manifest(const Blob& manifest, const std::string& tag) {
  const std::lock_guard lock(mutex_);
  manifests_[manifest.digest] = manifest;
  if (!tag.empty()) manifests_[tag] = manifest;
}

void Registry::add(const RegistryImage& image, const std::string& tag) {
  add(image.config);
  for (const Blob& layer : image.layers)
    add(layer);
  add_manifest(image.manifest, tag);
}

std::optional<Blob> Registry::find_blob(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(digest);
  return found == blobs_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Blob> Registry::find_manifest(const std::string& tag_or_digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = manifests_.find(tag_or_digest);
  return found == manifests_.end() ? std::nullopt : std::optional(found->second);
}

void Registry::tell(Lie lie) {
  const std::lock_guard lock(mutex_);
  lie_ = std::move(lie);
}

void Registry::demand(const std::string& authorization, const std::string& challenge) {
  const std::lock_guard lock(mutex_);
  authorization_ = authorization;
  challenge_ = challenge;
}

void Registry::demand_certificate() {
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

std::vector<Asked> Registry::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

std::size_t Registry::count(const std::function<bool(const Asked&)>& is_meant) const {
  const std::vector<Asked> all = asked();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_meant));
}

bool Registry::has_seen(const std::string& text) const {
  return count([&text](const Asked& asked) {
           if (asked.target.find(text) != std::string::npos) return true;
           if (asked.body.find(text) != std::string::npos) return true;
           return std::any_of(asked.fields.begin(), asked.fields.end(), [&text](const auto& field) {
             return field.second.find(text) != std::string::npos;
           });
         }) > 0;
}

Registry::Lie first(int times, std::function<bool(const Asked&)> is_meant, Reply reply) {
  auto left = std::make_shared<int>(times);
  return [left, is_meant = std::move(is_meant),
          reply = std::move(reply)](const Asked& asked) -> std::optional<Reply> {
    if (*left == 0 || !is_meant(asked)) return std::nullopt;
    --*left;
    return reply;
  };
}

Reply refusal(int status, const std::string& code, const std::string& message) {
  const base::Json error = base::Json::object({{"code", code}, {"message", message}});
  return {.status = status,
          .fields = {{"Content-Type", "application/json"}},
          .body = base::Json::object({{"errors", base::Json(base::Json::Array{error})}}).dump(),
          .claimed_length = {}};
}

}  // namespace support
