#include "pkg/runtime/mount_options.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>

#include <linux/mount.h>
#include <sys/mount.h>

namespace runtime {
namespace {

struct AttributeWord {
  std::string_view word;
  std::uint64_t set;
  std::uint64_t clear;
};

constexpr std::array kAttributeWords = {
    AttributeWord{"ro", MOUNT_ATTR_RDONLY, 0},
    AttributeWord{"rw", 0, MOUNT_ATTR_RDONLY},
    AttributeWord{"nosuid", MOUNT_ATTR_NOSUID, 0},
    AttributeWord{"suid", 0, MOUNT_ATTR_NOSUID},
    AttributeWord{"nodev", MOUNT_ATTR_NODEV, 0},
    AttributeWord{"dev", 0, MOUNT_ATTR_NODEV},
    AttributeWord{"noexec", MOUNT_ATTR_NOEXEC, 0},
    AttributeWord{"exec", 0, MOUNT_ATTR_NOEXEC},
    AttributeWord{"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    AttributeWord{"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
};

struct PropagationWord {
  std::string_view word;
  std::uint64_t flag;
};

constexpr std::array kPropagationWords = {
    PropagationWord{"private", MS_PRIVATE},  PropagationWord{"slave", MS_SLAVE},
    PropagationWord{"shared", MS_SHARED},    PropagationWord{"unbindable", MS_UNBINDABLE},
    PropagationWord{"rprivate", MS_PRIVATE}, PropagationWord{"rslave", MS_SLAVE},
    PropagationWord{"rshared", MS_SHARED},   PropagationWord{"runbindable", MS_UNBINDABLE},
};

// What has no meaning for the kernel: asked of others (U, copy), or for SELinux, which we have not.
constexpr std::array<std::string_view, 11> kOthersWords = {
    "z", "Z", "U", "copy", "nocopy", "O", "notmpcopyup", "defaults", "atime", "diratime", "async"};

template <typename Words>
auto find_word(const Words& words, std::string_view word) {
  return std::find_if(words.begin(), words.end(),
                      [&](const auto& entry) { return entry.word == word; });
}

void apply(const std::string& word, MountOptions& options) {
  // "rro" and the likes mean the same for us, since ours reach all mounts below anyway.
  const bool is_recursive = word.size() > 2 && word.front() == 'r' && word != "ro" &&
                            word != "rw" &&
                            find_word(kAttributeWords, word) == kAttributeWords.end();
  const std::string plain = is_recursive ? word.substr(1) : word;
  if (const auto* found = find_word(kAttributeWords, plain); found != kAttributeWords.end()) {
    options.set = (options.set & ~found->clear) | found->set;
    options.clear = (options.clear & ~found->set) | found->clear;
  } else if (const auto* kind = find_word(kPropagationWords, word);
             kind != kPropagationWords.end()) {
    options.propagation = kind->flag;
  } else if (word == "bind" || word == "rbind") {
    options.is_recursive = word == "rbind";
  } else if (word == "tmpcopyup") {
    options.copies_up = true;
  } else if (std::count(kOthersWords.begin(), kOthersWords.end(), word) == 0) {
    auto [key, value] = base::split_once(word, '=');
    options.parameters.push_back({key, value.value_or(""), -1});
  }
}

}  // namespace

MountOptions parse_mount_options(const std::vector<std::string>& words) {
  MountOptions options;
  for (const std::string& word : words)
    apply(word, options);
  return options;
}

}  // namespace runtime
