#include "tests/support/life_script.hpp"

#include <algorithm>

namespace support {
namespace {

const Words kNames = {"c0", "c1", "c2", "c3", "c4"};
const Words kMembers = {"m0", "m1", "m2"};
const Words kPods = {"p0", "p1"};

std::set<std::string> members_of(const std::vector<Said>& now, const std::string& pod) {
  std::set<std::string> names;
  for (const Said& one : now) {
    if (one.pod == pod) names.insert(one.name);
  }
  return names;
}

void append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

}  // namespace

// Its last word names it among the processes, and is never read by the program.
Words LifeScript::program(const std::string& name, Words begin) {
  append(begin, {"--name", name, place_.image, "probe", "print", "up"});
  append(begin, chance(3) ? Words{"wait", "exit", "0"} : Words{"forever"});
  begin.push_back("who-" + next_number());
  return begin;
}

// Of the host, and of the container. Names move from one container to another, and so would theirs.
std::string LifeScript::next_port() {
  return std::to_string(place_.first_port + ++port_ % 3000) + ":80";
}

void LifeScript::add_wishes(Words& words) {
  if (chance(2)) append(words, {"-v", "/anonymous"});
  if (chance(3)) append(words, {"-v", "kept:/data"});
  if (chance(4)) append(words, {"--restart", "always"});
  if (chance(4))
    append(words, {"--health-cmd", R"(["probe","exit","0"])", "--health-interval", "1s"});
  if (chance(4)) append(words, {"-it"});
  append(words, {"--network", chance(2) ? "none" : place_.network});
  if (words.back() != "none") append(words, {"-p", next_port()});
}

Step LifeScript::make() {
  const std::string name = any(kNames);
  Words words = chance(3) ? Words{"create"} : Words{"run", "-d"};
  if (chance(3)) words.emplace_back("--replace");
  if (words.front() == "run" && chance(4)) words.emplace_back("--rm");
  if (std::ranges::count(words, "--rm") > 0) {
    append(words, {"--network", "none", "-v", "/anonymous"});
  } else {
    add_wishes(words);
  }
  return {program(name, words), {name}};
}

Step LifeScript::make_pod() {
  const std::string name = any(kPods);
  Words words = {"pod", "create", "--name", name, "--network", place_.network};
  if (place_.network != "none" && chance(2)) append(words, {"-p", next_port()});
  return {words};
}

Step LifeScript::make_member() {
  const std::string name = any(kMembers);
  Words words = chance(2) ? Words{"create"} : Words{"run", "-d"};
  append(words, {"--pod", any(kPods)});
  if (chance(2)) append(words, {"-v", "/anonymous"});
  return {program(name, words), {name}};
}

Step LifeScript::execute(const std::string& name, const std::string& number) {
  const std::string word = "in-" + number;
  if (chance(2)) return {{"exec", "-d", name, "probe", "forever", word}};
  return {{"exec", name, "probe", "print", "x", "sleep", "0.1", "exit", "0", word}};
}

Step LifeScript::change(const Said& one) {
  const std::string& name = one.name;
  const std::set<std::string> it = {name};
  switch (random_() % 16) {
    case 0:
      return {{"start", name}, it};
    case 1:
      return {{"stop", "-t", "0", name}, it};
    case 2:
      return {{"stop", "-t", "1", name}, it};
    case 3:
      return {{"restart", "-t", "0", name}, it};
    case 4:
      return {{"kill", name}, it};
    case 5:
      return {{"pause", name}};
    case 6:
      return {{"unpause", name}};
    case 7:
      return execute(name, one.number);
    case 8:
      return {{"rm", "-f", "-v", "-t", "0", name}, it};
    case 9:
      return {{"rm", "-v", name}, it};
    case 10: {
      const std::string other = one.pod.empty() ? any(kNames) : any(kMembers);
      return {{"rename", name, other}, {name, other}};
    }
    case 11:
      return {{"cp", place_.folder + "/file", name + ":/tmp/file"}};
    case 12:
      return {{"cp", name + ":/etc", place_.folder + "/copy"}};
    case 13:
      return {{"logs", name}};
    case 14:
      return {{"update", "--restart", "no", name}};
    default:
      return execute(name, one.number);
  }
}

Step LifeScript::change_pod(const std::vector<Said>& now) {
  const std::string pod = any(kPods);
  const std::set<std::string> all = members_of(now, pod);
  switch (random_() % 8) {
    case 0:
      return {{"pod", "stop", "-t", "0", pod}, all};
    case 1:
      return {{"pod", "restart", pod}, all};
    case 2:
      return {{"pod", "kill", pod}, all};
    case 3:
      return {{"pod", "pause", pod}};
    case 4:
      return {{"pod", "unpause", pod}};
    case 5:
      return {{"pod", "rm", "-f", "-t", "0", pod}, all};
    default:
      return {{"pod", "start", pod}, all};
  }
}

Step LifeScript::keep_house() {
  switch (random_() % 6) {
    case 0:
      return {{"volume", "create", "kept"}};
    case 1:
      return {{"volume", "rm", "kept"}};
    case 2:
      return {{"volume", "ls"}};
    case 3:
      return {{"ps", "--all"}};
    case 4:
      return {{"run", "--rm", "-v", "/anonymous", "--network", "none", place_.image, "probe",
               "print", "x", "sleep", "0.05", "exit", "0", "who-" + next_number()}};
    default:
      return {{"pod", "ps"}};
  }
}

Step LifeScript::next(const std::vector<Said>& now) {
  const unsigned long what = random_() % 20;
  if (now.empty() || what < 4) return make();
  if (what == 4) return make_pod();
  if (what < 7) return make_member();
  if (what < 9) return change_pod(now);
  if (what == 9) return keep_house();
  return change(now[random_() % now.size()]);
}

std::vector<Words> LifeScript::life_of(const std::string& name) {
  const std::string other = name + "-other";
  Words create = {"create", "-v", "/anonymous", "--network", place_.network};
  if (place_.network != "none") append(create, {"-p", next_port()});
  append(create, {"--name", name, place_.image, "probe", "forever", "who-" + next_number()});
  return {create,
          {"start", name},
          {"exec", name, "probe", "print", "x"},
          {"pause", name},
          {"unpause", name},
          {"cp", place_.folder + "/file", name + ":/tmp/file"},
          {"rename", name, other},
          {"restart", "-t", "0", other},
          {"logs", other},
          {"stop", "-t", "0", other},
          {"rm", "-v", other},
          {"pod", "create", "--name", name, "--network", place_.network},
          {"run", "-d", "--pod", name, "--name", other, place_.image, "probe", "forever",
           "who-" + next_number()},
          {"pod", "rm", "-f", "-t", "0", name}};
}

}  // namespace support
