#include "pkg/containers/sandbox.hpp"

#include "tests/unit/containers/records.hpp"

namespace {

using containers::Container;
using containers::Sandbox;

class Sandboxes : public WithRecords {};

TEST_F(Sandboxes, OfAStandaloneContainerComeFromItsOptions) {
  Container container = make('1', "web");
  container.options.network.mode = "none";
  container.options.ipc_mode = "host";

  const Sandbox sandbox = containers::sandbox_of(home(), container);

  EXPECT_EQ(sandbox.id, container.id);
  EXPECT_FALSE(sandbox.is_pod);
  EXPECT_EQ(sandbox.hostname, "111111111111");
  EXPECT_EQ(sandbox.directory, container.directory(home()));
  EXPECT_FALSE(sandbox.share_ipc);
  EXPECT_TRUE(sandbox.share_uts);
}

TEST_F(Sandboxes, OfContainersThatJoinOthersNameThem) {
  Container container = make('1', "web");
  container.options.network.mode = "container:other";

  EXPECT_EQ(containers::sandbox_of(home(), container).namespaces_of, "other");
}

TEST_F(Sandboxes, OfAPodAreKept) {
  const std::string id(64, 'a');
  Sandbox sandbox;
  sandbox.hostname = "shop";
  sandbox.aliases = {"shop"};
  sandbox.share_pid = true;
  sandbox.share_uts = false;
  sandbox.sysctl = {{"kernel.msgmax", "1"}};
  sandbox.volumes = {{"scratch", true, 7}};
  sandbox.shm_size = 5;
  sandbox.resources = {.memory_limit = 64, .pids_limit = 3};
  sys::make_dirs(home().pods() + "/" + id);

  containers::save_sandbox(home().pods() + "/" + id, sandbox);
  Container member = make('1', "front");
  member.pod = id;
  const Sandbox read = containers::sandbox_of(home(), member);

  EXPECT_EQ(read.id, id);
  EXPECT_TRUE(read.is_pod);
  EXPECT_EQ(read.hostname, "shop");
  EXPECT_TRUE(read.share_pid);
  EXPECT_FALSE(read.share_uts);
  EXPECT_EQ(read.sysctl, sandbox.sysctl);
  EXPECT_EQ(read.volumes, sandbox.volumes);
  EXPECT_EQ(read.shm_size, 5);
  EXPECT_EQ(read.resources, sandbox.resources);
}

TEST_F(Sandboxes, HaveTheirMembersInTheOrderOfTheirMaking) {
  const std::string id(64, 'a');
  for (const char digit : {'3', '1', '2'}) {
    Container container = make(digit, std::string("c") + digit);
    if (digit != '1') container.pod = id;
    write(container);
  }

  const auto members = containers::members(home(), id);

  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].name, "c3");
  EXPECT_EQ(members[1].name, "c2");
}

}  // namespace
