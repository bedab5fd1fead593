#include "tests/bench/bench.hpp"

#include <algorithm>

#include <unistd.h>

namespace bench {
namespace {

constexpr int kCrowd = 32;

Words words(const Words& flags) {
  Words all{"run", "--rm"};
  all.insert(all.end(), flags.begin(), flags.end());
  all.insert(all.end(), {kImage, "/bin/true"});
  return all;
}

Contender running(const Place& place, const std::string& name, const Words& command, double goal) {
  return {.name = name, .work = [&place, command] { place.run(command); }, .goal = goal};
}

}  // namespace

void bench_runs(const Place& place, int rounds) {
  const Words alone = words({"--network=none"});
  std::vector<Contender> contenders{running(place, "pod", place.pod(alone), 0)};
  if (place.has_podman()) {
    contenders.push_back(running(place, "podman", place.podman(alone), 10));
  }
  const Words crun = place.crun(
      {"run", "--bundle", place.path() + "/bundle", "bench" + std::to_string(::getpid())});
  contenders.push_back(running(place, "crun run of a bundle", crun, 1));
  const Words floor = place.floor();
  if (!floor.empty()) contenders.push_back(running(place, "kernel floor", floor, 0.33));
  print_row("run --rm --network=none IMG true", "ms", measure(contenders, rounds));

  contenders = {running(place, "pod", place.pod(words({})), 0)};
  if (place.has_podman()) {
    contenders.push_back(running(place, "podman", place.podman(words({})), 6));
  }
  print_row("run --rm IMG true", "ms", measure(contenders, rounds));
}

void bench_crowd(const Place& place, int rounds) {
  const Words alone = words({"--network=none"});
  const auto crowd = [&](const std::string& name, const Words& command, double goal) {
    return Contender{.name = name,
                     .work = [&place, command] { place.run_at_once(command, kCrowd); },
                     .goal = goal};
  };
  std::vector<Contender> contenders{crowd("pod", place.pod(alone), 0)};
  if (place.has_podman()) contenders.push_back(crowd("podman", place.podman(alone), 8));
  print_row("32 runs at once", "ms", measure(contenders, std::max(3, rounds / 4)));
}

}  // namespace bench
