#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"

#include <unistd.h>

namespace bench {
namespace {

constexpr const char* kName = "bench-idle";

using Program = Words (Place::*)(const Words&) const;

Words idle(const std::string& name) {
  return {"run", "-d", "--name", name, "--network=none", kImage, "/bin/sleep", "100000"};
}

// The same words for both; what it takes to undo them costs nothing.
void compare(const Place& place, const Words& words, double goal, int rounds,
             const Words& undo = {}) {
  const auto contender = [&](const std::string& name, Program program) {
    Contender made{.name = name,
                   .work = [&place, words, program] { place.run((place.*program)(words)); }};
    if (!undo.empty()) {
      made.after = [&place, undo, program] { place.run((place.*program)(undo)); };
    }
    return made;
  };
  std::vector<Contender> contenders{contender("pod", &Place::pod)};
  if (place.has_podman()) {
    contenders.push_back(contender("podman", &Place::podman));
    contenders.back().goal = goal;
  }
  print_row(words.front(), "ms", measure(contenders, rounds));
}

// Both have a container that does nothing while `work` is done.
void with_idle_container(const Place& place, const std::function<void()>& work) {
  const Words remove{"rm", "-f", "-t", "0", kName};
  const auto both = [&](const Words& words) {
    try {
      place.run(place.pod(words));
    } catch (const base::Error&) {  // each row says itself what fails
    }
    if (place.has_podman()) place.run(place.podman(words));
  };
  both(idle(kName));
  work();
  both(remove);
}

// The proportional set size of a process's parent, in kB; see proc_pid_smaps(5).
double parents_size(const std::string& pid) {
  const std::string stat = sys::read_file("/proc/" + pid + "/stat");
  const auto fields = base::split(std::string_view(stat).substr(stat.rfind(')') + 2), ' ');
  for (const std::string& line :
       base::split(sys::read_file("/proc/" + fields[1] + "/smaps_rollup"), '\n')) {
    if (!line.starts_with("Pss:")) continue;
    const std::string size(base::trim(std::string_view(line).substr(4)));
    return base::parse_number(base::split(size, ' ').front()).value_or(0);
  }
  throw base::Error("no proportional set size");
}

// What watches over an idle container, when there are so many of them.
double watchers_size(const Place& place, Program program, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    names.push_back(kName + std::to_string(i));
    place.run((place.*program)(idle(names.back())));
  }
  ::sleep(1);  // idle is what has rested
  double sum = 0;
  for (const std::string& name : names) {
    sum += parents_size(place.ask((place.*program)({"inspect", "-f", "{{.State.Pid}}", name})));
  }
  for (const std::string& name : names)
    place.run((place.*program)({"rm", "-f", "-t", "0", name}));
  return sum / count;
}

}  // namespace

void bench_commands(const Place& place, int rounds) {
  with_idle_container(place, [&] {
    compare(place, {"exec", kName, "/bin/true"}, 15, rounds);
    compare(place, {"ps"}, 5, rounds);
    compare(place, {"inspect", kName}, 5, rounds);
  });
  compare(place, {"create", "--name", "bench-new", "--network=none", kImage, "/bin/true"}, 5,
          rounds, {"rm", "bench-new"});
}

void bench_memory(const Place& place, int /*rounds*/) {
  for (const int count : {1, 8}) {
    std::vector<Figures> figures{
        take("pod's monitor", [&] { return watchers_size(place, &Place::pod, count); })};
    if (place.has_podman()) {
      figures.push_back(take(
          "conmon", [&] { return watchers_size(place, &Place::podman, count); }, 1));
    }
    print_row("memory, each of " + std::to_string(count) + " idle", "kB PSS", figures);
  }
}

}  // namespace bench
