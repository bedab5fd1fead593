#include "pkg/registry/client.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/registry/downloads.hpp"
#include "pkg/registry/http.hpp"
#include "pkg/registry/http_url.hpp"
#include "pkg/registry/session.hpp"
#include "pkg/registry/status.hpp"
#include "pkg/registry/uploads.hpp"

#include <utility>
#include <vector>

namespace registry {
namespace {

constexpr std::size_t kMostDocumentBytes = std::size_t{4} << 20U;

// Schema 1 only for a good error; see oci::parse_manifest.
const std::vector<std::string>& accepted_types() {
  static const std::vector<std::string> kHeaders = {
      "Accept: application/vnd.oci.image.index.v1+json",
      "Accept: application/vnd.oci.image.manifest.v1+json",
      "Accept: application/vnd.docker.distribution.manifest.list.v2+json",
      "Accept: application/vnd.docker.distribution.manifest.v2+json",
      "Accept: application/vnd.docker.distribution.manifest.v1+prettyjws",
      "Accept: application/vnd.docker.distribution.manifest.v1+json",
  };
  return kHeaders;
}

bool is_digest(const std::string& text) {
  return text.find(':') != std::string::npos;
}

// Of a "application/json; charset=utf-8" the first part.
std::string media_type(const Head& head) {
  const std::string text = head.find("content-type").value_or("");
  return base::lower(base::trim(text.substr(0, text.find(';'))));
}

void verify(const oci::Digest& digest, std::string_view bytes) {
  hash::Hasher hasher(digest.algorithm());
  hasher.update(bytes);
  const std::string found = hasher.finish();
  if (found == digest.hex()) return;
  throw base::Error("wrong content: its digest is " + std::string(digest.algorithm()) + ":" +
                    found);
}

// What the registry says it has got, if it does.
void check_digest(const Session& session, const Attempt& attempt, const Answer& answer,
                  std::string_view bytes) {
  const auto found = answer.head.find("docker-content-digest");
  if (!found || !found->starts_with("sha256:")) return;
  const std::string sent = "sha256:" + hash::sha256(bytes);
  if (*found == sent) return;
  throw session.failure(attempt,
                        "the registry says it got " + *found + " where " + sent + " was sent");
}

}  // namespace

struct Client::Impl {
  Impl(const home::Home& home, const oci::Reference& reference, Access access)
      : session(home, reference, std::move(access)) {}

  Session session;
};

Client::Client(const home::Home& home, const oci::Reference& reference, Access access) try
    : impl_(std::make_unique<Impl>(home, reference, std::move(access))) {
} catch (base::Error& error) {
  error.during("registry " + reference.registry());
  throw;
}

Client::~Client() = default;

Document Client::manifest(const std::string& tag_or_digest) {
  const bool by_digest = is_digest(tag_or_digest);
  const std::string name =
      by_digest ? oci::Digest::parse(tag_or_digest).text() : escape_url(tag_or_digest);
  const std::string object = impl_->session.repository() + (by_digest ? "@" : ":") + tag_or_digest;
  Answer answer =
      impl_->session.get("/manifests/" + name, object, accepted_types(), kMostDocumentBytes);
  if (by_digest) {
    try {
      verify(oci::Digest::parse(tag_or_digest), answer.body);
    } catch (const base::Error& error) {
      throw impl_->session.failure({.object = object, .authorization = ""}, error.what());
    }
  }
  return {.bytes = std::move(answer.body), .media_type = media_type(answer.head)};
}

std::string Client::blob(const oci::Descriptor& descriptor) {
  class Collector : public Sink {
   public:
    bool accept(std::string_view bytes) override {
      collected += bytes;
      return true;
    }
    void finish() override {}

    std::string collected;
  };
  const std::string object = impl_->session.repository() + ": blob " + descriptor.digest.text();
  const Attempt attempt = {.object = object, .authorization = ""};
  if (descriptor.size < 0 || descriptor.size > static_cast<std::int64_t>(kMostDocumentBytes)) {
    throw impl_->session.failure(
        attempt, "a size of " + std::to_string(descriptor.size) + " bytes is not what it can have");
  }
  Collector collector;
  const BlobRequest request = {.blob = descriptor, .sink = &collector};
  download(impl_->session, {&request, 1}, {});
  try {
    verify(descriptor.digest, collector.collected);
  } catch (const base::Error& error) {
    throw impl_->session.failure(attempt, error.what());
  }
  return std::move(collector.collected);
}

void Client::fetch(std::span<const BlobRequest> requests, const std::function<void()>& tick) {
  download(impl_->session, requests, tick);
}

std::vector<BlobOutcome> Client::send(std::span<const BlobOffer> offers, const Tick& tick) {
  return upload(impl_->session, offers, tick);
}

void Client::put_manifest(const std::string& tag_or_digest, const Document& document) {
  Session& session = impl_->session;
  const bool by_digest = is_digest(tag_or_digest);
  const std::string name = by_digest ? tag_or_digest : escape_url(tag_or_digest);
  Attempt attempt = {.object = session.repository() + (by_digest ? "@" : ":") + tag_or_digest,
                     .authorization = ""};
  while (true) {
    Request request = session.request("/manifests/" + name, attempt);
    request.method = "PUT";
    request.headers = {"Content-Type: " + document.media_type};
    request.body = document.bytes;
    const Answer answer = session.http().ask(std::move(request), kMostDocumentBytes);
    const bool is_answer = answer.ending.kind == Ending::Kind::Answered;
    const int status = is_answer ? answer.head.status : 0;
    if (status >= 200 && status < 300) {
      check_digest(session, attempt, answer, document.bytes);
      return session.note_contact();
    }
    if (status == 400 || status == 415 || status == 422) {
      throw RefusedManifest(session.failure(attempt, describe(answer)));
    }
    wait_for(session.http(), session.recover(attempt, answer));
  }
}

void Client::wake() {
  impl_->session.http().wake();
}

}  // namespace registry
