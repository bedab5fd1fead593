#include "cmd/pod-transfer/progress.hpp"

#include "pkg/base/size.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include <unistd.h>

namespace pod_transfer {
namespace {

using transfer::LayerProgress;

std::string short_digest(const std::string& digest) {
  return digest.substr(digest.find(':') + 1, 12);
}

std::string outcome(const LayerProgress& layer) {
  std::string text = base::human_size(layer.size);
  if (layer.resumed_at > 0) text += ", resumed at " + base::human_size(layer.resumed_at);
  return layer.note.empty() ? text : text + ", " + layer.note;
}

class Silence : public transfer::Report {
 public:
  void begin(const std::string&) override {}
  void show(std::span<const LayerProgress>) override {}
  void end() override {}
};

class Lines : public transfer::Report {
 public:
  explicit Lines(std::string_view verb) : verb_(verb) {}

  void begin(const std::string& name) override {
    fmt::print(stderr, "{} {}\n", verb_, name);
    told_.clear();
  }

  void show(std::span<const LayerProgress> layers) override {
    for (const LayerProgress& layer : layers) {
      tell_resumed(layer);
      if (layer.received < layer.size || !told_.insert(layer.digest).second) continue;
      fmt::print(stderr, "Layer {}: {}\n", short_digest(layer.digest), outcome(layer));
    }
  }

  void end() override {}

 private:
  void tell_resumed(const LayerProgress& layer) {
    if (layer.resumed_at == 0 || layer.received >= layer.size) return;
    if (!resumed_.insert(layer.digest).second) return;
    fmt::print(stderr, "Layer {}: resumed at {} of {}\n", short_digest(layer.digest),
               base::human_size(layer.resumed_at), base::human_size(layer.size));
  }

  std::string_view verb_;
  std::set<std::string> resumed_;
  std::set<std::string> told_;
};

// Redraws its lines in place: up, over them, down again.
class Bars : public transfer::Report {
 public:
  explicit Bars(std::string_view verb) : verb_(verb) {}

  void begin(const std::string& name) override {
    fmt::print(stderr, "{} {}\n", verb_, name);
    drawn_ = 0;
  }

  void show(std::span<const LayerProgress> layers) override {
    const sys::WindowSize window = sys::window_size(STDERR_FILENO);
    const std::size_t rows = window.rows > 2 ? window.rows - 2U : 20U;
    const std::size_t count = std::min(layers.size(), rows);
    std::string text = drawn_ > 0 ? fmt::format("\033[{}A", drawn_) : "";
    for (const LayerProgress& layer : layers.first(count)) {
      text += "\r\033[K" + line(layer, window.columns) + "\n";
    }
    drawn_ = count;
    fmt::print(stderr, "{}", text);
  }

  void end() override { drawn_ = 0; }

 private:
  static std::string line(const LayerProgress& layer, std::size_t columns) {
    const std::string sizes =
        fmt::format("{} / {}", base::human_size(layer.received), base::human_size(layer.size));
    if (layer.received >= layer.size) {
      return fmt::format("{} done  {}", short_digest(layer.digest), outcome(layer));
    }
    constexpr std::size_t kBeside = 42;  // digest, brackets, sizes
    if (columns < kBeside + 10) return fmt::format("{} {}", short_digest(layer.digest), sizes);
    const std::size_t width = std::min<std::size_t>(columns - kBeside, 40);
    const auto done = static_cast<std::size_t>(layer.received * static_cast<std::int64_t>(width) /
                                               std::max<std::int64_t>(layer.size, 1));
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), done, '=');
    if (done < width) bar[done] = '>';
    return fmt::format("{} [{}] {}", short_digest(layer.digest), bar, sizes);
  }

  std::string_view verb_;
  std::size_t drawn_ = 0;
};

}  // namespace

std::unique_ptr<transfer::Report> make_report(bool quiet, std::string_view verb) {
  if (quiet) return std::make_unique<Silence>();
  if (sys::is_terminal(STDERR_FILENO)) return std::make_unique<Bars>(verb);
  return std::make_unique<Lines>(verb);
}

}  // namespace pod_transfer
