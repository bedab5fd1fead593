#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace images {

// Images, and lists of them (see lists.hpp), that fit all filters ("reference=alpine*",
// "dangling=true", "label=a=b", "before=IMAGE", "since=IMAGE", "id=...", "until=..."), newest
// first. Throws base::Error for unknown filters.
std::vector<storage::Image> list(const home::Home& home, const std::vector<std::string>& filters);

// Where an image can be had from: what it was pulled as, and its names, each with its digest.
std::vector<std::string> repo_digests(const storage::Image& image);

// The digest of the manifest by which the image is known by this name or digest
// ("NAME@sha256:..."), the newest of several; the image's newest when it has none of its own.
std::string manifest_digest_of(const home::Home& home, const storage::Image& image,
                               const std::string& name);

// podman's `image inspect` for one image that was found with its names.
base::Json inspect(const home::Home& home, const storage::Image& image);

// Throws base::Error, with the way out, for one of an additional store, which is never changed.
// `text` is what the user called it.
void require_own(const storage::Image& image, const std::string& text);

// Gives an image or a list one more name; one without a registry is completed as `local_name` does.
void tag(const home::Home& home, const std::string& image, const std::string& name);

struct Removal {
  std::vector<std::string> untagged;  // names
  std::vector<std::string> deleted;   // image ids
};
// Takes the name away, and the image (or list, which no container uses) when that was its last (or
// it was given by id). `used_by` tells the containers that use the image: when there are any and it
// would go, it throws base::Error with status 2. Not found is status 1, unless `force`. By id with
// several names: `force` only.
Removal remove(const home::Home& home, const std::string& text, bool force,
               const std::function<std::vector<std::string>()>& used_by);

}  // namespace images
