#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/apply.hpp"
#include "storage/tar/source.hpp"

#include <functional>
#include <string>
#include <string_view>

#include <sys/stat.h>

// Bytes as a source, in pieces of a given length.
class TextSource : public tar::Source {
 public:
  explicit TextSource(std::string text, std::size_t piece = 4096)
      : text_(std::move(text)), piece_(piece) {}

  std::string_view read() override {
    const std::string_view rest = std::string_view(text_).substr(at_);
    const std::string_view piece = rest.substr(0, piece_);
    at_ += piece.size();
    return piece;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

// A temporary folder with an empty layer in it and a file beside it that nobody may touch.
class LayerFolder {
 public:
  LayerFolder();
  ~LayerFolder();

  tar::Limits limits = {};
  // Whatever it was, the layer has to give it back as it came.
  tar::Applied apply(const std::string& archive);
  // What apply says when it refuses; "" when it does not.
  std::string refusal(const std::string& archive);

  const std::string& path() const { return path_; }
  std::string root() const { return path_ + "/layer"; }
  std::string outside() const { return path_ + "/outside"; }
  std::string beside() const { return path_ + "/beside"; }
  struct stat status(const std::string& path) const;
  std::string text(const std::string& path) const;
  std::string xattr(const std::string& path, const std::string& name) const;
  bool exists(const std::string& path) const;
  // Nothing was changed, made or removed beside the layer.
  bool is_outside_untouched() const;

 private:
  std::string path_;
  int archives_ = 0;
};

// Runs `work` in a child that is root of a user namespace; false when the host refuses that.
// Failed expectations of the child are printed and make this throw.
bool as_root(const std::function<void()>& work);
