#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/tar_text.hpp"

#include <algorithm>
#include <random>

namespace bench {
namespace {

constexpr int kLayers = 2;
constexpr int kFilesALayer = 12500;
constexpr int kFolders = 100;
constexpr std::size_t kTextSize = std::size_t{4} << 20U;

// Words in no order: gzip makes a third of it, about what it makes of programs.
std::string make_text(std::mt19937& random) {
  std::vector<std::string> vocabulary(4000);
  for (std::string& word : vocabulary) {
    for (auto left = 2 + random() % 7; left > 0; --left) {
      word += static_cast<char>('a' + random() % 26);
    }
  }
  std::string text;
  while (text.size() < kTextSize)
    text += vocabulary[random() % vocabulary.size()] + " ";
  return text;
}

std::string make_layer(std::mt19937& random, const std::string& text, int number) {
  support::TarText tar;
  const std::string top = "layer" + std::to_string(number);
  tar.directory(top);
  for (int folder = 0; folder < kFolders; ++folder) {
    const std::string path = top + "/" + std::to_string(folder);
    tar.directory(path);
    for (int file = 0; file < kFilesALayer / kFolders; ++file) {
      const std::size_t size = 1000 + random() % 50000;
      tar.file(path + "/" + std::to_string(file), text.substr(random() % (kTextSize / 2), size));
    }
  }
  return tar.end();
}

support::RegistryImage make_image() {
  std::mt19937 random(1);  // the same image every time
  const std::string text = make_text(random);
  std::vector<std::string> layers;
  for (int number = 0; number < kLayers; ++number) {
    layers.push_back(make_layer(random, text, number));
  }
  return support::make_registry_image(layers);
}

}  // namespace

void bench_pull(const Place& place, int rounds) {
  const std::string title = "pull of 25,000 files in two layers";
  const std::string missing = support::why_no_docker_registry();
  if (!missing.empty()) {
    return print_row(title, "ms", {Figures{.name = "pod", .failure = missing}});
  }
  const std::string folder = place.path() + "/registry";
  sys::make_dir(folder);
  const support::Authority authority(folder);
  support::DockerRegistry registry(folder, authority);
  registry.push("bench/many", "1", make_image());
  const std::string trusted = place.path() + "/home/.config/containers/certs.d/" + registry.host();
  sys::make_dirs(trusted);
  sys::create_file(trusted + "/ca.crt", sys::read_file(authority.authority()));

  const std::string name = registry.host() + "/bench/many:1";
  const auto doing = [&](const Words& words) { return [&place, words] { place.run(words); }; };
  std::vector<Contender> contenders{{.name = "pod",
                                     .work = doing(place.pod({"pull", "-q", name})),
                                     .before = {},
                                     .after = doing(place.pod({"rmi", name}))}};
  if (place.has_podman()) {
    contenders.push_back({.name = "podman",
                          .work = doing(place.podman({"pull", "-q", name})),
                          .before = {},
                          .after = doing(place.podman({"rmi", name})),
                          .goal = 2.5});
  }
  print_row(title, "ms", measure(contenders, std::clamp(rounds / 4, 2, 5)));
}

}  // namespace bench
