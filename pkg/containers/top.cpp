// The processes of a container, told from /proc: those in the PID namespace of its first process.
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/descriptors.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/sys/caps.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

namespace containers {
namespace {

// What /proc tells of a process: the lines of status, the fields of stat after its name.
struct Facts {
  pid_t pid = 0;
  std::map<std::string, std::string> status;
  std::vector<std::string> stat;
  std::string arguments;
};

std::string path_of(pid_t pid, const char* file) {
  return fmt::format("/proc/{}/{}", pid, file);
}

std::map<std::string, std::string> parse_status(const std::string& text) {
  std::map<std::string, std::string> lines;
  for (const std::string& line : base::split(text, '\n')) {
    const auto [key, value] = base::split_once(line, ':');
    if (value) lines[key] = std::string(base::trim(*value));
  }
  return lines;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> out;
  for (std::string word; stream >> word;)
    out.push_back(word);
  return out;
}

std::string arguments_of(pid_t pid, const std::string& name) {
  std::string text = sys::find_file(path_of(pid, "cmdline")).value_or("");
  std::replace(text.begin(), text.end(), '\0', ' ');
  text = std::string(base::trim(text));
  return text.empty() ? "[" + name + "]" : text;
}

std::optional<Facts> read_facts(pid_t pid) try {
  Facts facts;
  facts.pid = pid;
  const auto status = sys::find_file(path_of(pid, "status"));
  const auto stat = sys::find_file(path_of(pid, "stat"));
  if (!status || !stat) return std::nullopt;
  facts.status = parse_status(*status);
  facts.stat = words(stat->substr(stat->rfind(')') + 1));
  facts.arguments = arguments_of(pid, facts.status["Name"]);
  return facts;
} catch (const base::SysError&) {
  return std::nullopt;  // it has ended meanwhile
}

// The outer id as the container counts: through uid_map or gid_map of the process.
std::string id_inside(const Facts& facts, const char* map, const std::string& outer) {
  const std::int64_t id = base::parse_integer(outer).value_or(-1);
  for (const std::string& line : base::split(sys::read_file(path_of(facts.pid, map)), '\n')) {
    const auto fields = words(line);
    if (fields.size() != 3) continue;
    const std::int64_t inside = *base::parse_integer(fields[0]);
    const std::int64_t outside = *base::parse_integer(fields[1]);
    const std::int64_t count = *base::parse_integer(fields[2]);
    if (id >= outside && id < outside + count) return std::to_string(inside + id - outside);
  }
  return outer;
}

// "root" for 0, from the container's /etc/passwd or /etc/group; the number when it has no name, or
// when nobody outside may read the file, as on a file system of FUSE.
std::string name_inside(const Facts& facts, const char* file, const std::string& id) try {
  constexpr std::size_t kLimit = std::size_t{4} << 20U;
  const sys::Fd root = sys::open_file(path_of(facts.pid, "root"), O_PATH | O_DIRECTORY);
  const auto names = sys::find_in(root, file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!names) return id;
  for (const std::string& line : base::split(sys::read_all(*names, kLimit), '\n')) {
    const auto fields = base::split(line, ':');
    if (fields.size() > 2 && fields[2] == id) return fields[0];
  }
  return id;
} catch (const base::SysError&) {
  return id;
}

std::string user(const Facts& facts, std::size_t which) {
  const std::string outer = words(facts.status.at("Uid")).at(which);
  return name_inside(facts, "/etc/passwd", id_inside(facts, "uid_map", outer));
}

std::string group(const Facts& facts, std::size_t which) {
  const std::string outer = words(facts.status.at("Gid")).at(which);
  return name_inside(facts, "/etc/group", id_inside(facts, "gid_map", outer));
}

std::string inner_pid(const Facts& facts, const char* line) {
  return words(facts.status.at(line)).back();
}

double ticks(const Facts& facts, std::size_t field) {
  return static_cast<double>(base::parse_integer(facts.stat.at(field)).value_or(0)) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double cpu_seconds(const Facts& facts) {
  return ticks(facts, 11) + ticks(facts, 12);
}

double age_seconds(const Facts& facts) {
  const std::string uptime = words(sys::read_file("/proc/uptime")).front();
  return std::max(0.01, base::parse_number(uptime).value_or(0) - ticks(facts, 19));
}

std::string seconds_text(double seconds) {
  return base::format_duration(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

// The parent as the container counts; 0 for one outside.
std::string inner_parent(const Facts& facts) {
  const auto parent =
      read_facts(static_cast<pid_t>(base::parse_integer(facts.status.at("PPid")).value_or(0)));
  const std::size_t depth = words(facts.status.at("NSpid")).size();
  if (!parent || words(parent->status.at("NSpid")).size() < depth) return "0";
  return inner_pid(*parent, "NSpid");
}

std::string terminal(const Facts& facts) {
  const auto number = static_cast<unsigned>(base::parse_integer(facts.stat.at(4)).value_or(0));
  if (number == 0) return "?";
  const unsigned minor = (number & 0xffU) | ((number >> 12U) & 0xfff00U);
  return "pts/" + std::to_string(minor);
}

// "none", "full", "CHOWN,KILL".
std::string capabilities(const Facts& facts, const char* line) {
  const sys::CapabilitySet set = std::stoull(facts.status.at(line), nullptr, 16);
  if (set == 0) return "none";
  std::vector<std::string> names = sys::capability_names(set);
  if (names.size() == static_cast<std::size_t>(sys::last_capability()) + 1) return "full";
  for (std::string& name : names)
    if (name.starts_with("CAP_")) name.erase(0, 4);
  return base::join(names, ",");
}

std::string groups(const Facts& facts, bool inside) {
  std::vector<std::string> names;
  for (const std::string& outer : words(facts.status.at("Groups"))) {
    names.push_back(inside ? name_inside(facts, "/etc/group", id_inside(facts, "gid_map", outer))
                           : outer);
  }
  return base::join(names, ",");
}

// Of the security module; what there is of it depends on the host.
std::string label(const Facts& facts) try {
  std::string text = sys::find_file(path_of(facts.pid, "attr/current")).value_or("");
  std::erase(text, '\0');
  text = std::string(base::trim(text));
  return text.empty() ? "?" : text;
} catch (const base::SysError&) {
  return "?";
}

std::string start_time(const Facts& facts) {
  const auto age = static_cast<std::int64_t>(age_seconds(facts) * 1e9);
  return base::go_utc((base::now() - age) / 1'000'000'000 * 1'000'000'000);
}

struct Descriptor {
  std::string_view name;
  std::string_view code;  // AIX's
  std::string_view header;
  std::string (*value)(const Facts&);
};

constexpr std::array<Descriptor, 30> kDescriptors = {{
    {"user", "%U", "USER", [](const Facts& facts) { return user(facts, 1); }},
    {"ruser", "%u", "RUSER", [](const Facts& facts) { return user(facts, 0); }},
    {"group", "%G", "GROUP", [](const Facts& facts) { return group(facts, 1); }},
    {"rgroup", "%g", "RGROUP", [](const Facts& facts) { return group(facts, 0); }},
    {"pid", "%p", "PID", [](const Facts& facts) { return inner_pid(facts, "NSpid"); }},
    {"ppid", "%P", "PPID", inner_parent},
    {"pgid", "%r", "PGID", [](const Facts& facts) { return inner_pid(facts, "NSpgid"); }},
    {"hpid", "", "HPID", [](const Facts& facts) { return std::to_string(facts.pid); }},
    {"huser", "", "HUSER", [](const Facts& facts) { return words(facts.status.at("Uid")).at(1); }},
    {"hgroup", "", "HGROUP",
     [](const Facts& facts) { return words(facts.status.at("Gid")).at(1); }},
    {"pcpu", "%C", "%CPU",
     [](const Facts& facts) {
       return fmt::format("{:.3f}", 100 * cpu_seconds(facts) / age_seconds(facts));
     }},
    {"etime", "%t", "ELAPSED", [](const Facts& facts) { return seconds_text(age_seconds(facts)); }},
    {"tty", "%y", "TTY", terminal},
    {"time", "%x", "TIME", [](const Facts& facts) { return seconds_text(cpu_seconds(facts)); }},
    {"args", "%a", "COMMAND", [](const Facts& facts) { return facts.arguments; }},
    {"comm", "%c", "COMMAND", [](const Facts& facts) { return facts.status.at("Name"); }},
    {"nice", "%n", "NI", [](const Facts& facts) { return facts.stat.at(16); }},
    {"vsz", "%z", "VSZ",
     [](const Facts& facts) {
       const auto line = facts.status.find("VmSize");
       return line == facts.status.end() ? std::string("0") : words(line->second).front();
     }},
    {"rss", "", "RSS",
     [](const Facts& facts) {
       const auto line = facts.status.find("VmRSS");
       return line == facts.status.end() ? std::string("0") : words(line->second).front();
     }},
    {"state", "", "STATE", [](const Facts& facts) { return facts.stat.at(0); }},
    {"capamb", "", "AMBIENT CAPS",
     [](const Facts& facts) { return capabilities(facts, "CapAmb"); }},
    {"capbnd", "", "BOUNDING CAPS",
     [](const Facts& facts) { return capabilities(facts, "CapBnd"); }},
    {"capeff", "", "EFFECTIVE CAPS",
     [](const Facts& facts) { return capabilities(facts, "CapEff"); }},
    {"capinh", "", "INHERITED CAPS",
     [](const Facts& facts) { return capabilities(facts, "CapInh"); }},
    {"capprm", "", "PERMITTED CAPS",
     [](const Facts& facts) { return capabilities(facts, "CapPrm"); }},
    {"groups", "", "GROUPS", [](const Facts& facts) { return groups(facts, true); }},
    {"hgroups", "", "HGROUPS", [](const Facts& facts) { return groups(facts, false); }},
    {"label", "", "LABEL", label},
    {"stime", "", "STIME", start_time},
    {"seccomp", "", "SECCOMP",
     [](const Facts& facts) {
       const std::string mode = facts.status.at("Seccomp");
       return std::string(mode == "0" ? "disabled" : mode == "1" ? "strict" : "filter");
     }},
}};

const Descriptor* find_descriptor(const std::string& word) {
  for (const Descriptor& descriptor : kDescriptors) {
    if (word == descriptor.name || (!word.empty() && word == descriptor.code)) return &descriptor;
  }
  return nullptr;
}

const Descriptor& descriptor_of(const std::string& word) {
  if (const Descriptor* found = find_descriptor(word)) return *found;
  throw base::Error(fmt::format("top: {}: unknown descriptor: one of {}", word,
                                base::join(descriptor_names(), ", ")));
}

std::vector<pid_t> processes_in(const std::string& pid_namespace) {
  std::vector<pid_t> pids;
  for (const std::string& name : sys::list_dir("/proc")) {
    const auto pid = base::parse_integer(name);
    if (!pid) continue;
    std::array<char, 64> link{};
    const std::string path = path_of(static_cast<pid_t>(*pid), "ns/pid");
    if (::readlink(path.c_str(), link.data(), link.size() - 1) < 0) continue;
    if (pid_namespace == link.data()) pids.push_back(static_cast<pid_t>(*pid));
  }
  return pids;
}

// In the order in which the container counts them, whatever their numbers on the host.
std::map<std::int64_t, Facts> facts_in(const std::string& pid_namespace) {
  std::map<std::int64_t, Facts> found;
  for (const pid_t pid : processes_in(pid_namespace)) {
    std::optional<Facts> facts = read_facts(pid);
    if (!facts) continue;
    const std::int64_t inner = base::parse_integer(inner_pid(*facts, "NSpid")).value_or(pid);
    found.emplace(inner, std::move(*facts));
  }
  return found;
}

}  // namespace

std::vector<std::string> descriptor_names() {
  std::vector<std::string> names;
  for (const Descriptor& descriptor : kDescriptors)
    names.emplace_back(descriptor.name);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_descriptor(const std::string& word) {
  return find_descriptor(word) != nullptr;
}

std::vector<std::vector<std::string>> top(const home::Home& home, const Container& container,
                                          const std::vector<std::string>& descriptors) {
  const State state = state_of(home, container);
  if (!state.is_running()) throw base::Error("top " + container.name + ": it does not run");
  std::vector<std::string> wanted = descriptors;
  if (wanted.empty()) wanted = {"user", "pid", "ppid", "pcpu", "etime", "tty", "time", "args"};
  std::vector<std::vector<std::string>> rows(1);
  for (const std::string& word : wanted)
    rows.front().emplace_back(descriptor_of(word).header);
  const sys::Fd ns = sys::open_namespace(state.process.pid, "pid");
  for (const auto& [pid, facts] : facts_in(sys::namespace_identity(ns, "pid"))) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& word : wanted)
      row.push_back(descriptor_of(word).value(facts));
  }
  return rows;
}

}  // namespace containers
