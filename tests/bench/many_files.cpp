#include "tests/bench/many_files.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/tar_text.hpp"

#include <random>

namespace bench {
namespace {

constexpr int kFolders = 100;
constexpr std::size_t kTextSize = std::size_t{4} << 20U;

// Words in no order: gzip makes less than half of it, about what it makes of programs.
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

std::string make_layer(std::mt19937& random, const std::string& text, const ManyFiles& image,
                       int number) {
  support::TarText tar;
  const std::string top = "layer" + std::to_string(number);
  tar.directory(top);
  for (int folder = 0; folder < kFolders; ++folder) {
    const std::string path = top + "/" + std::to_string(folder);
    tar.directory(path);
    for (int file = 0; file < image.files / kFolders; ++file) {
      const std::size_t size = 1000 + random() % static_cast<unsigned>(image.largest);
      tar.file(path + "/" + std::to_string(file), text.substr(random() % (kTextSize / 2), size));
    }
  }
  return tar.end();
}

}  // namespace

std::vector<std::string> make_layers(const ManyFiles& image) {
  std::mt19937 random(1);
  const std::string text = make_text(random);
  std::vector<std::string> layers;
  for (int number = 0; number < image.layers; ++number) {
    layers.push_back(make_layer(random, text, image, number));
  }
  return layers;
}

TrustedRegistry::TrustedRegistry(const Place& place) {
  const std::string folder = place.path() + "/registry";
  sys::make_dir(folder);
  authority_ = std::make_unique<support::Authority>(folder);
  registry_ = std::make_unique<support::DockerRegistry>(folder, *authority_);
  const std::string trusted = place.path() + "/home/.config/containers/certs.d/" + host();
  sys::make_dirs(trusted);
  sys::create_file(trusted + "/ca.crt", sys::read_file(authority()));
}

std::string TrustedRegistry::push(const std::string& repository,
                                  const support::RegistryImage& image) {
  registry_->push(repository, "1", image);
  return host() + "/" + repository + ":1";
}

}  // namespace bench
