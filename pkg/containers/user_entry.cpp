#include "pkg/containers/user_entry.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>

namespace containers {
namespace {

constexpr std::size_t kFileLimit = std::size_t{4} << 20U;

// Fields of passwd(5).
enum Field : std::size_t { Name = 0, Id = 2, Group = 3, RealName = 4, HomeFolder = 5 };

struct Account {
  std::string name;
  std::string uid;
  std::string gid;
  std::string real_name;
  std::string home;
};

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// See passwd(5) and group(5): a name may consist of digits, too.
bool has_entry(const std::string& file, const std::string& name, const std::string& number) {
  const std::vector<std::string> lines = base::split(file, '\n');
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    const std::vector<std::string> fields = base::split(line, ':');
    return fields.size() > Id && (fields[Name] == name || fields[Id] == number);
  });
}

// A file of the image and the lines that it gets.
class Amended {
 public:
  Amended(const Container& container, const sys::Fd& root, oci::Spec& spec, std::string name)
      : spec_(spec), name_(std::move(name)), target_("/etc/" + name_), container_(container) {
    const auto is_there = [&](const oci::Mount& mount) { return mount.destination == target_; };
    if (std::any_of(spec.mounts.begin(), spec.mounts.end(), is_there)) return;
    const auto file = sys::find_in(root, "etc/" + name_, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file) text_ = sys::read_all(*file, kFileLimit);
  }

  bool lacks(const std::string& name, const std::string& number) const {
    return text_ && !has_entry(*text_, name, number);
  }

  void add(const std::string& line) {
    if (!text_->empty() && !text_->ends_with('\n')) *text_ += '\n';
    *text_ += line + "\n";
    is_changed_ = true;
  }

  void mount(const home::Home& home) const {
    if (!is_changed_) return;
    const std::string file = container_.directory(home) + "/" + name_;
    sys::replace_file(file, *text_);
    spec_.mounts.push_back({target_, "bind", file, {"bind", "rprivate"}, ""});
  }

 private:
  oci::Spec& spec_;
  std::string name_;
  std::string target_;
  const Container& container_;
  std::optional<std::string> text_;  // nothing: it is not ours to change
  bool is_changed_ = false;
};

// What the host's files say of somebody, by name or number.
std::vector<std::string> host_fields(const std::string& file, const std::string& wanted) {
  for (const std::string& line : base::split(sys::find_file(file).value_or(""), '\n')) {
    std::vector<std::string> fields = base::split(line, ':');
    if (fields.size() > Id && (fields[Name] == wanted || fields[Id] == wanted)) return fields;
  }
  return {};
}

bool is_mounted(const oci::Spec& spec, std::string folder) {
  while (folder.size() > 1) {
    const auto is_here = [&](const oci::Mount& mount) { return mount.destination == folder; };
    if (std::any_of(spec.mounts.begin(), spec.mounts.end(), is_here)) return true;
    folder.erase(folder.rfind('/') == 0 ? 1 : folder.rfind('/'));
  }
  return false;
}

