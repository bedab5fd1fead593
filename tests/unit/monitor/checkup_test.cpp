#include "pkg/monitor/checkup.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using monitor::Checkup;
using monitor::Health;
using monitor::HealthCheck;
using monitor::Moment;
using monitor::OnUnhealthy;

constexpr Moment kStart = Moment(1000s);

HealthCheck every_ten_seconds() {
  HealthCheck check;
  check.regular.test = {"CMD", "true"};
  check.regular.interval = 10s;
  check.regular.retries = 2;
  return check;
}

monitor::HealthResult result(int code) {
  return {1, 2, code, "said"};
}

TEST(Checkup, BeginsWithTheContainer) {
  Checkup checkup(every_ten_seconds());
  EXPECT_FALSE(checkup.due());

  checkup.begin(kStart);

  EXPECT_EQ(checkup.due(), kStart);
  EXPECT_EQ(checkup.health().status, "starting");
  checkup.end();
  EXPECT_FALSE(checkup.due());
}

TEST(Checkup, IsHealthyAfterOneSuccess) {
  Checkup checkup(every_ten_seconds());
  checkup.begin(kStart);

  EXPECT_EQ(checkup.take(result(0), kStart + 1s), OnUnhealthy::None);

  EXPECT_EQ(checkup.health().status, "healthy");
  EXPECT_EQ(checkup.due(), kStart + 11s);
}

TEST(Checkup, IsUnhealthyAfterFailuresInARow) {
  HealthCheck check = every_ten_seconds();
  check.on_failure = OnUnhealthy::Restart;
  Checkup checkup(check);
  checkup.begin(kStart);

  EXPECT_EQ(checkup.take(result(1), kStart), OnUnhealthy::None);
  EXPECT_EQ(checkup.health().status, "starting");
  EXPECT_EQ(checkup.take(result(1), kStart + 10s), OnUnhealthy::Restart);

  EXPECT_EQ(checkup.health().status, "unhealthy");
  EXPECT_EQ(checkup.health().failing_streak, 2);
  checkup.take(result(0), kStart + 20s);
  EXPECT_EQ(checkup.health().status, "healthy");
  EXPECT_EQ(checkup.health().failing_streak, 0);
}

TEST(Checkup, ForgivesFailuresUntilTheFirstSuccessOfTheStartPeriod) {
  HealthCheck check = every_ten_seconds();
  check.regular.start_period = 60s;
  check.regular.start_interval = 1s;
  Checkup checkup(check);
  checkup.begin(kStart);

  checkup.take(result(1), kStart);
  EXPECT_EQ(checkup.due(), kStart + 1s);
  EXPECT_EQ(checkup.health().failing_streak, 0);

  checkup.take(result(0), kStart + 1s);
  checkup.take(result(1), kStart + 11s);
  EXPECT_EQ(checkup.due(), kStart + 21s);
  EXPECT_EQ(checkup.health().failing_streak, 1);
}

TEST(Checkup, AsksOnlyWhenToldWithoutAnInterval) {
  HealthCheck check = every_ten_seconds();
  check.regular.interval = 0s;
  Checkup checkup(check);

  checkup.begin(kStart);
  EXPECT_FALSE(checkup.due());
  checkup.take(result(0), kStart);

  EXPECT_FALSE(checkup.due());
  EXPECT_EQ(checkup.health().status, "healthy");
}

TEST(Checkup, ComesBackToWhatCouldNotBeAsked) {
  Checkup checkup(every_ten_seconds());
  checkup.begin(kStart);

  checkup.skip(kStart);

  EXPECT_EQ(checkup.due(), kStart + 10s);
  EXPECT_TRUE(checkup.health().log.empty());
}

TEST(Checkup, BeginsWithTheStartupCheck) {
  HealthCheck check = every_ten_seconds();
  check.startup.test = {"CMD", "startup"};
  check.startup.interval = 2s;
  check.startup.successes = 2;
  Checkup checkup(check);
  checkup.begin(kStart);

  EXPECT_EQ(checkup.current().test.back(), "startup");
  checkup.take(result(0), kStart);
  EXPECT_EQ(checkup.current().test.back(), "startup");
  EXPECT_EQ(checkup.due(), kStart + 2s);
  checkup.take(result(0), kStart + 2s);

  EXPECT_EQ(checkup.current().test.back(), "true");
  EXPECT_EQ(checkup.health().status, "starting");
  EXPECT_LT(checkup.due(), kStart + 3s);
}

TEST(Checkup, RestartsWhatDoesNotStart) {
  HealthCheck check = every_ten_seconds();
  check.startup.test = {"CMD", "startup"};
  check.startup.retries = 2;
  Checkup checkup(check);
  checkup.begin(kStart);

  EXPECT_EQ(checkup.take(result(1), kStart), OnUnhealthy::None);
  EXPECT_EQ(checkup.take(result(1), kStart), OnUnhealthy::Restart);
}

TEST(Checkup, KeepsTheLastResults) {
  HealthCheck check = every_ten_seconds();
  check.log_count = 2;
  check.log_size = 3;
  Checkup checkup(check);
  checkup.begin(kStart);

  for (const int code : {1, 2, 3})
    checkup.take({1, 2, code, "zwölf"}, kStart);

  ASSERT_EQ(checkup.health().log.size(), 2U);
  EXPECT_EQ(checkup.health().log.front().exit_code, 2);
  EXPECT_EQ(checkup.health().log.back().output, "zw");  // not half a character
}

TEST(HealthOnDisk, IsReadAsItWasWritten) {
  HealthCheck check = every_ten_seconds();
  check.startup.test = {"CMD-SHELL", "a b"};
  check.startup.successes = 3;
  check.on_failure = OnUnhealthy::Stop;
  check.log_count = 0;
  Health health;
  health.status = "unhealthy";
  health.log.push_back(result(7));

  EXPECT_EQ(HealthCheck::parse(check.json()).json(), check.json());
  EXPECT_EQ(Health::parse(health.json()).json(), health.json());
  EXPECT_FALSE(check.is_default());
  EXPECT_TRUE(HealthCheck().is_default());
}

}  // namespace
