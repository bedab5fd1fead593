#include "tests/unit/containers/records.hpp"

#include "pkg/base/error.hpp"

namespace {

using containers::Container;

class Records : public WithRecords {
 protected:
  std::string found(const std::string& word) const {
    const auto container = containers::find(home(), word);
    return container ? container->name : "none";
  }
};

TEST_F(Records, TellWhatWasWritten) {
  Container container = make('1', "web");
  container.pod = std::string(64, 'a');
  container.image_id = std::string(64, 'b');
  container.image_name = "docker.io/library/nginx:latest";
  container.layers = {"one", "two"};
  container.command = {"nginx", "-g", "x y"};
  container.anonymous_volumes = {"v"};
  container.options.labels = {{"a", "b"}};

  write(container);
  const Container read = containers::get(home(), "web");

  EXPECT_EQ(read.json().dump(), container.json().dump());
  EXPECT_EQ(read.layers, container.layers);
  EXPECT_EQ(read.created, container.created);
}

TEST_F(Records, AreFoundByNameAndBeginningOfId) {
  write(make('1', "web"));
  write(make('2', "cache"));

  EXPECT_EQ(found("web"), "web");
  EXPECT_EQ(found("2"), "cache");
  EXPECT_EQ(found(std::string(64, '2')), "cache");
  EXPECT_EQ(found("we"), "none");
  EXPECT_EQ(found("3"), "none");
  EXPECT_THROW(containers::get(home(), "nothing"), base::Error);
}

TEST_F(Records, OfSeveralBeginningsAreNotGuessed) {
  Container one = make('1', "one");
  Container two = make('1', "two");
  two.id.back() = '2';
  write(one);
  write(two);

  EXPECT_THROW(containers::find(home(), "11"), base::Error);
  EXPECT_EQ(found("one"), "one");
}

TEST_F(Records, AreAmendedUnderALock) {
  const Container web = make('1', "web");
  write(web);
  {
    containers::Amendment amendment(home(), web.id);
    amendment.container().options.stop_timeout = 3;

    EXPECT_FALSE(sys::Lock::try_take(web.directory(home())));
    EXPECT_EQ(containers::get(home(), "web").options.stop_timeout, 10);
    amendment.publish();
  }

  EXPECT_EQ(containers::get(home(), "web").options.stop_timeout, 3);
  EXPECT_THROW(containers::Amendment(home(), std::string(64, '2')), base::Error);
}

TEST_F(Records, AreFoundByTheNameTheyTell) {
  const Container web = make('1', "web");
  write(web);
  sys::make_link("../containers/" + web.id, home().names() + "/new");

  EXPECT_EQ(found("new"), "none");
  containers::claim_name(home(), "new", "../containers/other");
  EXPECT_EQ(sys::find_link(home().names() + "/new"), "../containers/other");
}

TEST_F(Records, AreListedOldestFirst) {
  const Container older = make('9', "older");
  const Container newer = make('1', "newer");
  write(newer);
  write(older);
  sys::make_dirs(home().containers() + "/" + std::string(64, '5') + ".new");

  const auto all = containers::list(home());

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "older");
  EXPECT_EQ(all[1].name, "newer");
  EXPECT_EQ(containers::latest(home())->name, "newer");
}

TEST_F(Records, ThatCannotBeReadAreNamed) {
  const Container container = make('1', "web");
  write(container);
  sys::replace_file(container.directory(home()) + "/record.json", "{\"id\": 7}");

  try {
    containers::get(home(), "web");
    FAIL() << "nothing thrown";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("record.json"));
  }
}

TEST_F(Records, SayWhereTheLogIs) {
  Container container = make('1', "web");

  EXPECT_EQ(container.log_path(home()), container.directory(home()) + "/ctr.log");
  container.options.log_path = "/tmp/my.log";
  EXPECT_EQ(container.log_path(home()), "/tmp/my.log");
  container.options.log_driver = "none";
  EXPECT_EQ(container.log_path(home()), "");
}

}  // namespace