// The caller as the container sees it. Its home is where it is on the host, if that was mounted.
Account caller(const home::Home& home, const Container& container, const oci::Spec& spec) {
  const userns::Ids ids = ids_of(container.options);
  const auto fields = host_fields("/etc/passwd", std::to_string(home.uid));
  Account account{home.user, std::to_string(userns::inside_of(ids.uids, 0).value_or(0)),
                  std::to_string(userns::inside_of(ids.gids, 0).value_or(0)), "", spec.process.cwd};
  if (fields.size() <= HomeFolder) return account;
  account.real_name = fields[RealName];
  const std::string& folder = fields[HomeFolder];
  if (folder.starts_with('/') && is_mounted(spec, folder)) account.home = folder;
  return account;
}

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    for (auto at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

std::string passwd_line(const Account& account, const std::string& wanted) {
  if (!wanted.empty()) {
    return filled(wanted, {{"$USERNAME", account.name},
                           {"$UID", account.uid},
                           {"$GID", account.gid},
                           {"$NAME", account.real_name},
                           {"$HOME", account.home}});
  }
  return fmt::format("{}:*:{}:{}:{}:{}:/bin/sh", account.name, account.uid, account.gid,
                     account.real_name, account.home);
}

void set_home(oci::Spec& spec, const std::string& home) {
  spec.process.env.insert(spec.process.env.begin(), "HOME=" + home);
  spec.process.env = merged(spec.process.env);
}

void add_caller(const home::Home& home, const Container& container, oci::Spec& spec,
                std::pair<Amended&, Amended&> files) {
  auto& [passwd, group] = files;
  const Account account = caller(home, container, spec);
  if (passwd.lacks(account.name, account.uid)) {
    passwd.add(passwd_line(account, container.options.passwd_entry));
    if (base::split_once(spec.process.user.name, ':').first == account.uid) {
      set_home(spec, account.home);
    }
  }
  const auto fields = host_fields("/etc/group", std::to_string(home.gid));
  const std::string name = fields.empty() ? account.name : fields[Name];
  if (!group.lacks(name, account.gid)) return;
  const std::string& wanted = container.options.group_entry;
  group.add(wanted.empty() ? fmt::format("{}:x:{}:", name, account.gid)
                           : filled(wanted, {{"$GROUPNAME", name}, {"$GID", account.gid}}));
}

// Users of the host, with the numbers that they have there.
void add_host_users(const Container& container, const oci::Spec& spec, Amended& passwd) {
  for (const std::string& wanted : container.options.host_users) {
    const auto fields = host_fields("/etc/passwd", wanted);
    if (fields.size() <= HomeFolder) {
      throw base::Error(fmt::format("--hostuser {}: no such user on this host", wanted));
    }
    const Account account{
        fields[Name], fields[Id], fields[Group], fields[RealName],
        is_mounted(spec, fields[HomeFolder]) ? fields[HomeFolder] : spec.process.cwd};
    if (passwd.lacks(account.name, account.uid)) passwd.add(passwd_line(account, ""));
  }
}

void add_number(const Container& container, oci::Spec& spec, Amended& passwd) {
  const auto [number, group] = base::split_once(spec.process.user.name, ':');
  if (!is_number(number) || number.find_first_not_of('0') == std::string::npos) return;
  if (!passwd.lacks(number, number)) return;
  const std::string gid = group && is_number(*group) ? *group : "0";
  passwd.add(passwd_line({number, number, gid, "container user", spec.process.cwd},
                         container.options.passwd_entry));
  set_home(spec, spec.process.cwd);
}

void add_group_number(const Container& container, const oci::Spec& spec, Amended& group) {
  const auto [user, number] = base::split_once(spec.process.user.name, ':');
  if (!number || !is_number(*number) || !group.lacks(*number, *number)) return;
  const std::string& wanted = container.options.group_entry;
  group.add(wanted.empty() ? fmt::format("{0}:x:{0}:{1}", *number, user)
                           : filled(wanted, {{"$GROUPNAME", *number}, {"$GID", *number}}));
}

}  // namespace

void add_user_entries(const home::Home& home, const Container& container, const sys::Fd& root,
                      oci::Spec& spec) {
  const bool has_caller = keeps_id(container.options.userns);
  const auto [number, rest] = base::split_once(spec.process.user.name, ':');
  const bool is_named =
      (!is_number(number) || number.find_first_not_of('0') == std::string::npos) &&
      !is_number(rest.value_or(""));
  if (!container.options.adds_users) return;
  if (!has_caller && is_named && container.options.host_users.empty()) return;
  Amended passwd(container, root, spec, "passwd");
  Amended group(container, root, spec, "group");
  if (has_caller) add_caller(home, container, spec, {passwd, group});
  add_host_users(container, spec, passwd);
  add_number(container, spec, passwd);
  add_group_number(container, spec, group);
  passwd.mount(home);
  group.mount(home);
}

}  // namespace containers
