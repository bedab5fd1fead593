// The only door of libcurl.
//
// Redirects are followed here and not by libcurl, because an exchange takes more than one header to
// another host: also our client certificate would be shown there, and a redirect from https to http
// has to be an error rather than a choice. Stalls are found here, since libcurl's own detector
// counts the time in which we had no room for more bytes.
#include "pkg/registry/http.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/proxy.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <exception>

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostRedirects = 10;
constexpr std::int64_t kSlowest = 1024;  // bytes a second

// Three of libcurl's handles are plain `void` to C++, so their owners differ by how they end.
template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* handle) const {
    (void)kFree(handle);
  }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

using Easy = Owned<CURL, curl_easy_cleanup>;
using Multi = Owned<CURLM, curl_multi_cleanup>;
using Share = Owned<CURLSH, curl_share_cleanup>;
using UrlHandle = Owned<CURLU, curl_url_cleanup>;
using HeaderList = Owned<curl_slist, curl_slist_free_all>;
using Text = Owned<char, curl_free>;

struct Url {
  std::string scheme;
  std::string host;
  int port = 0;

  friend bool operator==(const Url&, const Url&) = default;
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  const Text owner(text);
  return text;
}

std::optional<Url> parse_url(const std::string& text) {
  const UrlHandle url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return Url{.scheme = base::lower(part_of(url.get(), CURLUPART_SCHEME)),
             .host = base::lower(part_of(url.get(), CURLUPART_HOST)),
             .port = static_cast<int>(base::parse_integer(port).value_or(0))};
}

// Where `location` leads when it is read on the page `from`; "" when it is no address.
std::string resolve(const std::string& from, const std::string& location) {
  const UrlHandle url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, from.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return "";
  }
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return part_of(url.get(), CURLUPART_URL);
}

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

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK) throw base::Error(std::string("libcurl: ") + curl_easy_strerror(code));
}

void set(CURL* handle, CURLoption option, const std::string& text) {
  set(handle, option, text.c_str());
}

struct Library {
  Library() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

class Transfer;

// What the exchanges share.
struct Loop {
  Http::Settings settings;
  Proxies proxies = Proxies::read();
  Share share;
  Multi multi;  // before `share` in the order of farewell
  std::vector<Transfer*> transfers;
  std::atomic<bool> is_woken = false;
  std::exception_ptr failure;

  bool settle();
  void offer_again();
  void find_stalls();
};

// libcurl calls back into this; what is thrown there must not unwind through libcurl, so it is kept
// for `turn`.
class Transfer : public Exchange {
 public:
  Transfer(Loop& http, Request request, Receiver& receiver);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() override;

  void finish(CURLcode code);
  void resume();
  void check_stall();

 private:
  void open();
  void set_address();
  void set_trust();
  void set_headers();
  void close();
  bool follow();
  void end(Ending ending);
  void take_header(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  void restart_stall_window();
  std::string describe(CURLcode code) const;

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);

  Loop& http_;
  Request request_;
  Receiver& receiver_;
  std::string url_;  // of this hop
  bool is_at_home_ = true;
  int hops_ = 0;
  Easy handle_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_ = {};
  Head head_;
  bool has_begun_ = false;
  bool is_paused_ = false;
  Clock::time_point window_start_;
  std::int64_t window_bytes_ = 0;
};

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
  set_headers();
  restart_stall_window();
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
  if (request_.form && hops_ == 0) {
    set(handle_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.form->size()));
    set(handle_.get(), CURLOPT_COPYPOSTFIELDS, request_.form->c_str());
  }
  set(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
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
    transfer->http_.failure = std::current_exception();
    return 0;
  }
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  try {
    return transfer->take_body({bytes, size * count});
  } catch (...) {
    transfer->http_.failure = std::current_exception();
    return 0;
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
  window_bytes_ += static_cast<std::int64_t>(bytes.size());
  return bytes.size();
}

void Transfer::resume() {
  if (!is_paused_ || handle_ == nullptr) return;
  is_paused_ = false;
  restart_stall_window();
  curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
}

void Transfer::restart_stall_window() {
  window_start_ = Clock::now();
  window_bytes_ = 0;
}

void Transfer::check_stall() {
  if (handle_ == nullptr || is_paused_) return;
  const auto stall = http_.settings.stall;
  if (window_bytes_ * 1000 >= kSlowest * stall.count()) return restart_stall_window();
  if (Clock::now() - window_start_ < stall) return;
  close();
  end({.kind = Ending::Kind::Broken,
       .message = "nothing came for " + std::to_string(stall.count() / 1000) + " s",
       .retry_after = {}});
}

void Transfer::finish(CURLcode code) {
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &retry_after);
  Ending ending = {.kind = kind_of(code),
                   .message = describe(code),
                   .retry_after = std::chrono::seconds(retry_after)};
  close();
  if (http_.failure != nullptr) return;
  if (ending.kind == Ending::Kind::Answered && is_redirect(head_.status)) {
    try {
      if (follow()) return;
    } catch (const base::Error& error) {
      ending = {.kind = Ending::Kind::Refused, .message = error.what(), .retry_after = {}};
    }
  }
  end(std::move(ending));
}

