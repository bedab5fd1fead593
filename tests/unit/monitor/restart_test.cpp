#include "pkg/monitor/restart.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using monitor::RestartPolicy;
using std::chrono::milliseconds;
using When = RestartPolicy::When;

TEST(Restart, ReadsThePoliciesOfThePeers) {
  const std::pair<const char*, RestartPolicy> cases[] = {
      {"", {When::No, 0}},
      {"no", {When::No, 0}},
      {"never", {When::No, 0}},
      {"always", {When::Always, 0}},
      {"unless-stopped", {When::UnlessStopped, 0}},
      {"on-failure", {When::OnFailure, 0}},
      {"on-failure:3", {When::OnFailure, 3}},
  };
  for (const auto& [text, policy] : cases) {
    EXPECT_EQ(RestartPolicy::parse(text), policy) << text;
    EXPECT_EQ(RestartPolicy::parse(policy.text()), policy) << text;
  }
}

TEST(Restart, RefusesOtherPolicies) {
  for (const char* text : {"sometimes", "always:3", "on-failure:x", "on-failure:-1", "no:1"})
    EXPECT_THROW(RestartPolicy::parse(text), base::Error) << text;
}

TEST(Restart, DependsOnTheEnd) {
  EXPECT_FALSE(RestartPolicy::parse("no").wants_restart(1, 0));
  EXPECT_TRUE(RestartPolicy::parse("always").wants_restart(0, 99));
  EXPECT_TRUE(RestartPolicy::parse("on-failure").wants_restart(1, 99));
  EXPECT_FALSE(RestartPolicy::parse("on-failure").wants_restart(0, 0));
  EXPECT_TRUE(RestartPolicy::parse("on-failure:2").wants_restart(1, 1));
  EXPECT_FALSE(RestartPolicy::parse("on-failure:2").wants_restart(1, 2));
}

TEST(Restart, WaitsLongerEachTime) {
  monitor::BackOff back_off;

  EXPECT_EQ(back_off.next(milliseconds(5)), milliseconds(100));
  EXPECT_EQ(back_off.next(milliseconds(5)), milliseconds(200));
  EXPECT_EQ(back_off.next(milliseconds(5)), milliseconds(400));
  for (int i = 0; i < 20; ++i)
    back_off.next(milliseconds(5));
  EXPECT_EQ(back_off.next(milliseconds(5)), milliseconds(60'000));
}

TEST(Restart, BeginsAnewAfterALongRun) {
  monitor::BackOff back_off;
  for (int i = 0; i < 5; ++i)
    back_off.next(milliseconds(5));

  EXPECT_EQ(back_off.next(milliseconds(10'000)), milliseconds(100));
  EXPECT_EQ(back_off.next(milliseconds(5)), milliseconds(200));
}

}  // namespace
