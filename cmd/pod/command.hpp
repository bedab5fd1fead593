#pragma once

#include "cmd/cli/options.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A command is one file: its options, one call into a room, its output. It is listed once, in
// commands.cpp.
namespace pod {

using cli::Arguments;

// What the words behind a command's name are, for shells that complete them.
enum class Completes {
  Nothing,
  Containers,
  RunningContainers,
  Images,
  Pods,
  Volumes,
  Secrets,
  Anything,
  Files
};

struct Command {
  std::string_view name;     // "run"; of two words in a group: "pod ps"
  int (*run)(Arguments);     // nothing: the other program, pod-transfer, has it
  std::string_view summary;  // "" hides it from the help: another spelling of one that is shown
  Completes completes = Completes::Nothing;
};

// In the order of the help.
std::span<const Command> commands();

// Spellings of the peers: "container ls" is `ps`.
struct Alias {
  std::string_view name;
  std::string_view command;
};
std::span<const Alias> aliases();

// What a command line asks for: the command (nothing when the words name none, or only a group)
// and the words behind its name. Spellings of the peers ("container ls", "play kube") lead to the
// same command.
struct Found {
  const Command* command = nullptr;
  Arguments arguments;
};
Found find_command(const std::vector<std::string>& words);

// Runs it, here or in the other program, which then takes this process over.
int run_command(const Command& command, const Arguments& arguments);

// The first words that go before others: "container", "pod", "kube" ...
bool is_group(std::string_view word);

// Why the words name no command: "not supported yet" for what the peers have, else a suggestion.
std::string why_unknown(const std::vector<std::string>& words);

// The commands, or those of a group when `group` is one.
std::string overview(std::string_view group);

int attach(Arguments arguments);
int complete(Arguments arguments);
int completion(Arguments arguments);
int connection(Arguments arguments);
int container_cleanup(Arguments arguments);
int container_clone(Arguments arguments);
int container_exists(Arguments arguments);
int container_inspect(Arguments arguments);
int container_prune(Arguments arguments);
int container_runlabel(Arguments arguments);
int container_diff(Arguments arguments);
int create(Arguments arguments);
int diff(Arguments arguments);
int down(Arguments arguments);
int events(Arguments arguments);
int exec(Arguments arguments);
int generate_systemd(Arguments arguments);
int healthcheck_run(Arguments arguments);
int help(Arguments arguments);
int history(Arguments arguments);
int image_diff(Arguments arguments);
int image_exists(Arguments arguments);
int image_inspect(Arguments arguments);
int image_mount(Arguments arguments);
int image_scp(Arguments arguments);
int image_tree(Arguments arguments);
int image_unmount(Arguments arguments);
int image_prune(Arguments arguments);
int images(Arguments arguments);
int info(Arguments arguments);
int inspect(Arguments arguments);
int kill(Arguments arguments);
int kube_generate(Arguments arguments);
int logs(Arguments arguments);
int mount(Arguments arguments);
int pause(Arguments arguments);
int play(Arguments arguments);
int pod_clone(Arguments arguments);
int pod_create(Arguments arguments);
int pod_exists(Arguments arguments);
int pod_inspect(Arguments arguments);
int pod_kill(Arguments arguments);
int pod_logs(Arguments arguments);
int pod_pause(Arguments arguments);
int pod_ps(Arguments arguments);
int pod_prune(Arguments arguments);
int pod_restart(Arguments arguments);
int pod_rm(Arguments arguments);
int pod_start(Arguments arguments);
int pod_stats(Arguments arguments);
int pod_stop(Arguments arguments);
int pod_top(Arguments arguments);
int pod_unpause(Arguments arguments);
int port(Arguments arguments);
int ps(Arguments arguments);
int rename(Arguments arguments);
int restart(Arguments arguments);
int rm(Arguments arguments);
int rmi(Arguments arguments);
int run(Arguments arguments);
int secret_create(Arguments arguments);
int secret_exists(Arguments arguments);
int secret_inspect(Arguments arguments);
int secret_ls(Arguments arguments);
int secret_rm(Arguments arguments);
int start(Arguments arguments);
int stats(Arguments arguments);
int stop(Arguments arguments);
int system_df(Arguments arguments);
int system_migrate(Arguments arguments);
int system_prune(Arguments arguments);
int system_reset(Arguments arguments);
int tag(Arguments arguments);
int top(Arguments arguments);
int unmount(Arguments arguments);
int unpause(Arguments arguments);
int unshare(Arguments arguments);
int untag(Arguments arguments);
int update(Arguments arguments);
int version(Arguments arguments);
int volume_create(Arguments arguments);
int volume_exists(Arguments arguments);
int volume_inspect(Arguments arguments);
int volume_ls(Arguments arguments);
int volume_mount(Arguments arguments);
int volume_prune(Arguments arguments);
int volume_rm(Arguments arguments);
int volume_unmount(Arguments arguments);
int wait(Arguments arguments);

}  // namespace pod
