#pragma once

#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"
#include "storage/layer_store.hpp"

#include <string>
#include <utility>
#include <vector>

// A store of its own for each test, gone afterwards.
class TemporaryHome {
 public:
  TemporaryHome();
  TemporaryHome(const TemporaryHome&) = delete;
  TemporaryHome& operator=(const TemporaryHome&) = delete;
  ~TemporaryHome();

  const home::Home& home() const { return home_; }
  storage::Layout layout() const { return storage::Layout(home_); }

  // The configuration of its images.
  static constexpr const char* kConfig =
      R"({"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z",)"
      R"("config":{"Cmd":["sh"],"Labels":{"a":"b"}},"rootfs":{"type":"layers","diff_ids":[]}})";

  // A layer of files with their text; names may hold folders. Its id is `digit` 64 times.
  storage::Layer add_layer(char digit, const std::string& parent,
                           const std::vector<std::pair<std::string, std::string>>& files) const;
  storage::Image add_image(char digit, const std::vector<std::string>& layers,
                           const std::vector<std::string>& names) const;

 private:
  std::string folder_;
  home::Home home_;
};
