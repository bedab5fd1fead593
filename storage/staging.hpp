#pragma once

#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace storage {

// A folder in the making, locked by its maker: who finds it unlocked knows that the maker is dead.
// Thrown away unless published.
class Staged {
 public:
  explicit Staged(Layout layout);
  Staged(Staged&& other) noexcept;
  Staged& operator=(Staged&&) = delete;
  ~Staged();

  const Layout& layout() const { return layout_; }
  const std::string& path() const { return path_; }
  // Renames it to its place; its maker still holds the lock that is returned. Nothing when somebody
  // was faster: theirs stays and ours goes.
  std::optional<sys::Lock> publish(const std::string& target);

 private:
  Layout layout_;
  std::string path_;
  std::optional<sys::Lock> lock_;
};

// Makes `path` and locks it, or says that it was there already.
std::optional<sys::Lock> make_locked_dir(const std::string& path);

// Replaces a file of the store. Whoever is killed, and when the machine fails, there is the old one
// or the new one, and nothing else.
void replace_record(const Layout& layout, const std::string& path, std::string_view text);

// Held while the relation between names, images and layers changes. Never held during a download.
sys::Lock lock_images(const Layout& layout);

// A lock on a file of locks/. The file goes with it, so that nothing is left of what is over.
class NamedLock {
 public:
  // Waits for it.
  static NamedLock take(const Layout& layout, const std::string& name);
  // Nothing when somebody else has it.
  static std::optional<NamedLock> try_take(const Layout& layout, const std::string& name);

  NamedLock(NamedLock&& other) noexcept;
  NamedLock& operator=(NamedLock&&) = delete;
  ~NamedLock();

 private:
  NamedLock(sys::Lock lock, std::string path) : lock_(std::move(lock)), path_(std::move(path)) {}

  sys::Lock lock_;
  std::string path_;
};

}  // namespace storage
