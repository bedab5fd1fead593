// Redirects are followed here and not by libcurl, because an exchange takes more than one header to
// another host: also our client certificate would be shown there, and a redirect from https to http
// has to be an error rather than a choice. Stalls are found here, since libcurl's own detector
// counts the time in which we had no room for more bytes.
#include "pkg/registry/http_transfer.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/http_url.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostRedirects = 10;
// As many bytes as this buy a second of patience, so what trickles at this rate is never cut,
// however unevenly it comes.
constexpr std::int64_t kSlowest = 1024;

// While a registry checks what it got it says nothing, so who sent something has more patience.
constexpr int kPatienceAfterBody = 5;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Ending::Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return Ending::Kind::Answered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return Ending::Kind::Unreachable;
    case CURLE_SSL_CONNECT_ERROR:
      return Ending::Kind::NotTls;
    case CURLE_PEER_FAILED_VERIFICATION:
      return Ending::Kind::Untrusted;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
      return Ending::Kind::Refused;
    default:
      return Ending::Kind::Broken;
  }
}

// The other end has said why it does not go on.
bool is_alert(std::string_view message) {
  return message.find(" alert ") != std::string_view::npos;
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK) throw base::Error(std::string("libcurl: ") + curl_easy_strerror(code));
}

void set(CURL* handle, CURLoption option, const std::string& text) {
  set(handle, option, text.c_str());
}

}  // namespace

Transfer::Transfer(Loop& http, Request request, Receiver& receiver)
    : http_(http), request_(std::move(request)), receiver_(receiver), url_(request_.url) {
  open();
  http_.transfers.push_back(this);
}

Transfer::~Transfer() {
  close();
  std::erase(http_.transfers, this);
}

void Transfer::open() {
  handle_.reset(curl_easy_init());
  if (handle_ == nullptr) throw base::Error("libcurl: no memory for another connection");
  CURL* handle = handle_.get();
  head_ = {};
  head_.is_elsewhere = !is_at_home_;
  set(handle, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(handle, CURLOPT_ERRORBUFFER, error_.data());
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_SHARE, http_.share.get());
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_USERAGENT, "pod/" POD_VERSION);
  set(handle, CURLOPT_BUFFERSIZE, 256L * 1024L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(http_.settings.connect.count()));
  set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(handle, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(handle, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set_address();
  set_trust();
  set_method();
  set_headers();
  renew_patience();
  const CURLMcode code = curl_multi_add_handle(http_.multi.get(), handle);
  if (code != CURLM_OK) throw base::Error(std::string("libcurl: ") + curl_multi_strerror(code));
}

void Transfer::set_address() {
  CURL* handle = handle_.get();
  const Url url = parse_url(url_).value_or(Url{});
  set(handle, CURLOPT_URL, url_);
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_PROXY, http_.proxies.find(url.scheme, url.host, url.port));
  set(handle, CURLOPT_NOPROXY, "");  // asked already
}

