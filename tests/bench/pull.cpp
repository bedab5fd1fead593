#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/many_files.hpp"
#include "tests/bench/pull_bound.hpp"

#include <algorithm>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

// What can be put together of the host's own programs, all layers at once.
std::string pipe_script(const support::RegistryImage& image, const TrustedRegistry& registry,
                        const std::string& name, const std::string& folder) {
  const bool is_zstd = image.layers.front().media_type.ends_with("zstd");
  const std::string repository = name.substr(0, name.rfind(':')).substr(registry.host().size());
  std::string script = "set -e -o pipefail\n";
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const std::string target = folder + "/" + std::to_string(i);
    script += "mkdir -p " + target + "\n(curl -s --fail --cacert " + registry.authority() +
              " https://" + registry.host() + "/v2" + repository + "/blobs/" +
              image.layers[i].digest + " | tee >(sha256sum >/dev/null) | " +
              (is_zstd ? "zstd" : "pigz") + " -dc | tar -x -C " + target + ") &\n";
  }
  return script + "wait\n";
}

Contender pipe(const Place& place, const support::RegistryImage& image,
               const TrustedRegistry& registry, const std::string& name) {
  constexpr double kGoal = 1 / 0.7;
  const std::string folder = place.path() + "/piped";
  const std::string script = place.path() + "/pipe.sh";
  sys::replace_file(script, pipe_script(image, registry, name, folder));
  return {.name = "curl | sha256 | tar -x",
          .work =
              [&place, script] {
                place.run({"bash", script});
              },
          .before = {},
          .after = [folder] { sys::remove_tree(folder); },
          .goal = kGoal};
}

// What /proc/PID/status has of a process of ours: the most that was in memory at once, in MB. A
// process that has just been forked from the bench is as large as the bench, and does not count.
double most_of(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  std::string word;
  bool is_pod = false;
  while (status >> word) {
    if (word == "Name:" && status >> word) is_pod = word == "pod" || word == "pod-transfer";
    if (!is_pod || word != "VmHWM:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1024;
  }
  return 0;
}

// Of the largest process of pod while `work` is done, in MB. Looked at often: what was used most
// never becomes less.
double largest_process(const std::function<void()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    try {
      work();
    } catch (const base::Error&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  double most = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    for (const std::string& name : sys::list_dir("/proc"))
      most = std::max(most, most_of(name));
    ::usleep(2000);
  }
  if (status != 0) throw base::Error("it failed");
  return most;
}

struct Row {
  std::string title;
  std::string repository;
  support::RegistryImage image;
};

void compare(const Place& place, TrustedRegistry& registry, const Row& row, int rounds) {
  const std::string name = registry.push(row.repository, row.image);
  const auto contender = [&](const std::string& who, Words (Place::*program)(const Words&) const) {
    const auto doing = [&place, program](const Words& words) {
      return [&place, program, words] { place.run((place.*program)(words)); };
    };
    return Contender{.name = who,
                     .work = doing({"pull", "-q", name}),
                     .before = {},
                     .after = doing({"rmi", name})};
  };
  std::vector<Contender> contenders{contender("pod", &Place::pod)};
  if (place.has_podman()) {
    contenders.push_back(contender("podman", &Place::podman));
    contenders.back().goal = 3;
  }
  contenders.push_back(pipe(place, row.image, registry, name));
  std::vector<Figures> figures = measure(contenders, rounds);
  figures.push_back(bound_of_pull(row.image, place.path() + "/bound"));
  print_row(row.title, "ms", figures);
  print_row("its largest process", "MB",
            {take("pod", [&] { return largest_process(contenders[0].work); })});
  contenders[0].after();
}

}  // namespace

void bench_pull(const Place& place, int rounds) {
  const std::string missing = support::why_no_docker_registry();
  if (!missing.empty()) {
    return print_row("pull", "ms", {Figures{.name = "pod", .failure = missing}});
  }
  const int turns = std::clamp(rounds / 4, 2, 5);
  TrustedRegistry registry(place);
  const std::vector<std::string> large = make_layers(kLarge);
  compare(
      place, registry,
      {"pull of 25,000 files, 2 gzip layers", "bench/large", support::make_registry_image(large)},
      turns);
  compare(place, registry,
          {"pull of the same, 2 zstd layers", "bench/zstd", support::make_zstd_image(large)},
          turns);
  compare(place, registry,
          {"pull of 95,000 files, 3 gzip layers", "bench/huge",
           support::make_registry_image(make_layers(kHuge))},
          turns);
}

}  // namespace bench
