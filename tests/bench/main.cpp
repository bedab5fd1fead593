// pod-bench BUILD_FOLDER [ROUNDS [ROW...]]
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"
#include "tests/bench/bench.hpp"

#include <algorithm>
#include <cstdio>

#include <sys/utsname.h>
#include <unistd.h>

namespace bench {
namespace {

struct Part {
  const char* name;
  void (*bench)(const Place&, int);
};

constexpr Part kParts[] = {
    {"run", bench_runs},    {"commands", bench_commands}, {"pods", bench_pods},
    {"crowd", bench_crowd}, {"memory", bench_memory},     {"pull", bench_pull},
    {"moves", bench_moves},
};

constexpr int kRounds = 21;

void print_machine(int rounds) {
  utsname kernel{};
  ::uname(&kernel);
  const std::string load = base::split(sys::read_file("/proc/loadavg"), ' ').front();
  std::printf("Linux %s, %ld processors, load %s; %d rounds in turns\n", kernel.release,
              ::sysconf(_SC_NPROCESSORS_ONLN), load.c_str(), rounds);
}

int run(const Words& arguments) {
  if (arguments.empty()) {
    std::fprintf(
        stderr,
        "usage: pod-bench BUILD_FOLDER [ROUNDS [run|commands|pods|crowd|memory|pull|moves ...]]\n");
    return 125;
  }
  const auto rounds = base::parse_integer(arguments.size() > 1 ? arguments[1] : "");
  const int count = static_cast<int>(rounds.value_or(kRounds));
  print_machine(count);
  const Place place(arguments[0]);
  print_header();
  for (const Part& part : kParts) {
    const bool is_wanted = arguments.size() < 3 || std::find(arguments.begin() + 2, arguments.end(),
                                                             part.name) != arguments.end();
    if (is_wanted) part.bench(place, count);
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int count, char** words) try {
  return bench::run({words + 1, words + count});
} catch (const base::Error& error) {
  std::fprintf(stderr, "pod-bench: %s\n", error.what());
  return error.status();
}
