#include "pkg/kube/quantity.hpp"

#include <gtest/gtest.h>

namespace {

using kube::Quantity;

TEST(Quantity, CountsWholeUnitsRoundedUp) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},
      {"1", 1},
      {"128974848", 128974848},
      {"129e6", 129000000},
      {"129M", 129000000},
      {"123Mi", 128974848},
      {"1.5Gi", 1610612736},
      {"1k", 1000},
      {"1E", 1000000000000000000},
      {"1E3", 1000},
      {"1e+3", 1000},
      {"100m", 1},
      {"1500m", 2},
      {"0.5Ki", 512},
      {".5", 1},
      {"5.", 5},
      {"+7", 7},
      {"7Ei", 8070450532247928832},
      {"1n", 1},
      {"-2", -2},
      {"0.1Ei", 115292150460684698},
  };
  for (const auto& [text, bytes] : cases) {
    const auto quantity = Quantity::parse(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(quantity->whole(), bytes) << text;
  }
}

TEST(Quantity, CountsThousandths) {
  const std::pair<const char*, std::int64_t> cases[] = {{"500m", 500}, {"0.5", 500}, {"2", 2000},
                                                        {"1500u", 2},  {"100n", 1},  {"0.0001", 1}};
  for (const auto& [text, thousandths] : cases) {
    const auto quantity = Quantity::parse(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(quantity->thousandths(), thousandths) << text;
  }
}

TEST(Quantity, RefusesWhatKubernetesRefuses) {
  for (const char* text : {"", "m", ".", "1 Mi", "1mi", "1MB", "1KiB", "1.2.3", "--1", "1e", "0x10",
                           "1Mi ", "ten", "1e99999", "99999999999999999999"}) {
    EXPECT_FALSE(Quantity::parse(text)) << text;
  }
}

TEST(Quantity, TellsWhenANumberIsTooLarge) {
  EXPECT_FALSE(Quantity::parse("8Ei")->whole());
  EXPECT_FALSE(Quantity::parse("9E")->thousandths());
  EXPECT_TRUE(Quantity::parse("9E")->whole());
}

}  // namespace
