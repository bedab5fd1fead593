// The door of libcurl: this file and its neighbours, http_transfer and http_url.
#include "pkg/registry/http.hpp"

#include "pkg/base/error.hpp"
#include "pkg/registry/http_transfer.hpp"
#include "pkg/sys/file.hpp"

#include <utility>

namespace registry {
namespace {

struct Library {
  Library() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

}  // namespace

// Tells the ended transfers so; true when there were some.
bool Loop::settle() const {
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

void Loop::find_stalls() const {
  const std::vector<Transfer*> all = transfers;
  for (Transfer* transfer : all)
    transfer->check_stall();
}

void Loop::keep_first(std::exception_ptr thrown) {
  if (failure == nullptr) failure = std::move(thrown);
}

struct Http::Impl : Loop {};

// libcurl reads a bundle once for all connections (25 ms of work), but only when everything to
// trust is in that one file.
void Loop::join_bundles() {
  Trust& trust = settings.trust;
  if (trust.system_file.empty() || trust.authorities.empty()) return;
  bundle =
      sys::memory_file(std::exchange(trust.authorities, "") + sys::read_file(trust.system_file));
  trust.system_file = sys::fd_path(bundle);
}

Http::Http(Settings settings) : impl_(std::make_unique<Impl>()) {
  static const Library kLibrary;
  impl_->settings = std::move(settings);
  impl_->join_bundles();
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

}  // namespace registry