void Transfer::set_trust() {
  CURL* handle = handle_.get();
  const Trust& trust = http_.settings.trust;
  server_ = &http_.servers[origin_of(url_)];
  note_certificate_request(handle, *server_);
  set(handle, CURLOPT_SSL_VERIFYPEER, trust.is_verified ? 1L : 0L);
  set(handle, CURLOPT_SSL_VERIFYHOST, trust.is_verified ? 2L : 0L);
  // Not even libcurl's built-in bundle unless it is asked for: see Trust.
  set(handle, CURLOPT_CAINFO, trust.system_file.empty() ? nullptr : trust.system_file.c_str());
  set(handle, CURLOPT_CAPATH,
      trust.system_directory.empty() ? nullptr : trust.system_directory.c_str());
  if (!trust.authorities.empty()) {
    std::string all = trust.authorities;
    curl_blob blob = {all.data(), all.size(), CURL_BLOB_COPY};
    set(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (!trust.certificate.empty() && is_at_home_) {
    set(handle, CURLOPT_SSLCERT, trust.certificate);
    set(handle, CURLOPT_SSLKEY, trust.key);
  }
}

void Transfer::set_headers() {
  headers_.reset();
  const auto add = [this](const std::string& line) {
    curl_slist* list = curl_slist_append(headers_.get(), line.c_str());
    if (list == nullptr) throw base::Error("libcurl: no memory for a header");
    (void)headers_.release();
    headers_.reset(list);
  };
  for (const std::string& line : request_.headers)
    add(line);
  if (is_at_home_ && !request_.authorization.empty()) {
    add("Authorization: " + request_.authorization);
  }
  if (request_.supply != nullptr || request_.body) add("Expect:");    // asks for no "100 Continue"
  if (request_.body && request_.body->empty()) add("Content-Type:");  // and says none of nothing
  set(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
}

// RFC 9110, section 15.4: 307 and 308 keep the method and the body, the others most often mean GET.
std::string Transfer::method_of_this_hop() const {
  if (is_turned_to_get_) return request_.method == "HEAD" ? "HEAD" : "GET";
  if (!request_.method.empty()) return request_.method;
  return request_.form ? "POST" : "GET";
}

void Transfer::set_method() {
  CURL* handle = handle_.get();
  const std::string method = method_of_this_hop();
  if (method == "HEAD") return set(handle, CURLOPT_NOBODY, 1L);
  if (method == "GET") return;
  if (request_.supply != nullptr) {
    set(handle, CURLOPT_UPLOAD, 1L);  // of unknown length: in chunks
    set(handle, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024L);
    set(handle, CURLOPT_READFUNCTION, &Transfer::on_supply);
    set(handle, CURLOPT_READDATA, static_cast<void*>(this));
  } else {
    const std::string body = request_.form ? *request_.form : request_.body.value_or("");
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(handle, CURLOPT_COPYPOSTFIELDS, body.c_str());
  }
  set(handle, CURLOPT_CUSTOMREQUEST, method);
}

void Transfer::close() {
  if (handle_ == nullptr) return;
  curl_multi_remove_handle(http_.multi.get(), handle_.get());
  handle_.reset();
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  try {
    transfer->take_header({bytes, size * count});
    return size * count;
  } catch (...) {
    transfer->http_.keep_first(std::current_exception());
    return 0;
  }
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  try {
    return transfer->take_body({bytes, size * count});
  } catch (...) {
    transfer->http_.keep_first(std::current_exception());
    return 0;
  }
}

std::size_t Transfer::on_supply(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  try {
    return transfer->give_body({bytes, size * count});
  } catch (...) {
    transfer->http_.keep_first(std::current_exception());
    return CURL_READFUNC_ABORT;
  }
}

void Transfer::take_header(std::string_view line) {
  if (has_begun_) return;  // a trailer
  line = base::trim(line);
  if (line.starts_with("HTTP/")) {
    const auto words = base::split(line, ' ');
    head_.status =
        static_cast<int>(words.size() > 1 ? base::parse_integer(words[1]).value_or(0) : 0);
    head_.fields.clear();
    return;
  }
  if (line.empty()) {
    server_->has_answered = true;
    if (head_.status < 200 || is_redirect(head_.status)) return;
    has_begun_ = true;
    receiver_.begin(head_);
    return;
  }
  const auto [name, value] = base::split_once(line, ':');
  head_.fields.emplace_back(base::lower(base::trim(name)), base::trim(value.value_or("")));
}

std::size_t Transfer::take_body(std::string_view bytes) {
  if (!has_begun_) return bytes.size();  // what a redirect says to people
  if (!receiver_.accept(bytes)) {
    is_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  note_bytes(bytes.size());
  return bytes.size();
}

std::size_t Transfer::give_body(std::span<char> buffer) {
  const std::optional<std::size_t> count = request_.supply->fill(buffer);
  if (!count) {
    is_paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  note_bytes(*count);
  return *count;
}

void Transfer::resume() {
  if (!is_paused_ || handle_ == nullptr) return;
  is_paused_ = false;
  renew_patience();
  curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
}

std::chrono::milliseconds Transfer::patience() const {
  const bool has_body = request_.supply != nullptr || request_.body;
  return http_.settings.stall * (has_body ? kPatienceAfterBody : 1);
}

void Transfer::renew_patience() {
  patience_ends_ = Clock::now() + patience();
}

void Transfer::note_bytes(std::size_t count) {
  const std::chrono::milliseconds bought(static_cast<std::int64_t>(count) * 1000 / kSlowest);
  patience_ends_ = std::min(patience_ends_ + bought, Clock::now() + patience());
}

void Transfer::check_stall() {
  if (handle_ == nullptr || is_paused_ || Clock::now() < patience_ends_) return;
  close();
  receiver_.end(
      {.kind = Ending::Kind::Broken,
       .message = "less than 1 KiB/s came for " + std::to_string(patience().count() / 1000) + " s",
       .retry_after = {}});
}

void Transfer::finish(CURLcode code) {
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &retry_after);
  Ending ending = {.kind = kind_of(code),
                   .message = describe(code),
                   .retry_after = std::chrono::seconds(retry_after)};
  if (lacks_certificate(code)) {
    ending.kind = is_alert(ending.message) ? Ending::Kind::Refused : Ending::Kind::Broken;
    ending.message = "it wants a client certificate: put NAME.cert and NAME.key into certs.d";
  }
  close();
  if (http_.failure != nullptr) return;
  if (ending.kind == Ending::Kind::Answered && is_redirect(head_.status)) {
    try {
      if (follow()) return;
    } catch (const base::Error& error) {
      ending = {.kind = Ending::Kind::Refused, .message = error.what(), .retry_after = {}};
    }
  }
  receiver_.end(ending);
}

// False when the answer that looks like a redirect leads nowhere and is to be taken as it is.
bool Transfer::follow() {
  const auto location = head_.find("location");
  if (!location) {
    receiver_.begin(head_);
    return false;
  }
  const std::string next = resolve_url(url_, *location);
  const auto from = parse_url(url_);
  const auto to = parse_url(next);
  if (next.empty() || !from || !to || (to->scheme != "https" && to->scheme != "http")) {
    throw base::Error("redirect to what is no http address");
  }
  if (from->scheme == "https" && to->scheme == "http") {
    throw base::Error("redirect to " + origin_of(next) + ", out of https");
  }
  if (++hops_ > kMostRedirects) throw base::Error("too many redirects");
  if (request_.supply != nullptr) throw base::Error("redirect of an upload");
  // Forms hold secrets that are for whom they were addressed to.
  const bool keeps_method = (head_.status == 307 || head_.status == 308) && !request_.form;
  is_turned_to_get_ = is_turned_to_get_ || !keeps_method;
  base::log::debug("redirect from {} to {}", origin_of(url_), origin_of(next));
  is_at_home_ = is_at_home_ && *from == *to;  // and once away, away for good
  url_ = next;
  open();
  return true;
}

// What ends right after the handshake in which a certificate was asked for, ends for want of it.
bool Transfer::lacks_certificate(CURLcode code) const {
  if (!server_->asks_for_certificate || server_->has_answered) return false;
  return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
         code == CURLE_GOT_NOTHING;
}

std::string Transfer::describe(CURLcode code) const {
  if (code == CURLE_OK) return "";
  long number = 0;  // NOLINT(google-runtime-int): libcurl's word
  curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &number);
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "no such host";
  if (code == CURLE_COULDNT_RESOLVE_PROXY) return "no such host: the proxy's";
  if (code == CURLE_COULDNT_CONNECT && number != 0) {
    return "cannot connect: " + base::describe_errno(static_cast<int>(number));
  }
  if (code == CURLE_PARTIAL_FILE) return "the connection ended too early";
  if (code == CURLE_GOT_NOTHING) return "the connection ended without an answer";
  std::string text = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  constexpr std::string_view kVerbose = "SSL certificate problem: ";
  if (text.starts_with(kVerbose)) text.replace(0, kVerbose.size(), "certificate: ");
  return text;
}

}  // namespace registry
