#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/signals.hpp"

#include <fmt/core.h>

#include <charconv>

namespace pod {
namespace {

std::uint32_t parse_umask(const std::string& text) {
  constexpr int kOctal = 8;
  constexpr std::uint32_t kMost = 0777;
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, kOctal);
  if (error != std::errc() || rest != end || value > kMost) {
    throw base::Error(fmt::format("{}: expected an octal number such as 0022", text));
  }
  return value;
}

}  // namespace

void ProcessFlags::declare(cli::Options& options) {
  options.values("-e,--env", env, "NAME=VALUE, NAME (as it is here), or PREFIX*")
      .values("--env-file", env_files, "File with one NAME=VALUE a line")
      .flag("--env-host", env_host, "Pass all variables that are set here")
      .values("--unsetenv", unset_env, "Leave out a variable that the image sets")
      .flag("--unsetenv-all", unset_env_all, "Leave out all variables that the image sets")
      .flag("--http-proxy", http_proxy, "Pass the proxy variables that are set here")
      .value("--entrypoint", entrypoint, "Program instead of the image's: a word or a JSON array")
      .value("-u,--user", user, "User: NAME|UID[:GROUP|GID]")
      .list("--group-add", groups, "Further groups, or keep-groups: those of the caller")
      .flag("--passwd", passwd, "Give users that the image does not know a line in its files")
      .value("--passwd-entry", passwd_entry, "That line: with $USERNAME, $UID, $GID, $NAME, $HOME")
      .value("--group-entry", group_entry, "The line of the group: with $GROUPNAME, $GID")
      .list("--hostuser", host_users, "Users of this host that get a line in /etc/passwd")
      .value("-w,--workdir", workdir, "Working directory")
      .flag("-t,--tty", terminal, "Give it a terminal")
      .flag("-i,--interactive", interactive, "Keep standard input open")
      .flag("--init", init, "Run a small init as process 1")
      .value("--umask", umask, "Octal mask of the modes of new files")
      .list("--ulimit", ulimits, "Limit: NAME=SOFT[:HARD]")
      .value("--systemd", systemd,
             "Whether it is an init: true looks at the command, false, always")
      .value("--sdnotify", sdnotify,
             "Who tells NOTIFY_SOCKET that it is ready: container, conmon, healthy, ignore")
      .value("--stop-signal", stop_signal, "Signal that asks it to stop")
      .value("--stop-timeout", stop_timeout, "Seconds between that signal and SIGKILL")
      .value("--timeout", timeout, "Kill it after so many seconds")
      .value("--tz", timezone, "Time zone: a name or local")
      .value("--oom-score-adj", oom_score_adj, "How readily the kernel kills it: -1000 to 1000")
      .values("--env-merge", merged_env, "NAME=TEXT with ${VARIABLE} of the image in it")
      .refuse("--init-path,--personality")
      .refuse("--preserve-fd,--shm-size-systemd,--chrootdirs");
}

void ProcessFlags::apply(containers::Options& out) const {
  if (env_host) add_caller_env(out.env);
  for_each_value("--env-file", env_files, [&](const auto& path) { add_env_file(out.env, path); });
  for_each_value("--env", env, [&](const auto& text) { add_env(out.env, text); });
  for_each_value("--env-merge", merged_env, [&](const std::string& text) {
    if (text.find('=') == std::string::npos) throw base::Error(text + ": expected NAME=TEXT");
    out.merged_env.push_back(text);
  });
  out.unset_env = unset_env;
  out.unset_env_all = unset_env_all;
  out.http_proxy = http_proxy;
  if (entrypoint) out.entrypoint = parse_entrypoint(*entrypoint);
  out.user = user;
  for_each_value("--group-add", groups, [&](const std::string& group) {
    if (group == "keep-groups" && groups.size() > 1) {
      throw base::Error("keep-groups: no other groups can be added then");
    }
    out.groups.push_back(group);
  });
  out.adds_users = passwd;
  out.passwd_entry = passwd_entry;
  out.group_entry = group_entry;
  out.host_users = host_users;
  if (!workdir.empty() && !workdir.starts_with('/')) {
    throw base::Error(fmt::format("--workdir: {}: expected an absolute path", workdir));
  }
  out.workdir = workdir;
  out.terminal = terminal;
  out.interactive = interactive;
  out.init = init;
  if (!umask.empty()) out.umask = with_flag("--umask", [&] { return parse_umask(umask); });
  for_each_value("--ulimit", ulimits, [&](const auto& text) { add_ulimit(out.rlimits, text); });
  if (!stop_signal.empty()) {
    with_flag("--stop-signal", [&] { return sys::signal_number(stop_signal); });
  }
  out.systemd = systemd == "1" ? "true" : systemd == "0" ? "false" : systemd;
  out.sdnotify = sdnotify;
  out.stop_signal = stop_signal;
  out.stop_timeout = stop_timeout;
  out.timeout = timeout;
  out.timezone = timezone;
  if (!oom_score_adj) return;
  if (*oom_score_adj < -1000 || *oom_score_adj > 1000) {
    throw base::Error("--oom-score-adj: expected a number from -1000 to 1000");
  }
  out.oom_score_adj = static_cast<int>(*oom_score_adj);
}

}  // namespace pod
