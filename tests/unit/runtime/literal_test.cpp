#include "pkg/runtime/literal.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/caps.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Literal, ListsOfProcessorsAreSets) {
  const runtime::ProcessorSet set = runtime::parse_processors("0-2,5,64");

  EXPECT_EQ(set.bits[0], 0b100111U);
  EXPECT_EQ(set.bits[1], 1U);
  EXPECT_GT(set.size, 0U);
  for (const char* wrong : {"", "x", "3-1", "-1", "1,", "99999"})
    EXPECT_THROW(runtime::parse_processors(wrong), base::Error) << wrong;
}

TEST(Literal, LimitsAreNotFittedToWhatWeHave) {
  oci::Process process;
  process.rlimits = {{"RLIMIT_NOFILE", 5, ~std::uint64_t{0}}};
  runtime::Planned planned;

  runtime::plan_literal_limits(process, planned);

  ASSERT_EQ(planned.limits.size(), 1U);
  EXPECT_EQ(planned.limits[0].limit.rlim_cur, 5U);
  EXPECT_EQ(planned.limits[0].limit.rlim_max, RLIM_INFINITY);
  EXPECT_STREQ(planned.limits[0].name, "RLIMIT_NOFILE");
}

TEST(Literal, LimitsHaveTheSpecificationsNamesOnce) {
  runtime::Planned planned;
  oci::Process process;
  for (const auto& limits : {std::vector<oci::Rlimit>{{"NOFILE", 1, 1}},
                             {{"RLIMIT_CORE", 1, 1}, {"RLIMIT_CORE", 2, 2}},
                             {{"RLIMIT_SUCH", 1, 1}}}) {
    process.rlimits = limits;
    EXPECT_THROW(runtime::plan_literal_limits(process, planned), base::Error);
  }
}

TEST(Literal, SetsOfCapabilitiesKeepTheKernelsRules) {
  const auto plan = runtime::plan_literal_capabilities({{"CAP_CHOWN", "CAP_KILL", "CAP_NO_SUCH"},
                                                        {"CAP_CHOWN", "CAP_KILL"},
                                                        {"CAP_CHOWN"},
                                                        {"CAP_KILL"},
                                                        {"CAP_KILL", "CAP_CHOWN"}});

  EXPECT_EQ(plan.bounding, sys::capability_set({"CHOWN", "KILL"}));
  EXPECT_EQ(plan.permitted, sys::capability_set({"CHOWN"}));
  EXPECT_EQ(plan.effective, sys::capability_set({"CHOWN"}));
  EXPECT_EQ(plan.inheritable, sys::capability_set({"KILL"}));
  EXPECT_EQ(plan.ambient, 0U);
}

}  // namespace
