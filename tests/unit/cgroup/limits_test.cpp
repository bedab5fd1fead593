#include "pkg/cgroup/limits.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>

namespace {

using cgroup::Setting;
using testing::ElementsAre;
using testing::IsEmpty;

// "memory.max=64 cpu.weight=39", in order.
std::string text_of(const oci::Resources& limits) {
  std::string text;
  for (const Setting& setting : cgroup::settings_of(limits))
    text += (text.empty() ? "" : " ") + setting.file + "=" + setting.value;
  return text;
}

TEST(Limits, BecomeFilesOfVersion2) {
  const std::pair<oci::Resources, const char*> cases[] = {
      {{}, ""},
      {{.memory_limit = 64, .memory_swap = 96}, "memory.max=64 memory.swap.max=32"},
      {{.memory_limit = 64, .memory_swap = 64}, "memory.max=64 memory.swap.max=0"},
      {{.memory_limit = 64, .memory_swap = -1}, "memory.max=64 memory.swap.max=max"},
      {{.memory_reservation = 32}, "memory.low=32"},
      {{.cpu_shares = 1024}, "cpu.weight=39"},
      {{.cpu_shares = 2}, "cpu.weight=1"},
      {{.cpu_shares = 262144}, "cpu.weight=10000"},
      {{.cpu_quota = 50000}, "cpu.max=50000 100000"},
      {{.cpu_quota = 20000, .cpu_period = 50000}, "cpu.max=20000 50000"},
      {{.cpu_period = 50000}, "cpu.max=max 50000"},
      {{.cpuset_cpus = "0-3,5", .cpuset_mems = "0"}, "cpuset.cpus=0-3,5 cpuset.mems=0"},
      {{.pids_limit = 50}, "pids.max=50"},
      {{.unified = {{"memory.high", "7"}}}, "memory.high=7"},
      {{.cpu_burst = 5, .cpu_idle = 1}, "cpu.max.burst=5 cpu.idle=1"},
      {{.io_weight = 10}, "io.weight=default 1"},
      {{.io_weight = 1000, .io_device_weights = {{8, 1, 505}}},
       "io.weight=default 10000 io.weight=8:1 5000"},
      {{.io_rates = {{8, 0, "rbps", 600}, {8, 0, "wiops", 0}}},
       "io.max=8:0 rbps=600 io.max=8:0 wiops=max"},
      {{.huge_pages = {{"2MB", 4194304}}}, "hugetlb.2MB.max=4194304"},
      {{.rdma = {{"mlx5_0", {2, std::nullopt}}}}, "rdma.max=mlx5_0 hca_handle=2 hca_object=max"},
  };
  for (const auto& [limits, expected] : cases)
    EXPECT_EQ(text_of(limits), expected);
}

TEST(Limits, OfMemoryAloneAllowAsMuchSwap) {
  EXPECT_EQ(text_of({.memory_limit = 64}), "memory.max=64 memory.swap.max=64");
}

TEST(Limits, OfNothingAreNone) {
  EXPECT_EQ(text_of({.memory_limit = 0, .memory_swap = 0, .memory_reservation = 0}), "");
  EXPECT_EQ(text_of({.cpu_shares = 0, .cpu_quota = 0, .cpu_period = 0}), "");
  EXPECT_EQ(text_of({.pids_limit = 0}), "pids.max=max");
  EXPECT_EQ(text_of({.cpu_quota = -1, .cpu_period = 50000}), "cpu.max=max 50000");
}

TEST(Limits, AreNamedInTheUsersWords) {
  const auto settings = cgroup::settings_of(
      {.memory_limit = 64, .cpu_quota = 1000, .pids_limit = 9, .unified = {{"io.max", "x"}}});

  EXPECT_THAT(cgroup::asked_in(settings),
              ElementsAre("memory limit", "CPU limit", "limit of processes", "limit io.max"));
}

TEST(Limits, ThatLimitNothingAreNotMissed) {
  EXPECT_THAT(cgroup::asked_in(cgroup::settings_of({.memory_swap = -1, .pids_limit = -1})),
              IsEmpty());
}

TEST(Limits, NameFilesOfACgroupOnly) {
  for (const char* file : {"../memory.max", "memory", ".max", "a.b/c"})
    EXPECT_THROW(cgroup::settings_of({.unified = {{file, "1"}}}), base::Error) << file;
}

}  // namespace
