// What distribution-spec calls pushing a blob, in the steps that all registries know from Docker:
// is it there, can it be mounted from a neighbour, else POST for a place, PATCH with the bytes in
// chunks (their number is not known before they are compressed), PUT with the digest.
#include "pkg/registry/upload.hpp"

#include "pkg/base/text.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/registry/http_url.hpp"

#include <algorithm>
#include <utility>

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostMounts = 3;  // neighbours that are asked for a blob
constexpr std::size_t kMostErrorBytes = std::size_t{64} << 10U;

}  // namespace

Upload::Upload(Session& session, const BlobOffer& offer)
    : session_(session),
      offer_(offer),
      attempt_{.object = session.repository() + ": " + offer.name, .authorization = ""},
      known_(offer.known) {
  for (std::size_t i = 0; i < known_.size(); ++i) {
    for (const std::string& repository : known_[i].repositories) {
      if (repository != session.repository() && places_.size() < kMostMounts) {
        places_.push_back({.known = i, .repository = repository});
      }
    }
  }
  if (known_.empty()) after_look();
}

Request Upload::look() {
  Request request = session_.request("/blobs/" + known_[looked_].blob.digest.text(), attempt_);
  request.method = "HEAD";
  return request;
}

Request Upload::mount() {
  const Place& place = places_[mounted_];
  Request request = session_.request(
      "/blobs/uploads/?mount=" + escape_url(known_[place.known].blob.digest.text()) +
          "&from=" + escape_url(place.repository),
      attempt_);
  request.method = "POST";
  request.body = "";
  return request;
}

Request Upload::begin_upload() {
  has_started_sending_ = true;
  Request request = session_.request("/blobs/uploads/", attempt_);
  request.method = "POST";
  request.body = "";
  return request;
}

Request Upload::send() {
  has_started_sending_ = true;
  sent_ = 0;
  outgoing_ = offer_.open();
  Request request = session_.request_at(url_, location_, attempt_);
  request.method = "PATCH";
  request.headers = {"Content-Type: application/octet-stream"};
  request.supply = this;
  return request;
}

Request Upload::finish() {
  if (offer_.bytes) {
    digest_ = oci::Digest::sha256(hash::sha256(*offer_.bytes));
    sent_ = static_cast<std::int64_t>(offer_.bytes->size());
  } else if (!digest_) {
    digest_ = outgoing_->digest();
  }
  outgoing_.reset();
  Request request = session_.request_at(url_, location_, attempt_);
  request.url += request.url.find('?') == std::string::npos ? "?" : "&";
  request.url += "digest=" + escape_url(digest_->text());
  request.method = "PUT";
  request.headers = {"Content-Type: application/octet-stream"};
  request.body = offer_.bytes.value_or("");
  return request;
}

Request Upload::next_request() {
  switch (step_) {
    case Step::Look:
      return look();
    case Step::Mount:
      return mount();
    case Step::Begin:
      return begin_upload();
    case Step::Send:
      return send();
    case Step::Finish:
    case Step::Done:
      break;
  }
  return finish();
}

void Upload::start() {
  Request request = next_request();
  url_ = request.url;
  answer_ = {};
  has_ended_ = false;
  exchange_ = session_.http().start(std::move(request), *this);
}

std::optional<std::size_t> Upload::fill(std::span<char> buffer) {
  const std::optional<std::size_t> count = outgoing_->fill(buffer);
  sent_ += static_cast<std::int64_t>(count.value_or(0));
  return count;
}

void Upload::begin(const Head& head) {
  answer_.head = head;
  session_.note_contact();
}

bool Upload::accept(std::string_view bytes) {
  const std::size_t room = kMostErrorBytes - std::min(kMostErrorBytes, answer_.body.size());
  answer_.body += bytes.substr(0, room);
  return true;
}

void Upload::end(const Ending& ending) {
  answer_.ending = ending;
  has_ended_ = true;
}

