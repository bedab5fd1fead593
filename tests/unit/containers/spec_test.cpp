#include "pkg/containers/spec.hpp"

#include "pkg/base/error.hpp"
#include "tests/unit/containers/records.hpp"

#include <algorithm>

namespace {

using containers::Container;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

class Specs : public WithRecords {
 protected:
  oci::Spec spec_of(const Container& container) const {
    return containers::make_spec(home(), container, containers::sandbox_of(home(), container));
  }
  static std::vector<std::string> namespaces(const oci::Spec& spec) {
    std::vector<std::string> types;
    for (const oci::Namespace& ns : spec.namespaces)
      types.push_back(ns.type);
    return types;
  }
};

TEST_F(Specs, HaveTheCommandAndItsSurroundings) {
  Container container = make('1', "web");
  container.command = {"nginx", "-g", "x"};
  container.options.env = {"A=1"};
  container.options.workdir = "/srv";
  container.options.user = "7:8";

  const oci::Spec spec = spec_of(container);

  EXPECT_EQ(spec.process.args, container.command);
  EXPECT_EQ(spec.process.cwd, "/srv");
  EXPECT_EQ(spec.process.user.name, "7:8");
  EXPECT_THAT(spec.process.env, Contains("A=1"));
}

TEST_F(Specs, HaveNamespacesOfTheirOwnUnlessTheHostsAreWanted) {
  Container container = make('1', "web");
  EXPECT_THAT(namespaces(spec_of(container)),
              testing::IsSupersetOf({"pid", "mount", "ipc", "uts", "network", "cgroup"}));

  container.options.pid_mode = "host";
  container.options.cgroup_mode = "host";

  EXPECT_THAT(namespaces(spec_of(container)), Not(Contains("pid")));
  EXPECT_THAT(namespaces(spec_of(container)), Not(Contains("cgroup")));
}

TEST_F(Specs, HideWhatTheHostShows) {
  Container container = make('1', "web");
  EXPECT_THAT(spec_of(container).masked_paths, Contains("/proc/kcore"));

  container.options.privileged = true;

  EXPECT_THAT(spec_of(container).masked_paths, IsEmpty());
}

TEST_F(Specs, HaveTheLimits) {
  Container container = make('1', "web");
  container.options.resources = {.memory_limit = 64};

  EXPECT_EQ(spec_of(container).resources, container.options.resources);
}

TEST(Capabilities, AreThePeersDefaultWithWhatWasAskedFor) {
  containers::Options options;
  EXPECT_EQ(containers::capabilities_of(options).size(), 11U);

  options.cap_add = {"net_admin"};
  options.cap_drop = {"CAP_CHOWN"};
  const auto changed = containers::capabilities_of(options);
  EXPECT_THAT(changed, Contains("CAP_NET_ADMIN"));
  EXPECT_THAT(changed, Not(Contains("CAP_CHOWN")));

  options.cap_drop = {"ALL"};
  EXPECT_THAT(containers::capabilities_of(options), testing::ElementsAre("CAP_NET_ADMIN"));
}

TEST(Capabilities, HaveNames) {
  containers::Options options;
  options.cap_add = {"FLY"};

  EXPECT_THROW(containers::capabilities_of(options), base::Error);
}

}  // namespace
