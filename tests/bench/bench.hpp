#pragma once

#include "tests/bench/place.hpp"

#include <functional>
#include <string>
#include <vector>

// Measures pod beside its peers: the same work, on the same image, as the same user, in turns.
namespace bench {

// One of those who do the work. The first of a row is pod; the others are held against it.
struct Contender {
  std::string name;
  std::function<void()> work;    // what is measured; throws base::Error when it fails
  std::function<void()> before;  // made ready for it, and tidied up after it, at no cost
  std::function<void()> after;
  double goal = 0;  // how many times its figure should be pod's; 0: no goal
};

struct Figures {
  std::string name;
  double median = 0;
  double least = 0;
  double most = 0;
  double goal = 0;
  std::string failure;  // why there are none
};

// Milliseconds: one round each that does not count, then `rounds` in turns, A B C A B C.
std::vector<Figures> measure(const std::vector<Contender>& contenders, int rounds);

// What is not time: the figure of each, taken once.
Figures take(const std::string& name, const std::function<double()>& figure, double goal = 0);

void print_header();
void print_row(const std::string& title, const std::string& unit,
               const std::vector<Figures>& figures);

// The rows, by what they are about.
void bench_runs(const Place& place, int rounds);
void bench_crowd(const Place& place, int rounds);
void bench_commands(const Place& place, int rounds);
void bench_pods(const Place& place, int rounds);
void bench_memory(const Place& place, int rounds);
void bench_pull(const Place& place, int rounds);
void bench_moves(const Place& place, int rounds);

}  // namespace bench