void Upload::judge_if_ended() {
  if (!has_ended_ || exchange_ == nullptr) return;
  exchange_.reset();
  judge(answer_.ending.kind == Ending::Kind::Answered ? answer_.head.status : 0);
}

void Upload::judge(int status) {
  switch (step_) {
    case Step::Look:
      return judge_look(status);
    case Step::Mount:
      return judge_mount(status);
    case Step::Begin:
      if (status != 202 && status != 201) return recover();
      take_location(true);
      step_ = offer_.bytes ? Step::Finish : Step::Send;
      return;
    case Step::Send:
      if (status != 202 && status != 201 && status != 204) return recover();
      take_location(false);
      step_ = Step::Finish;
      return;
    case Step::Finish:
      return judge_finish(status);
    case Step::Done:
      return;
  }
}

void Upload::judge_look(int status) {
  const bool is_missing = status == 404 || status == 405 || status == 501;
  if (status != 200 && !is_missing) return recover();
  const oci::Descriptor& blob = known_[looked_].blob;
  const auto length = base::parse_integer(answer_.head.find("content-length").value_or(""));
  const bool fits = !length || blob.size < 0 || *length == blob.size;
  if (status == 200 && fits) {
    return settle(
        {.how = looked_ < offer_.known.size() ? BlobOutcome::How::Present : BlobOutcome::How::Sent,
         .digest = blob.digest,
         .size = length.value_or(blob.size),
         .known = looked_});
  }
  if (++looked_ == known_.size()) after_look();
}

void Upload::after_look() {
  step_ = mounted_ < places_.size() ? Step::Mount : Step::Begin;
  if (step_ == Step::Begin && !location_.empty()) {
    step_ = offer_.bytes ? Step::Finish : Step::Send;
  }
}

// 202 means that the registry could not mount it and has opened an ordinary upload instead. That we
// may not read over there is no error either.
void Upload::judge_mount(int status) {
  if (status == 0 || status == 401) {
    try {
      return recover();
    } catch (const base::Error&) {
      if (status == 0) throw;
      attempt_.challenges = 0;
    }
  }
  if (status == 202) take_location(true);
  if (status == 201) {
    const std::size_t known = places_[mounted_].known;
    return settle({.how = BlobOutcome::How::Mounted,
                   .digest = known_[known].blob.digest,
                   .size = known_[known].blob.size,
                   .known = known});
  }
  ++mounted_;
  after_look();
}

void Upload::judge_finish(int status) {
  if (status != 201 && status != 204) return recover();
  const auto found = answer_.head.find("docker-content-digest");
  if (found && !found->empty() && *found != digest_->text()) {
    throw session_.failure(
        attempt_, "the registry says it got " + *found + " where " + digest_->text() + " was sent");
  }
  settle({.how = BlobOutcome::How::Sent, .digest = *digest_, .size = sent_});
}

void Upload::take_location(bool is_needed) {
  const auto found = answer_.head.find("location");
  if (found && !found->empty()) {
    Attempt plain = attempt_;
    location_ = session_.request_at(url_, *found, plain).url;
  } else if (is_needed) {
    throw session_.failure(attempt_, "the registry does not say where to send it");
  }
}

void Upload::settle(BlobOutcome outcome) {
  outcome_ = std::move(outcome);
  step_ = Step::Done;
  outgoing_.reset();
}

void Upload::recover() {
  not_before_ = Clock::now() + session_.recover(attempt_, answer_);
  if (step_ >= Step::Begin) start_over();
}

// The answer may have been lost on its way, and the blob be there.
void Upload::start_over() {
  location_.clear();
  outgoing_.reset();
  has_started_sending_ = false;
  step_ = Step::Begin;
  if (!digest_) return;
  known_.push_back({.blob = {.media_type = "",
                             .digest = *digest_,
                             .size = sent_,
                             .urls = {},
                             .annotations = {},
                             .platform = {}},
                    .repositories = {}});
  looked_ = known_.size() - 1;
  digest_.reset();
  step_ = Step::Look;
}

}  // namespace registry
