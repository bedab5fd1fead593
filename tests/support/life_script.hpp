#pragma once

#include "tests/support/witness.hpp"

#include <random>
#include <set>
#include <string>
#include <vector>

namespace support {

// A command, and the names of the containers that it may make, end or take away.
struct Step {
  Words words;
  std::set<std::string> touches = {};
};

// A user who does all there is to do with a few containers and pods, in any order.
class LifeScript {
 public:
  struct Place {
    std::string image;
    std::string folder;   // files to copy from and to
    std::string network;  // "none" where there is no other
    int first_port = 0;   // a few thousand from here on are ours
  };

  LifeScript(Place place, std::mt19937& random) : place_(std::move(place)), random_(random) {}

  // Chosen by what there is.
  Step next(const std::vector<Said>& now);
  // All that a container goes through, one after the other; each of them has to work.
  std::vector<Words> life_of(const std::string& name);

 private:
  bool chance(unsigned of) { return random_() % of == 0; }
  std::string any(const Words& words) { return words[random_() % words.size()]; }
  std::string next_number() { return std::to_string(++number_); }
  std::string next_port();
  Words program(const std::string& name, Words begin);
  void add_wishes(Words& words);
  Step make();
  Step make_member();
  Step make_pod();
  Step change(const Said& one);
  Step change_pod(const std::vector<Said>& now);
  Step keep_house();
  Step execute(const std::string& name, const std::string& number);

  Place place_;
  std::mt19937& random_;
  int number_ = 0;
  int port_ = 0;
};

}  // namespace support
