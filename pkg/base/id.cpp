#include "pkg/base/id.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <sys/random.h>

namespace base {
namespace {

constexpr std::array<std::string_view, 48> kAdjectives = {
    "able",    "agile",   "amber",   "blissful", "bold",   "brave",  "bright", "calm",
    "candid",  "clever",  "cosmic",  "crisp",    "daring", "eager",  "epic",   "fair",
    "fervent", "focused", "gallant", "gentle",   "golden", "happy",  "hardy",  "honest",
    "jolly",   "keen",    "kind",    "lively",   "lucid",  "mellow", "modest", "nimble",
    "noble",   "patient", "peppy",   "quick",    "quiet",  "rapid",  "serene", "sharp",
    "silent",  "steady",  "sunny",   "tender",   "upbeat", "vivid",  "witty",  "zealous"};
constexpr std::array<std::string_view, 48> kSurnames = {
    "babbage",  "bartik",  "bell",    "bohr",     "boole",    "borg",     "brown",    "carson",
    "cerf",     "clarke",  "cray",    "curie",    "darwin",   "dijkstra", "einstein", "euler",
    "faraday",  "fermat",  "fermi",   "galileo",  "gauss",    "goldberg", "hamilton", "hawking",
    "hopper",   "hypatia", "johnson", "kepler",   "knuth",    "lamarr",   "lamport",  "liskov",
    "lovelace", "maxwell", "meitner", "newton",   "noether",  "pascal",   "perlman",  "planck",
    "ritchie",  "shannon", "tesla",   "thompson", "torvalds", "turing",   "wiles",    "wozniak"};

void fill_random(void* bytes, std::size_t size) {
  if (getrandom(bytes, size, 0) != static_cast<ssize_t>(size)) throw SysError("getrandom");
}

}  // namespace

std::string make_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 32> bytes{};
  fill_random(bytes.data(), bytes.size());
  std::string id;
  id.reserve(64);
  for (const unsigned char byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 15U];
  }
  return id;
}

std::string short_id(std::string_view id) {
  return std::string(id.substr(0, 12));
}

std::string make_name() {
  std::array<unsigned char, 2> bytes{};
  fill_random(bytes.data(), bytes.size());
  return std::string(kAdjectives.at(bytes[0] % kAdjectives.size())) + "_" +
         std::string(kSurnames.at(bytes[1] % kSurnames.size()));
}

bool is_name(std::string_view text) {
  const auto is_inner = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  };
  return !text.empty() && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), is_inner);
}

bool is_id_prefix(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace base
