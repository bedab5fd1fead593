#include "pkg/pods/pod.hpp"

#include "pkg/base/error.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "tests/unit/containers/records.hpp"

namespace {

using containers::Container;
using monitor::Status;
using pods::Pod;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Pods : public WithRecords {
 protected:
  Pod add(const std::string& name) const {
    pods::Options options;
    options.name = name;
    options.network.mode = "none";
    options.labels = {{"app", name}};
    return pods::create(home(), options);
  }
  Container add_member(char digit, const Pod& pod) {
    Container container = make(digit, pod.name + "-" + digit);
    container.pod = pod.id;
    write(container);
    return container;
  }
  void set(const Container& container, Status status) const {
    monitor::State state;
    state.status = status;
    state.process = sys::find_process(::getpid()).value_or(sys::ProcessName{});
    state.monitor = state.process;
    write_state(container, state);
  }
  Words names(const Words& filters) const {
    Words found;
    for (const Pod& pod : pods::select(home(), filters))
      found.push_back(pod.name);
    return found;
  }
};

TEST_F(Pods, TellWhatTheyWereMadeWith) {
  pods::Options options;
  options.name = "shop";
  options.hostname = "front";
  options.network.mode = "none";
  options.labels = {{"a", "b"}};
  options.share = {"net", "pid"};
  options.sysctl = {{"kernel.msgmax", "1"}};
  options.volumes = {{"scratch", true, 7}};
  options.resources = {.memory_limit = 64, .cpu_quota = 5};
  options.create_command = {"pod", "pod", "create"};
  options.digest = "d";

  const Pod made = pods::create(home(), options);
  const Pod read = pods::get(home(), "shop");

  EXPECT_EQ(read.id, made.id);
  EXPECT_EQ(read.json().dump(), made.json().dump());
  EXPECT_EQ(read.options.volumes, options.volumes);
  EXPECT_EQ(read.options.resources, options.resources);
  EXPECT_EQ(read.options.share, options.share);
}

TEST_F(Pods, GiveTheirLimitsToTheirContainers) {
  pods::Options options;
  options.name = "shop";
  options.network.mode = "none";
  options.resources = {.memory_limit = 64};

  const Pod pod = pods::create(home(), options);

  EXPECT_EQ(containers::load_sandbox(home(), pod.id).resources, options.resources);
  EXPECT_EQ(pods::inspect(home(), pod).at("memory_limit").as_integer(), 64);
}

TEST_F(Pods, ShareOneNameSpaceWithContainers) {
  write(make('1', "web"));

  EXPECT_THROW(add("web"), base::Error);
  add("shop");
  EXPECT_THROW(add("shop"), base::Error);
}

TEST_F(Pods, AreFoundByNameAndBeginningOfId) {
  const Pod pod = add("shop");

  EXPECT_EQ(pods::get(home(), "shop").id, pod.id);
  EXPECT_EQ(pods::get(home(), pod.id.substr(0, 12)).id, pod.id);
  EXPECT_FALSE(pods::find(home(), "sho"));
  EXPECT_EQ(pods::latest(home())->id, pod.id);
}

TEST_F(Pods, HaveTheStatusOfTheirContainers) {
  const Pod pod = add("shop");
  EXPECT_EQ(pods::status_of(home(), pod), "Created");

  const Container one = add_member('1', pod);
  const Container two = add_member('2', pod);
  EXPECT_EQ(pods::status_of(home(), pod), "Created");
  set(one, Status::Running);
  set(two, Status::Running);
  EXPECT_EQ(pods::status_of(home(), pod), "Running");
  set(two, Status::Exited);
  EXPECT_EQ(pods::status_of(home(), pod), "Degraded");
  set(one, Status::Exited);
  EXPECT_EQ(pods::status_of(home(), pod), "Exited");
}

TEST_F(Pods, AreSelectedByWhatTheyAreAndHold) {
  const Pod shop = add("shop");
  const Pod other = add("other");
  add_member('1', shop);
  const std::pair<Words, Words> cases[] = {
      {{"name=shop"}, {"shop"}},
      {{"id=" + other.id.substr(0, 12)}, {"other"}},
      {{"label=app=shop"}, {"shop"}},
      {{"ctr-names=shop-1"}, {"shop"}},
      {{"ctr-ids=111"}, {"shop"}},
      {{"ctr-number=0"}, {"other"}},
      {{"status=created", "name=other"}, {"other"}},
      {{"network=none"}, {"shop", "other"}},
      {{"name=nothing"}, {}},
  };
  for (const auto& [filters, expected] : cases)
    EXPECT_THAT(names(filters), testing::UnorderedElementsAreArray(expected))
        << testing::PrintToString(filters);
  EXPECT_THROW(names({"nothing=1"}), base::Error);
}

TEST_F(Pods, AreRemovedWithTheirContainers) {
  const Pod pod = add("shop");
  add_member('1', pod);

  pods::remove(home(), pod, false, std::nullopt);

  EXPECT_FALSE(pods::find(home(), "shop"));
  EXPECT_TRUE(containers::list(home()).empty());
  EXPECT_TRUE(sys::list_dir(home().names()).empty());
}

TEST_F(Pods, RefuseWhatCannotBeShared) {
  pods::Options options;
  options.name = "shop";
  options.share = {"net", "time"};

  EXPECT_THROW(pods::create(home(), options), base::Error);
}

}  // namespace