// False when the answer that looks like a redirect leads nowhere and is to be taken as it is.
bool Transfer::follow() {
  const auto location = head_.find("location");
  if (!location) {
    receiver_.begin(head_);
    return false;
  }
  const std::string next = resolve(url_, *location);
  const auto from = parse_url(url_);
  const auto to = parse_url(next);
  if (next.empty() || !from || !to || (to->scheme != "https" && to->scheme != "http")) {
    throw base::Error("redirect to what is no http address");
  }
  if (from->scheme == "https" && to->scheme == "http") {
    throw base::Error("redirect to " + origin_of(next) + ", out of https");
  }
  if (++hops_ > kMostRedirects) throw base::Error("too many redirects");
  base::log::debug("redirect from {} to {}", origin_of(url_), origin_of(next));
  is_at_home_ = is_at_home_ && *from == *to;  // and once away, away for good
  url_ = next;
  open();
  return true;
}

void Transfer::end(Ending ending) {
  receiver_.end(ending);
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

// Tells the ended transfers so; true when there were some.
bool Loop::settle() {
  bool is_some = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    static_cast<Transfer*>(static_cast<void*>(self))->finish(code);
    is_some = true;
  }
  return is_some;
}

void Loop::offer_again() {
  if (!is_woken.exchange(false)) return;
  const std::vector<Transfer*> all = transfers;
  for (Transfer* transfer : all)
    transfer->resume();
}

void Loop::find_stalls() {
  const std::vector<Transfer*> all = transfers;
  for (Transfer* transfer : all)
    transfer->check_stall();
}

}  // namespace

struct Http::Impl : Loop {};

Http::Http(Settings settings) : impl_(std::make_unique<Impl>()) {
  static const Library kLibrary;
  impl_->settings = std::move(settings);
  impl_->share.reset(curl_share_init());
  impl_->multi.reset(curl_multi_init());
  if (impl_->share == nullptr || impl_->multi == nullptr) throw base::Error("libcurl: no memory");
  curl_share_setopt(impl_->share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

Http::~Http() = default;

std::unique_ptr<Exchange> Http::start(Request request, Receiver& receiver) {
  return std::make_unique<Transfer>(*impl_, std::move(request), receiver);
}

void Http::turn(std::chrono::milliseconds wait) {
  impl_->offer_again();
  int running = 0;
  curl_multi_perform(impl_->multi.get(), &running);
  const bool is_settled = impl_->settle();
  impl_->find_stalls();
  if (impl_->failure != nullptr) {
    std::rethrow_exception(std::exchange(impl_->failure, nullptr));
  }
  if (is_settled || impl_->is_woken) return;
  curl_multi_poll(impl_->multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
}

void Http::wake() {
  impl_->is_woken = true;
  curl_multi_wakeup(impl_->multi.get());
}

namespace {

class Collector : public Receiver {
 public:
  explicit Collector(std::size_t limit) : limit_(limit) {}

  void begin(const Head& head) override { answer_.head = head; }
  bool accept(std::string_view bytes) override {
    is_too_long_ = is_too_long_ || answer_.body.size() + bytes.size() > limit_;
    if (!is_too_long_) answer_.body += bytes;
    return true;
  }
  void end(const Ending& ending) override {
    answer_.ending = ending;
    is_done_ = true;
  }

  bool is_done() const { return is_done_ || is_too_long_; }
  Answer take() {
    if (is_too_long_) {
      answer_.ending = {.kind = Ending::Kind::Refused,
                        .message = "the answer is longer than " + std::to_string(limit_) + " bytes",
                        .retry_after = {}};
    }
    return std::move(answer_);
  }

 private:
  std::size_t limit_;
  Answer answer_;
  bool is_done_ = false;
  bool is_too_long_ = false;
};

}  // namespace

Answer Http::ask(Request request, std::size_t limit) {
  Collector collector(limit);
  const std::unique_ptr<Exchange> exchange = start(std::move(request), collector);
  while (!collector.is_done())
    turn(std::chrono::milliseconds(100));
  return collector.take();
}

std::optional<std::string> Head::find(std::string_view name) const {
  for (const auto& [field, value] : fields) {
    if (field == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> Head::find_all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : fields) {
    if (field == name) values.push_back(value);
  }
  return values;
}

std::string origin_of(const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return "an unreadable address";
  const bool is_usual = parsed->port == (parsed->scheme == "https" ? 443 : 80);
  return parsed->scheme + "://" + parsed->host +
         (is_usual ? "" : ":" + std::to_string(parsed->port));
}

std::string escape_url(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if ((code < 128 && std::isalnum(code) != 0) || kPlain.find(letter) != std::string_view::npos) {
      out += letter;
    } else {
      out += {'%', kDigits[code >> 4U], kDigits[code & 15U]};
    }
  }
  return out;
}

}  // namespace registry
