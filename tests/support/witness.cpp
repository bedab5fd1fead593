#include "tests/support/witness.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {
namespace {

using Kind = Process::Kind;

// 0 when it is gone.
int parent_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t end = stat.rfind(')');
  return end == std::string::npos || end + 4 >= stat.size() ? 0 : std::atoi(stat.c_str() + end + 4);
}

std::string word_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(" " + mark);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + 1 + mark.size();
  return text.substr(begin, text.find(' ', begin) - begin);
}

bool is_free(int port) {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const int yes = 1;
  ::setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool is_bound =
      ::bind(one, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(one);
  return is_bound;
}

std::vector<int> ports_of(const base::Json& row) {
  std::vector<int> ports;
  for (const base::Json& port : row.array_or_none("Ports"))
    ports.push_back(static_cast<int>(port.at("host_port").as_integer()));
  return ports;
}

std::string words_of(const base::Json& row) {
  std::string words;
  for (const std::string& word : row.strings_or_none("Command"))
    words += " " + word;
  return words;
}

class Hearing {
 public:
  Hearing(const std::vector<Said>& said, const std::vector<Process>& processes)
      : said_(said), processes_(processes) {
    for (const Process& one : processes)
      by_pid_[one.pid] = &one;
  }

  std::string run() {
    for (const Said& one : said_)
      hear(one);
    for (const Process& one : processes_)
      hear(one);
    count_sandboxes();
    return text_;
  }

 private:
  void object(const std::string& text) { text_ += text + "\n"; }

  const Process* process(int pid) const {
    const auto found = by_pid_.find(pid);
    return found == by_pid_.end() ? nullptr : found->second;
  }

  std::int64_t inits_of(const std::string& number) const {
    return std::ranges::count_if(processes_, [&](const Process& one) {
      return one.kind() == Kind::Init && one.number() == number;
    });
  }

  // The ports of a pod are those of all its members.
  bool is_sandbox_running(const Said& member) const {
    return std::ranges::any_of(said_, [&](const Said& other) {
      return other.is_running() && !other.pod.empty() && other.pod == member.pod;
    });
  }

  void hear(const Said& one) {
    const std::string whose = one.name + " (" + one.number + ") is " + one.state;
    if (!one.is_running()) {
      if (is_sandbox_running(one)) return;
      for (const int port : one.ports) {
        if (!is_free(port)) object(whose + ", port " + std::to_string(port) + " is taken");
      }
      return;
    }
    const Process* found = process(one.pid);
    if (found == nullptr) return object(whose + ", process " + std::to_string(one.pid) + " not");
    if (found->number() != one.number) object(whose + ", its process is " + found->words);
    if (inits_of(one.number) != 1) object(whose + " more than once");
  }

  void hear(const Process& one) {
    const std::string what = std::to_string(one.pid) + " " + one.words;
    if (one.kind() == Kind::Command && one.number().empty()) return object(what + " goes on");
    if (one.number().empty()) return;
    const bool is_said = std::ranges::any_of(said_, [&](const Said& container) {
      return container.number == one.number() && container.is_running();
    });
    if (!is_said) object(what + " is not said to run");
  }

  // Those without a network are counted as well: less is known of them.
  void count_sandboxes() {
    std::set<std::string> running;
    std::set<std::string> perhaps;  // between two restarts
    for (const Said& one : said_) {
      const std::string sandbox = one.pod.empty() ? one.id : one.pod;
      if (one.is_running()) running.insert(sandbox);
      if (one.is_restarted || one.is_running()) perhaps.insert(sandbox);
    }
    std::size_t monitors = 0;
    std::size_t helpers = 0;
    for (const Process& one : processes_) {
      const Process* parent = process(one.parent);
      const bool is_top = parent == nullptr || parent->kind() != Kind::Monitor;
      if (one.kind() == Kind::Monitor && is_top) ++monitors;
      if (one.kind() == Kind::Network) ++helpers;
    }
    const std::string there = " for " + std::to_string(running.size()) + " that run";
    if (monitors < running.size() || monitors > perhaps.size())
      object(std::to_string(monitors) + " monitors" + there);
    if (helpers > perhaps.size()) object(std::to_string(helpers) + " network helpers" + there);
  }

  const std::vector<Said>& said_;
  const std::vector<Process>& processes_;
  std::map<int, const Process*> by_pid_;
  std::string text_;
};

}  // namespace

Kind Process::kind() const {
  const auto begins = [&](const char* text) { return words.starts_with(text); };
  if (begins("pod-monitor")) return Kind::Monitor;
  if (begins("pasta") || words.find("slirp4netns") != std::string::npos) return Kind::Network;
  if (words.find("fuse-overlayfs") != std::string::npos) return Kind::Storage;
  if (begins("probe") || begins("/bin/probe")) {
    return word_after(words, "in-").empty() ? Kind::Init : Kind::Executed;
  }
  return Kind::Command;
}

std::string Process::number() const {
  const Kind what = kind();
  if (what == Kind::Init) return word_after(words, "who-");
  // The command that looks after one that was executed has its words, too.
  return word_after(words, "in-");
}

std::vector<Process> processes() {
  std::vector<Process> all;
  for (const std::string& text : descendants()) {
    const std::size_t space = text.find(' ');
    Process one{std::stoi(text), 0, text.substr(space + 1)};
    one.parent = parent_of(one.pid);
    if (one.parent > 0) all.push_back(std::move(one));
  }
  return all;
}

std::vector<Said> parse_said(const std::string& ps, const std::string& inspect) {
  std::vector<Said> all;
  const base::Json rows = base::Json::parse(ps);
  const base::Json details = base::Json::parse(inspect.empty() ? "[]" : inspect);
  for (const base::Json& row : rows.as_array()) {
    Said one;
    one.id = row.at("Id").as_string();
    one.name = row.at("Names").as_array().at(0).as_string();
    one.pod = row.string_or("PodName", "");
    one.number = word_after(words_of(row), "who-");
    one.is_removed_at_end = row.bool_or("AutoRemove", false);
    one.ports = ports_of(row);
    one.state = row.at("State").as_string();
    one.pid = static_cast<int>(row.integer_or("Pid", 0));
    for (const base::Json& detail : details.as_array()) {
      if (detail.at("Id").as_string() != one.id) continue;
      const base::Json& state = detail.at("State");
      one.is_restarted =
          detail.at("HostConfig").at("RestartPolicy").string_or("Name", "no") != "no";
      if (state.at("Status").as_string() != one.state || state.at("Pid").as_integer() != one.pid)
        one.state += " and " + state.at("Status").as_string();
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string contradiction(const std::vector<Said>& said, const std::vector<Process>& processes) {
  return Hearing(said, processes).run();
}

std::set<std::string> fate_of(const Process& victim, const std::vector<Process>& processes) {
  std::set<int> dead = {victim.pid};
  std::set<std::string> numbers = {victim.number()};
  for (bool more = true; more;) {
    more = false;
    for (const Process& one : processes) {
      if (!dead.contains(one.parent) || !dead.insert(one.pid).second) continue;
      numbers.insert(one.number());
      more = true;
    }
  }
  if (victim.kind() == Kind::Storage) {
    for (const Process& one : processes)
      numbers.insert(one.number());
  }
  numbers.erase("");
  return numbers;
}

}  // namespace support
