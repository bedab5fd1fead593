#include "storage/layout.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <optional>

#include <fcntl.h>

namespace storage {
namespace {

constexpr std::int64_t kFormat = 1;

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool is_hidden = c == '.' && out.empty();
    if (c == '/' || c == ':' || c == '%' || is_hidden) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0;
}

// What stands in our paths comes from image configurations and users, too.
std::string below(const std::string& folder, std::string_view name) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos) {
    throw base::Error(fmt::format("\"{}\" is no name of a stored object", name));
  }
  return folder + "/" + std::string(name);
}

std::string version_file(const std::string& root) {
  return root + "/VERSION";
}

// Of a format that we know.
bool has_version(const std::string& root) {
  const std::string known = sys::find_file(version_file(root)).value_or("");
  const auto text = base::trim(known);
  if (text.empty()) return false;  // there is none, or its maker was killed
  if (base::parse_integer(text) == kFormat) return true;
  throw base::Error(fmt::format("{}: format {} is not known to this version of pod (it knows {})",
                                root, text, kFormat));
}

}  // namespace

Layout::Layout(const home::Home& home) : root_(home.storage()), trash_(home.trash()) {}

std::optional<Layout> Layout::find(const std::string& root) {
  Layout layout(root);
  if (!has_version(root)) return std::nullopt;
  return layout;
}

void Layout::prepare() const {
  if (has_version(root_)) return;
  for (const std::string& folder : {root_, layers(), images(), refs(), rootfs(), volumes(),
                                    staging(), trash(), root_ + "/locks"}) {
    sys::make_dirs(folder, 0700);
  }
  sys::write_all(sys::open_file(version_file(root_), O_WRONLY | O_CREAT, 0600),
                 fmt::format("{}\n", kFormat));
}

std::string Layout::layer(std::string_view chain_id) const {
  return below(layers(), chain_id);
}

std::string Layout::image(std::string_view id) const {
  return below(images(), id);
}

std::string Layout::ref(std::string_view name) const {
  return below(refs(), escaped(name));
}

std::string Layout::unescape_ref(std::string_view file_name) {
  std::string out;
  for (std::size_t at = 0; at < file_name.size(); ++at) {
    if (file_name[at] == '%' && at + 2 < file_name.size()) {
      out += static_cast<char>(hex_value(file_name[at + 1]) * 16 + hex_value(file_name[at + 2]));
      at += 2;
    } else {
      out += file_name[at];
    }
  }
  return out;
}

std::string Layout::list(std::string_view id) const {
  return below(lists(), id);
}

std::string Layout::artifact(std::string_view name) const {
  return below(artifacts(), escaped(name));
}

std::string Layout::rootfs(std::string_view container_id) const {
  return below(rootfs(), container_id);
}

std::string Layout::secret(std::string_view name) const {
  return below(secrets(), name);
}

std::string Layout::volume(std::string_view name) const {
  return below(volumes(), name);
}

std::string Layout::partial_blob(std::string_view digest) const {
  return below(partial_blobs(), escaped(digest));
}

std::string Layout::lock(std::string_view name) const {
  return below(root_ + "/locks", escaped(name));
}

}  // namespace storage
