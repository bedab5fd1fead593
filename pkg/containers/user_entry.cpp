#include "pkg/containers/user_entry.hpp"

#include "pkg/base/text.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <fcntl.h>

namespace containers {
namespace {

constexpr const char* kTarget = "/etc/passwd";
constexpr std::size_t kFileLimit = std::size_t{4} << 20U;

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// See passwd(5): a name may consist of digits, too.
bool has_user(const std::string& passwd, const std::string& number) {
  const std::vector<std::string> lines = base::split(passwd, '\n');
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    const std::vector<std::string> fields = base::split(line, ':');
    return fields.size() > 2 && (fields[0] == number || fields[2] == number);
  });
}

}  // namespace

void add_user_entry(const std::string& directory, const sys::Fd& root, oci::Spec& spec) {
  const auto [number, group] = base::split_once(spec.process.user.name, ':');
  if (!is_number(number) || number.find_first_not_of('0') == std::string::npos) return;
  const auto is_there = [](const oci::Mount& mount) { return mount.destination == kTarget; };
  if (std::any_of(spec.mounts.begin(), spec.mounts.end(), is_there)) return;
  const auto file = sys::find_in(root, "etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return;
  std::string text = sys::read_all(*file, kFileLimit);
  if (has_user(text, number)) return;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  const std::string gid = group && is_number(*group) ? *group : "0";
  text += fmt::format("{0}:*:{0}:{1}:container user:{2}:/bin/sh\n", number, gid, spec.process.cwd);
  spec.process.env.insert(spec.process.env.begin(), "HOME=" + spec.process.cwd);
  spec.process.env = merged(spec.process.env);
  sys::replace_file(directory + "/passwd", text);
  spec.mounts.push_back({kTarget, "bind", directory + "/passwd", {"bind", "rprivate"}, ""});
}

}  // namespace containers
