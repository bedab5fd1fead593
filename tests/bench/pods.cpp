#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"

#include <algorithm>

namespace bench {
namespace {

// Three containers that end when they are asked to, as servers do.
constexpr const char* kPod = R"(apiVersion: v1
kind: Pod
metadata:
  name: bench
spec:
  containers:
  - name: one
    image: localhost/bench
    imagePullPolicy: Never
    command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep 1000 & wait"]
  - name: two
    image: localhost/bench
    imagePullPolicy: Never
    command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep 1000 & wait"]
  - name: three
    image: localhost/bench
    imagePullPolicy: Never
    command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep 1000 & wait"]
)";

}  // namespace

void bench_pods(const Place& place, int rounds) {
  const std::string file = place.path() + "/pod.yaml";
  sys::create_file(file, kPod);
  const auto doing = [&](const Words& words) { return [&place, words] { place.run(words); }; };
  const auto pod_play = doing(place.pod({"play", file}));
  const auto pod_down = doing(place.pod({"down", file}));
  const auto podman_play = doing(place.podman({"play", "kube", file}));
  const auto podman_down = doing(place.podman({"play", "kube", "--down", file}));

  std::vector<Contender> play{{.name = "pod", .work = pod_play, .after = pod_down}};
  std::vector<Contender> down{{.name = "pod", .work = pod_down, .before = pod_play}};
  if (place.has_podman()) {
    play.push_back({.name = "podman", .work = podman_play, .after = podman_down, .goal = 10});
    down.push_back({.name = "podman", .work = podman_down, .before = podman_play, .goal = 10});
  }
  const int some = std::max(3, rounds / 2);
  print_row("play of a pod of three", "ms", measure(play, some));
  print_row("down of a pod of three", "ms", measure(down, some));
}

}  // namespace bench
