#include "tests/bench/pull_bound.hpp"

#include "pkg/hash/sha256.hpp"
#include "pkg/sys/dir.hpp"
#include "storage/tar/apply.hpp"
#include "storage/tar/inflate.hpp"

#include <chrono>
#include <functional>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace bench {
namespace {

class TextSource : public tar::Source {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}

  std::string_view read() override {
    constexpr std::size_t kPiece = std::size_t{128} << 10U;
    const std::string_view piece = rest_.substr(0, kPiece);
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
};

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

std::string inflate(const std::string& blob) {
  TextSource source(blob);
  tar::InflatedSource inflated(source);
  std::string text;
  while (true) {
    const std::string_view piece = inflated.read();
    if (piece.empty()) return text;
    text += piece;
  }
}

void make_files(const std::string& tar, const std::string& folder) {
  sys::make_dir(folder);
  TextSource source(tar);
  tar::apply(source, sys::open_dir(folder), {.squash_owners = true});
}

}  // namespace

Figures bound_of_pull(const support::RegistryImage& image, const std::string& folder) {
  const mode_t former = ::umask(0);
  double sum = 0;
  for (const support::Blob& layer : image.layers) {
    const std::string tar = inflate(layer.bytes);
    TextSource compressed(layer.bytes);
    tar::InflatedSource inflated(compressed);
    sum += milliseconds([&] {
      while (!inflated.read().empty()) {
        // The bytes are of no use: only the time counts.
      }
    });
    sum += milliseconds([&] { hash::sha256(layer.bytes); });
    sum += milliseconds([&] { hash::sha256(tar); });
    sum += milliseconds([&] { make_files(tar, folder); });
    sys::remove_tree(folder);
  }
  ::umask(former);
  const auto processors = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
  return take("the processors' bound", [&] { return sum / processors; });
}

}  // namespace bench
