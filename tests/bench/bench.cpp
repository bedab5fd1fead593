#include "tests/bench/bench.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

void call(const std::function<void()>& step) {
  if (step) step();
}

double round_of(const Contender& contender) {
  call(contender.before);
  const Clock::time_point start = Clock::now();
  contender.work();
  const std::chrono::duration<double, std::milli> taken = Clock::now() - start;
  call(contender.after);
  return taken.count();
}

Figures summary(const Contender& contender, std::vector<double> rounds) {
  std::ranges::sort(rounds);
  return {.name = contender.name,
          .median = rounds[rounds.size() / 2],
          .least = rounds.front(),
          .most = rounds.back(),
          .goal = contender.goal,
          .failure = ""};
}

}  // namespace

std::vector<Figures> measure(const std::vector<Contender>& contenders, int rounds) {
  std::vector<std::vector<double>> taken(contenders.size());
  std::vector<std::string> failures(contenders.size());
  for (int round = -1; round < rounds; ++round) {  // the first is to warm up
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      if (!failures[i].empty()) continue;
      try {
        const double milliseconds = round_of(contenders[i]);
        if (round >= 0) taken[i].push_back(milliseconds);
      } catch (const base::Error& error) {
        failures[i] = error.what();
      }
    }
  }
  std::vector<Figures> figures;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    figures.push_back(failures[i].empty()
                          ? summary(contenders[i], std::move(taken[i]))
                          : Figures{.name = contenders[i].name, .failure = failures[i]});
  }
  return figures;
}

Figures take(const std::string& name, const std::function<double()>& figure, double goal) try {
  const double value = figure();
  return {
      .name = name, .median = value, .least = value, .most = value, .goal = goal, .failure = ""};
} catch (const base::Error& error) {
  return {.name = name, .failure = error.what()};
}

void print_header() {
  std::printf("%-38s %-22s %9s %9s %9s  %8s %6s\n", "", "", "median", "min", "max", "ratio",
              "goal");
}

void print_row(const std::string& title, const std::string& unit,
               const std::vector<Figures>& figures) {
  std::string label = title + (unit.empty() ? "" : ", " + unit);
  const double ours = figures.empty() || !figures[0].failure.empty() ? 0 : figures[0].median;
  for (const Figures& who : figures) {
    std::printf("%-38s %-22s", label.c_str(), who.name.c_str());
    label.clear();
    if (!who.failure.empty()) {
      std::printf(" fails: %s\n", who.failure.c_str());
      continue;
    }
    std::printf(" %9.2f %9.2f %9.2f", who.median, who.least, who.most);
    if (&who != figures.data() && ours > 0) std::printf("  %7.2fx", who.median / ours);
    if (who.goal > 0) std::printf(" %5.1fx", who.goal);
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace bench
