#include "pkg/transfer/url.hpp"

#include "pkg/base/error.hpp"
#include "pkg/registry/http.hpp"
#include "pkg/sys/file.hpp"
#include "storage/layout.hpp"

#include <fmt/core.h>

#include <optional>

#include <unistd.h>

namespace transfer {
namespace {

constexpr int kFound = 200;

class FileReceiver : public registry::Receiver {
 public:
  explicit FileReceiver(const sys::Fd& file) : file_(file) {}

  void begin(const registry::Head& head) override { status_ = head.status; }

  bool accept(std::string_view bytes) override {
    if (status_ == kFound) sys::write_all(file_, bytes);
    return true;
  }

  void end(const registry::Ending& ending) override { ending_ = ending; }

  bool has_ended() const { return ending_.has_value(); }

  void check() const {
    if (ending_->kind != registry::Ending::Kind::Answered) throw base::Error(ending_->message);
    if (status_ != kFound) throw base::Error(fmt::format("the server answers {}", status_));
  }

 private:
  const sys::Fd& file_;
  int status_ = 0;
  std::optional<registry::Ending> ending_;
};

std::string host_of(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string host = url.substr(begin, url.find('/', begin) - begin);
  return host.substr(host.rfind('@') + 1);
}

// Without what is secret about it.
std::string shown(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t end = std::min(url.find('/', host), url.size());
  const std::size_t at = url.rfind('@', end);
  if (at == std::string::npos || at < host) return url.substr(0, url.find('?'));
  return url.substr(0, host) + url.substr(at + 1, url.find('?') - at - 1);
}

}  // namespace

bool is_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

sys::Fd fetch_url(const home::Home& home, const std::string& url) try {
  constexpr std::chrono::milliseconds kTurn{1000};
  const storage::Layout layout(home);
  layout.prepare();
  sys::Fd file = sys::open_file(layout.staging(), O_TMPFILE | O_RDWR, 0600);
  FileReceiver receiver(file);
  registry::Http http({.trust = registry::find_trust(home, host_of(url), "")});
  const std::unique_ptr<registry::Exchange> exchange = http.start({.url = url}, receiver);
  while (!receiver.has_ended())
    http.turn(kTurn);
  receiver.check();
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw base::SysError("seek");
  return file;
} catch (base::Error& error) {
  error.during(shown(url));
  throw;
}

}  // namespace transfer
