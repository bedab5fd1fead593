#include "pkg/containers/secrets.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/secret_store.hpp"

#include <fmt/core.h>

#include <sys/stat.h>
#include <unistd.h>

namespace containers {
namespace {

std::string copy_of(const home::Home& home, const Container& container, std::size_t number) {
  return fmt::format("{}/secrets/{}", container.directory(home), number);
}

std::string shown_in(const home::Home& home, const Container& container) {
  return container.runtime_directory(home) + "/secrets";
}

void check_variable(const SecretUse& use, const std::string& value) {
  if (value.find('\0') == std::string::npos) return;
  throw base::Error(
      fmt::format("secret {}: it has a zero byte, which no variable can have", use.name));
}

void give(const std::string& path, const SecretUse& use, const userns::Ids& ids) {
  const auto uid = userns::outside_of(ids.uids, use.uid);
  const auto gid = userns::outside_of(ids.gids, use.gid);
  if (uid && gid && ::chown(path.c_str(), *uid, *gid) == 0 &&
      ::chmod(path.c_str(), use.mode) == 0) {
    return;
  }
  throw base::Error(fmt::format("secret {}: owner {}:{}: the container has no such ids", use.name,
                                use.uid, use.gid));
}

}  // namespace

void copy_secrets(const home::Home& home, Options& options, const std::string& folder) {
  if (options.secrets.empty()) return;
  const storage::SecretStore store{storage::Layout(home)};
  sys::make_dir(folder + "/secrets", 0700);
  for (std::size_t i = 0; i < options.secrets.size(); ++i) {
    SecretUse& use = options.secrets[i];
    const storage::Secret secret = store.get(use.name);
    const std::string value = store.value(secret);
    if (use.is_variable) check_variable(use, value);
    use.name = secret.name;
    use.id = secret.id;
    use.size = static_cast<std::int64_t>(value.size());
    if (use.target.empty()) use.target = use.is_variable ? use.name : "/run/secrets/" + use.name;
    sys::create_file(fmt::format("{}/secrets/{}", folder, i), value, 0600);
  }
}

void add_secret_variables(const home::Home& home, const Container& container,
                          oci::Process& process) {
  const std::vector<SecretUse>& uses = container.options.secrets;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (!uses[i].is_variable) continue;
    process.env.push_back(uses[i].target + "=" + sys::read_file(copy_of(home, container, i)));
  }
}

std::string secret_file(const home::Home& home, const Container& container, std::size_t number) {
  return fmt::format("{}/{}", shown_in(home, container), number);
}

void show_secrets(const home::Home& home, const Container& container) {
  hide_secrets(home, container);
  const userns::Ids ids = ids_of(container.options);
  const std::vector<SecretUse>& uses = container.options.secrets;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (uses[i].is_variable) continue;
    const std::string path = secret_file(home, container, i);
    sys::make_dirs(shown_in(home, container), 0700);
    sys::create_file(path, sys::read_file(copy_of(home, container, i)), 0600);
    give(path, uses[i], ids);
  }
}

void hide_secrets(const home::Home& home, const Container& container) {
  if (!container.options.secrets.empty()) sys::remove_tree(shown_in(home, container));
}

}  // namespace containers
