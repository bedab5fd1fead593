#include "cmd/pod/command.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace pod {
namespace {

constexpr auto kContainers = Completes::Containers;
constexpr auto kRunning = Completes::RunningContainers;
constexpr auto kImages = Completes::Images;
constexpr auto kPods = Completes::Pods;
constexpr auto kVolumes = Completes::Volumes;
constexpr auto kSecrets = Completes::Secrets;
constexpr auto kFiles = Completes::Files;
constexpr auto kAnything = Completes::Anything;

constexpr Command kCommands[] = {
    {"play", play, "Run the pods of a Kubernetes YAML file", kFiles},
    {"down", down, "Take down the pods of a Kubernetes YAML file", kFiles},
    {"kube generate", kube_generate, "Write a Kubernetes YAML file of pods or containers",
     kAnything},
    {"generate systemd", generate_systemd, "Write a systemd unit for a container or a pod",
     kAnything},

    {"run", run, "Run a command in a new container", kImages},
    {"create", create, "Create a container without starting it", kImages},
    {"start", start, "Start containers", kContainers},
    {"stop", stop, "Stop containers", kRunning},
    {"restart", restart, "Stop containers and start them again", kContainers},
    {"kill", kill, "Send a signal to the main process of containers", kRunning},
    {"pause", pause, "Halt all processes of containers", kRunning},
    {"unpause", unpause, "Let paused containers go on", kRunning},
    {"rename", rename, "Give a container another name", kContainers},
    {"update", update, "Change the limits, the restart policy and the like of containers",
     kContainers},
    {"rm", rm, "Remove containers", kContainers},
    {"ps", ps, "List containers"},
    {"logs", logs, "Show what containers wrote", kContainers},
    {"exec", exec, "Run a command in a running container", kRunning},
    {"attach", attach, "Tie this terminal to a running container", kRunning},
    {"wait", wait, "Wait until containers stop and show their exit codes", kContainers},
    {"inspect", inspect, "Show everything about containers, images, volumes and pods", kAnything},
    {"top", top, "Show the processes of a container", kRunning},
    {"stats", stats, "Show what running containers use", kRunning},
    {"port", port, "Show the published ports of containers", kContainers},
    {"commit", nullptr, "Make an image of a container", kContainers},
    {"export", nullptr, "Write a container's root as an archive", kContainers},
    {"cp", nullptr, "Copy files between a container and this host", kContainers},
    {"diff", diff, "Show what a container or image has changed", kAnything},
    {"mount", mount, "Mount the roots of containers, to look into them", kContainers},
    {"unmount", unmount, "Unmount what mount has mounted", kContainers},
    {"healthcheck run", healthcheck_run, "Run the health check of a container now", kRunning},
    {"container cleanup", container_cleanup, ""},
    {"container clone", container_clone, "Make a container like another one", kContainers},
    {"container diff", container_diff, "Show what a container has changed", kContainers},
    {"container exists", container_exists, "Tell by the exit code whether a container exists",
     kContainers},
    {"container inspect", container_inspect, "Show everything about containers", kContainers},
    {"container prune", container_prune, "Remove containers that do not run"},
    {"container runlabel", container_runlabel, "Run the command that an image's label holds",
     kImages},

    {"pull", nullptr, "Fetch images from a registry", kImages},
    {"push", nullptr, "Bring an image to a registry", kImages},
    {"images", images, "List images"},
    {"rmi", rmi, "Remove images", kImages},
    {"tag", tag, "Give an image further names", kImages},
    {"untag", untag, "Take names from an image", kImages},
    {"save", nullptr, "Write images to an archive or a folder", kImages},
    {"load", nullptr, "Load images from an archive", kFiles},
    {"import", nullptr, "Make an image of a root file system archive", kFiles},
    {"search", nullptr, "Search registries for images"},
    {"login", nullptr, "Log in to a registry"},
    {"logout", nullptr, "Log out of a registry"},
    {"history", history, "Show how an image was made", kImages},
    {"image diff", image_diff, "Show what an image's topmost layer changes", kImages},
    {"image exists", image_exists, "Tell by the exit code whether an image exists", kImages},
    {"image import-store", nullptr, "Take images over from podman's store", kImages},
    {"image sign", nullptr, "Sign images of a registry, in sigstore's way", kImages},
    {"image trust", nullptr, "Show or set which images are trusted"},
    {"image inspect", image_inspect, "Show everything about images", kImages},
    {"image mount", image_mount, "Mount images, to look into them", kImages},
    {"image scp", image_scp, ""},
    {"image tree", image_tree, "Show the layers of an image", kImages},
    {"image unmount", image_unmount, "Unmount what image mount has mounted", kImages},
    {"image prune", image_prune, "Remove images that are not used"},

    {"manifest create", nullptr, "Make a list of images for several platforms", kImages},
    {"manifest add", nullptr, "Add images to a manifest list", kImages},
    {"manifest annotate", nullptr, "Say more about an entry of a manifest list"},
    {"manifest inspect", nullptr, "Show a manifest list, or what a registry has by a name"},
    {"manifest push", nullptr, "Bring a manifest list and its images to a registry"},
    {"manifest remove", nullptr, "Take an image out of a manifest list"},
    {"manifest rm", nullptr, "Remove manifest lists from the store"},
    {"manifest exists", nullptr, "Tell by the exit code whether a manifest list exists"},

    {"artifact add", nullptr, "Make an artifact of files", kFiles},
    {"artifact push", nullptr, "Bring an artifact to a registry"},
    {"artifact pull", nullptr, "Bring an artifact from a registry"},
    {"artifact ls", nullptr, "List artifacts"},
    {"artifact inspect", nullptr, "Show everything about an artifact"},
    {"artifact rm", nullptr, "Remove artifacts"},
    {"artifact extract", nullptr, "Copy the files of an artifact out", kFiles},

    {"pod create", pod_create, "Create a pod"},
    {"pod clone", pod_clone, "Make a pod like another one", kPods},
    {"pod start", pod_start, "Start pods", kPods},
    {"pod stop", pod_stop, "Stop pods", kPods},
    {"pod restart", pod_restart, "Stop pods and start them again", kPods},
    {"pod kill", pod_kill, "Send a signal to the main processes of pods", kPods},
    {"pod pause", pod_pause, "Halt all processes of pods", kPods},
    {"pod unpause", pod_unpause, "Let paused pods go on", kPods},
    {"pod rm", pod_rm, "Remove pods", kPods},
    {"pod ps", pod_ps, "List pods"},
    {"pod logs", pod_logs, "Show what the containers of a pod wrote", kPods},
    {"pod inspect", pod_inspect, "Show everything about pods", kPods},
    {"pod top", pod_top, "Show the processes of a pod", kPods},
    {"pod stats", pod_stats, "Show what the containers of pods use", kPods},
    {"pod exists", pod_exists, "Tell by the exit code whether a pod exists", kPods},
    {"pod prune", pod_prune, "Remove pods whose containers have all ended"},

    {"volume create", volume_create, "Create a volume"},
    {"volume ls", volume_ls, "List volumes"},
    {"volume inspect", volume_inspect, "Show everything about volumes", kVolumes},
    {"volume rm", volume_rm, "Remove volumes", kVolumes},
    {"volume prune", volume_prune, "Remove volumes that no container uses"},
    {"volume exists", volume_exists, "Tell by the exit code whether a volume exists", kVolumes},
    {"volume export", nullptr, "Write what is in a volume as an archive", kVolumes},
    {"volume import", nullptr, "Put what an archive has into a volume", kVolumes},
    {"volume mount", volume_mount, "Show where volumes can be looked into", kVolumes},
    {"volume unmount", volume_unmount, "Done with looking into volumes", kVolumes},

    {"secret create", secret_create, "Keep a secret"},
    {"secret ls", secret_ls, "List secrets"},
    {"secret inspect", secret_inspect, "Show everything about secrets", kSecrets},
    {"secret rm", secret_rm, "Remove secrets", kSecrets},
    {"secret exists", secret_exists, "Tell by the exit code whether a secret exists", kSecrets},

    {"events", events, "Show what happens to containers, images, pods and volumes"},
    {"info", info, "Show this host and how containers run on it"},
    {"version", version, "Show the version"},
    {"unshare", unshare, "Run a command in the user namespace that containers live in", kFiles},
    {"system check", nullptr, "Look for damage in the store"},
    {"system dedup", nullptr, "Store once what several layers have"},
    {"system df", system_df, "Show what all takes of the disk"},
    {"system connection", connection, ""},
    {"system migrate", system_migrate, ""},
    {"system prune", system_prune, "Remove what is not used"},
    {"system renumber", system_migrate, ""},
    {"system reset", system_reset, "Stop all containers and remove everything"},
    {"context", connection, ""},
    {"completion", completion, "Show the completion script of a shell"},
    {"help", help, "Show the help of a command"},
    {"__complete", complete, ""},
};

constexpr Alias kAliases[] = {
    {"artifact list", "artifact ls"},
    {"container attach", "attach"},
    {"container commit", "commit"},
    {"container cp", "cp"},
    {"container create", "create"},
    {"container exec", "exec"},
    {"container export", "export"},
    {"container kill", "kill"},
    {"container list", "ps"},
    {"container logs", "logs"},
    {"container ls", "ps"},
    {"container mount", "mount"},
    {"container pause", "pause"},
    {"container port", "port"},
    {"container ps", "ps"},
    {"container rename", "rename"},
    {"container restart", "restart"},
    {"container rm", "rm"},
    {"container run", "run"},
    {"container start", "start"},
    {"container stats", "stats"},
    {"container stop", "stop"},
    {"container top", "top"},
    {"container umount", "unmount"},
    {"container unmount", "unmount"},
    {"container unpause", "unpause"},
    {"container update", "update"},
    {"container wait", "wait"},
    {"generate kube", "kube generate"},
    {"image history", "history"},
    {"image import", "import"},
    {"image list", "images"},
    {"image load", "load"},
    {"image ls", "images"},
    {"image pull", "pull"},
    {"image push", "push"},
    {"image rm", "rmi"},
    {"image search", "search"},
    {"image save", "save"},
    {"image tag", "tag"},
    {"image umount", "image unmount"},
    {"image untag", "untag"},
    {"kube down", "down"},
    {"kube play", "play"},
    {"list", "ps"},
    {"ls", "ps"},
    {"play kube", "play"},
    {"pod list", "pod ps"},
    {"pod ls", "pod ps"},
    {"secret list", "secret ls"},
    {"secret remove", "secret rm"},
    {"system events", "events"},
    {"system info", "info"},
    {"umount", "unmount"},
    {"volume list", "volume ls"},
    {"volume remove", "volume rm"},
    {"volume umount", "volume unmount"},
};

constexpr std::string_view kGroups[] = {"container", "healthcheck", "image", "manifest",
                                        "artifact",  "pod",         "kube",  "generate",
                                        "volume",    "secret",      "system"};

// What the peers have and we shall not, and why.
struct Refusal {
  std::string_view name;
  std::string_view reason;
};
constexpr std::string_view kNoCriu =
    "CRIU can save and restore the memory of processes only as root";
constexpr std::string_view kNoInit =
    "a container is set up when it is started: use `pod start`; there is no state between created "
    "and running";
constexpr Refusal kRefusals[] = {
    {"auto-update",
     "nothing watches registries here: `pod pull` the image and restart the unit that `pod "
     "generate "
     "systemd --new` has written"},
    {"container checkpoint", kNoCriu},
    {"container init", kNoInit},
    {"container restore", kNoCriu},
    {"farm", "containers run on this host only"},
    {"init", kNoInit},
    {"machine", "containers run on this host itself: there is no virtual machine to look after"},
    {"quadlet", "write a unit with `pod generate systemd` instead"},
    {"volume reload", "there are no plugins for volumes, which is all that it would look at again"},
};

// What the peers have and we do not, yet.
constexpr std::string_view kMissing[] = {"build",      "buildx",        "builder",
                                         "compose",    "generate spec", "image build",
                                         "kube apply", "network",       "system service"};

const Command* find(std::string_view name) {
  for (const Alias& alias : kAliases) {
    if (alias.name == name) name = alias.command;
  }
  const auto* const found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                         [&](const Command& each) { return each.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

bool is_missing(std::string_view name) {
  return std::find(std::begin(kMissing), std::end(kMissing), name) != std::end(kMissing);
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

std::span<const Alias> aliases() {
  return kAliases;
}

bool is_group(std::string_view word) {
  return std::find(std::begin(kGroups), std::end(kGroups), word) != std::end(kGroups);
}

Found find_command(const std::vector<std::string>& words) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
    const Command* command = find(name);
    if (command == nullptr) continue;
    return {command, {name, {words.begin() + static_cast<std::ptrdiff_t>(count), words.end()}}};
  }
  return {};
}

std::string why_unknown(const std::vector<std::string>& words) {
  const bool has_group = is_group(words.front()) && words.size() > 1;
  const std::string name = has_group ? words[0] + " " + words[1] : words[0];
  for (const Refusal& refusal : kRefusals)
    if (refusal.name == name) return fmt::format("{}: not here: {}", name, refusal.reason);
  if (is_missing(name)) return name + ": not supported yet";

  std::vector<std::string> names;
  for (const Command& command : kCommands)
    if (!command.summary.empty()) names.emplace_back(command.name);
  for (const Alias& alias : kAliases)
    names.emplace_back(alias.name);
  const std::optional<std::string> near = base::suggest(name, names);
  return name + ": unknown command" + (near ? ", did you mean " + *near + "?" : "");
}

std::string overview(std::string_view group) {
  std::string text =
      fmt::format("{}\n\nUsage:\n  pod {}COMMAND\n\nCommands:\n",
                  group.empty() ? "Run containers and pods without a daemon and without root"
                                : "Commands about one kind of thing",
                  group.empty() ? "[options] " : fmt::format("{} ", group));
  const std::string prefix = group.empty() ? "" : std::string(group) + " ";
  for (const Command& command : kCommands) {
    if (!command.summary.empty() && command.name.starts_with(prefix)) {
      text += fmt::format("  {:<20}{}\n", command.name, command.summary);
    }
  }
  for (const Alias& alias : kAliases) {
    if (!group.empty() && alias.name.starts_with(prefix)) {
      text += fmt::format("  {:<20}{}\n", alias.name, find(alias.command)->summary);
    }
  }
  return text;
}

}  // namespace pod
