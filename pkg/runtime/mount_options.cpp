#include "pkg/runtime/mount_options.hpp"

#include "pkg/base/error.hpp"
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
    AttributeWord{"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"norelatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},  // as mount(2) has it
    AttributeWord{"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    AttributeWord{"diratime", 0, MOUNT_ATTR_NODIRATIME},
    AttributeWord{"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    AttributeWord{"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
};

struct PropagationWord {
  std::string_view word;
  std::uint64_t flag;
};

constexpr std::array kPropagationWords = {
    PropagationWord{"private", MS_PRIVATE},
    PropagationWord{"slave", MS_SLAVE},
    PropagationWord{"shared", MS_SHARED},
    PropagationWord{"unbindable", MS_UNBINDABLE},
};

// What a new file system is to be like as a whole.
constexpr std::array<std::string_view, 7> kKernelWords = {"sync",     "dirsync", "mand", "lazytime",
                                                          "iversion", "acl",     "noacl"};

// What has no meaning for the kernel: asked of others (U, copy), or for SELinux, which we have not;
// or what is so anyway.
constexpr std::array<std::string_view, 15> kOthersWords = {
    "z",     "Z",    "U",      "copy",       "nocopy",     "O",       "notmpcopyup", "defaults",
    "async", "loud", "nomand", "nolazytime", "noiversion", "remount", "silent"};

constexpr std::array<std::string_view, 8> kOwnWords = {"bind",         "rbind",        "tmpcopyup",
                                                       "copy-symlink", "src-nofollow", "idmap",
                                                       "ridmap",       "dest-nofollow"};

template <typename Words>
auto find_word(const Words& words, std::string_view word) {
  return std::find_if(words.begin(), words.end(),
                      [&](const auto& entry) { return entry.word == word; });
}

template <typename Words>
bool has_word(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool apply_attribute(const std::string& word, MountOptions& options) {
  const auto* found = find_word(kAttributeWords, word);
  const bool is_below = found == kAttributeWords.end() && word.starts_with('r');
  if (is_below) found = find_word(kAttributeWords, std::string_view(word).substr(1));
  if (found == kAttributeWords.end()) return false;
  std::uint64_t& set = is_below ? options.set_below : options.set;
  std::uint64_t& clear = is_below ? options.clear_below : options.clear;
  set = (set & ~found->clear) | found->set;
  clear = (clear & ~found->set) | found->clear;
  return true;
}

bool apply_propagation(const std::string& word, MountOptions& options) {
  const auto* found = find_word(kPropagationWords, word);
  const bool is_below = found == kPropagationWords.end() && word.starts_with('r');
  if (is_below) found = find_word(kPropagationWords, std::string_view(word).substr(1));
  if (found == kPropagationWords.end()) return false;
  options.propagation = found->flag;
  options.propagates_below = is_below;
  return true;
}

bool apply_own(const std::string& word, MountOptions& options) {
  if (!has_word(kOwnWords, word)) return false;
  if (word == "bind" || word == "rbind") {
    options.is_bind = true;
    options.is_recursive = word == "rbind";
  }
  if (word == "tmpcopyup") options.copies_up = true;
  if (word == "copy-symlink") options.copies_link = true;
  if (word == "src-nofollow") options.follows_source = false;
  if (word == "dest-nofollow") throw base::Error("option dest-nofollow: not supported");
  options.maps_ids = options.maps_ids || word == "idmap" || word == "ridmap";
  options.maps_below = options.maps_below || word == "ridmap";
  return true;
}

void apply(const std::string& word, MountOptions& options) {
  if (apply_attribute(word, options) || apply_propagation(word, options) ||
      apply_own(word, options) || has_word(kOthersWords, word)) {
    return;
  }
  if (has_word(kKernelWords, word)) {
    options.of_kernel.push_back(word);
    return;
  }
  auto [key, value] = base::split_once(word, '=');
  options.parameters.push_back({key, value.value_or(""), -1});
}

}  // namespace

MountOptions parse_mount_options(const std::vector<std::string>& words) {
  MountOptions options;
  for (const std::string& word : words)
    apply(word, options);
  return options;
}

std::vector<std::string> mount_option_words() {
  std::vector<std::string> words;
  for (const AttributeWord& attribute : kAttributeWords) {
    words.emplace_back(attribute.word);
    words.push_back("r" + std::string(attribute.word));
  }
  for (const PropagationWord& propagation : kPropagationWords) {
    words.emplace_back(propagation.word);
    words.push_back("r" + std::string(propagation.word));
  }
  words.insert(words.end(), kKernelWords.begin(), kKernelWords.end());
  for (const char* word :
       {"async", "bind", "copy-symlink", "defaults", "idmap", "loud", "noiversion", "nolazytime",
        "nomand", "rbind", "remount", "ridmap", "silent", "src-nofollow", "tmpcopyup"}) {
    words.emplace_back(word);
  }
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace runtime
