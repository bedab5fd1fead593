#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/many_files.hpp"

#include <algorithm>

namespace bench {
namespace {

constexpr double kGoal = 3;
constexpr const char* kChanged = "bench-changed";

// The same words for both, and what has to be done before and after, at no cost.
struct Move {
  std::string title;
  Words work;
  Words before = {};
  Words after = {};
};

void compare(const Place& place, const Move& move, int rounds) {
  const auto contender = [&](const std::string& who, Words (Place::*program)(const Words&) const) {
    const auto doing = [&place, program, who](Words words) -> std::function<void()> {
      if (words.empty()) return {};
      for (std::string& word : words)
        if (word.ends_with("@")) word.replace(word.size() - 1, 1, who);
      return [&place, program, words] { place.run((place.*program)(words)); };
    };
    return Contender{.name = who,
                     .work = doing(move.work),
                     .before = doing(move.before),
                     .after = doing(move.after),
                     .goal = who == "pod" ? 0 : kGoal};
  };
  std::vector<Contender> contenders{contender("pod", &Place::pod)};
  if (place.has_podman()) contenders.push_back(contender("podman", &Place::podman));
  print_row(move.title, "ms", measure(contenders, rounds));
}

// A container that has written thousands of files of its own.
void change_containers(const Place& place) {
  const Words words{"run",
                    "--name",
                    kChanged,
                    "--network=none",
                    kImage,
                    "/bin/sh",
                    "-c",
                    "i=0; while [ $i -lt 5000 ]; do echo $i >/tmp/$i; i=$((i+1)); done; "
                    "cat /bin/busybox /bin/busybox /bin/busybox >/tmp/large"};
  place.run(place.pod(words));
  if (place.has_podman()) place.run(place.podman(words));
}

}  // namespace

// Between stores: push, save, load, commit.
void bench_moves(const Place& place, int rounds) {
  const std::string missing = support::why_no_docker_registry();
  if (!missing.empty()) {
    return print_row("push", "ms", {Figures{.name = "pod", .failure = missing}});
  }
  const int turns = std::clamp(rounds / 4, 2, 5);
  TrustedRegistry registry(place);
  const std::string name =
      registry.push("bench/large", support::make_registry_image(make_layers(kLarge)));
  place.run(place.pod({"pull", "-q", name}));
  if (place.has_podman()) place.run(place.podman({"pull", "-q", name}));

  // Every push compresses and sends all of it: the registry has nothing of the repository, and
  // what was sent before does not count.
  compare(place,
          {"push of 25,000 files, new layers",
           {"push", "-q", "--force-compression", "--compression-format", "gzip", name,
            registry.host() + "/bench/pushed-by-@"}},
          turns);
  compare(place, {"push of what is there", {"push", "-q", name, name}}, turns);
  const std::string saved = place.path() + "/saved-@";
  for (const char* format : {"docker-archive", "oci-archive"}) {
    compare(place,
            {"save, " + std::string(format),
             {"save", "-q", "--format", format, "-o", saved, name},
             {},
             {"unshare", "rm", saved}},
            turns);
  }
  const std::string kept = place.path() + "/kept-@";
  for (const std::string who : {"pod", "podman"}) {
    if (who == "podman" && !place.has_podman()) continue;
    const Words words{"save", "-q", "-o", place.path() + "/kept-" + who, name};
    place.run(who == "pod" ? place.pod(words) : place.podman(words));
  }
  compare(place, {"load, docker-archive", {"load", "-q", "-i", kept}, {"rmi", name}}, turns);
  change_containers(place);
  compare(place,
          {"commit of 5,000 files",
           {"commit", "-q", kChanged, "localhost/changed"},
           {},
           {"rmi", "localhost/changed"}},
          turns);
}

}  // namespace bench
