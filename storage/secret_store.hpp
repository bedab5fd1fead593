#pragma once

#include "pkg/base/time.hpp"
#include "storage/layout.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// What is known of a secret; its value is never part of it.
struct Secret {
  std::string id;  // 25 hexadecimal digits
  std::string name;
  base::Time created = 0;
  std::map<std::string, std::string> labels;
};

// Secrets by name, each with its value in a file that only the user can read.
class SecretStore {
 public:
  static constexpr std::size_t kLargest = 512'000;  // a value is smaller

  explicit SecretStore(Layout layout) : layout_(std::move(layout)) {}

  // By name, id, or the unique beginning of an id. `get` throws base::Error when there is none.
  std::optional<Secret> find(const std::string& name_or_id) const;
  Secret get(const std::string& name_or_id) const;
  std::vector<Secret> list() const;
  std::string value(const Secret& secret) const;

  // Its name and labels are those of `wanted`. Throws base::Error when the name is taken, unless it
  // is to replace what is there; when the name is no name; when the value is empty or too large.
  Secret create(const Secret& wanted, const std::string& value, bool replace) const;
  void remove(const Secret& secret) const;

 private:
  std::optional<Secret> find_named(const std::string& name) const;

  Layout layout_;
};

}  // namespace storage
