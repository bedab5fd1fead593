#include "pkg/base/error.hpp"
#include "pkg/containers/report.hpp"
#include "tests/unit/containers/records.hpp"

namespace {

using containers::Container;
using Words = std::vector<std::string>;

class Selection : public WithRecords {
 protected:
  void SetUp() override {
    Container web = make('1', "web-front");
    web.options.labels = {{"app", "shop"}, {"tier", "1"}};
    web.image_name = "docker.io/library/nginx:latest";
    web.command = {"nginx"};
    write(web);
    write_ended(web, 0);
    Container cache = make('2', "cache");
    cache.options.labels = {{"app", "shop"}};
    cache.options.network.mode = "none";
    cache.options.restart = containers::RestartPolicy::parse("on-failure:3");
    cache.options.mounts = {{.source = "data", .target = "/data"}};
    write(cache);
    write_ended(cache, 3);
    Container member = make('3', "pod-member");
    member.pod = std::string(64, 'a');
    write(member);
  }
  Words names(const Words& filters, bool running_only = false) const {
    Words found;
    for (const Container& container : containers::select(home(), filters, running_only))
      found.push_back(container.name);
    return found;
  }
};

TEST_F(Selection, FindsThoseThatFitTheFilter) {
  const std::pair<Words, Words> cases[] = {
      {{}, {"web-front", "cache", "pod-member"}},
      {{"name=^web"}, {"web-front"}},
      {{"name=web", "name=cache"}, {"web-front", "cache"}},
      {{"id=22"}, {"cache"}},
      {{"label=app"}, {"web-front", "cache"}},
      {{"label=app=shop", "label=tier=1"}, {"web-front"}},
      {{"status=exited"}, {"web-front", "cache"}},
      {{"status=exited", "exited=3"}, {"cache"}},
      {{"status=created"}, {"pod-member"}},
      {{"ancestor=nginx"}, {"web-front"}},
      {{"before=cache"}, {"web-front"}},
      {{"since=cache"}, {"pod-member"}},
      {{"volume=data"}, {"cache"}},
      {{"volume=/data"}, {"cache"}},
      {{"network=none"}, {"cache"}},
      {{"pod=aaa"}, {"pod-member"}},
      {{"restart-policy=on-failure"}, {"cache"}},
      {{"command=nginx"}, {"web-front"}},
  };
  for (const auto& [filters, expected] : cases)
    EXPECT_EQ(names(filters), expected) << testing::PrintToString(filters);
}

TEST_F(Selection, OfThoseThatRunIsEmptyWhenNoneDoes) {
  EXPECT_EQ(names({}, true), Words());
}

TEST_F(Selection, KnowsItsKeysAndValues) {
  for (const char* filter : {"nothing=1", "status=gone", "name=[", "before=nobody", "name"})
    EXPECT_THROW(names({filter}), base::Error) << filter;
}

}  // namespace
