#include "pkg/seccomp/profile.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>

#include <cerrno>

namespace {

using testing::ElementsAre;

std::vector<std::string> calls_of(const char* text, const std::vector<std::string>& capabilities) {
  std::vector<std::string> calls;
  const auto profile =
      seccomp::parse_profile(base::Json::parse(text), sys::capability_set(capabilities));
  for (const seccomp::Rule& rule : profile.rules)
    calls.insert(calls.end(), rule.calls.begin(), rule.calls.end());
  return calls;
}

constexpr const char* kByCapability = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {}, "excludes": null},
    {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
    {"names": ["no_bpf"], "action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
    {"names": ["s390_call"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["s390x"]}}
  ]})";

TEST(SeccompProfile, HasTheRulesThatFitTheCapabilities) {
  EXPECT_THAT(calls_of(kByCapability, {}), ElementsAre("read", "no_bpf"));
  EXPECT_THAT(calls_of(kByCapability, {"CAP_SYS_ADMIN"}), ElementsAre("read", "bpf"));
}

TEST(SeccompProfile, RefusesWithTheErrorOfTheFile) {
  const auto profile = seccomp::parse_profile(
      base::Json::parse(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38})"), 0);

  EXPECT_EQ(profile.otherwise.kind, seccomp::Action::Kind::Errno);
  EXPECT_EQ(profile.otherwise.number, ENOSYS);
}

TEST(SeccompProfile, IsRefusedWithTheMemberThatIsWrong) {
  const char* texts[] = {
      R"({})",
      R"({"defaultAction": "SCMP_ACT_MAYBE"})",
      R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["a"], "action": "no"}]})",
      R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["a"],
          "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "LIKE"}]}]})",
  };
  for (const char* text : texts)
    EXPECT_THROW(seccomp::parse_profile(base::Json::parse(text), 0), base::Error) << text;
}

TEST(Profile, OfAConfigurationIsTakenToTheLetter) {
  const seccomp::Profile profile = seccomp::parse_filter(base::Json::parse(R"({
    "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
    "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_NOTIFY"},
      {"names": ["clone"], "action": "SCMP_ACT_ERRNO",
       "args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"},
                {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}]})"));

  EXPECT_TRUE(profile.notifies());
  EXPECT_EQ(profile.architectures, std::vector<std::string>{"SCMP_ARCH_X86"});
  ASSERT_EQ(profile.rules.size(), 3U) << "an argument that is compared twice: either";
  EXPECT_EQ(profile.rules[1].arguments.at(0).value, ~std::uint64_t{0});
  EXPECT_ANY_THROW(
      seccomp::parse_filter(base::Json::parse(R"({"defaultAction": "SCMP_ACT_NOTIFY"})")));
}

}  // namespace
