#include "pkg/events/event.hpp"

#include "pkg/base/error.hpp"
#include "pkg/events/filter.hpp"

#include <gmock/gmock.h>

namespace {

using events::Event;
using events::Filter;
using testing::EndsWith;

Event died() {
  Event event;
  event.time = 1'500'000'000'123'000'000;
  event.status = "died";
  event.exit_code = 7;
  event.subject = {.type = "container",
                   .id = std::string(64, 'a'),
                   .name = "web",
                   .image = "docker.io/library/alpine:latest",
                   .pod = "bbbb",
                   .attributes = {{"tier", "back"}, {"x", ""}}};
  return event;
}

TEST(Event, IsReadAsItWasWritten) {
  const Event event = Event::parse(base::Json::parse(died().json().dump()));

  EXPECT_EQ(event.json(), died().json());
  EXPECT_EQ(event.exit_code, 7);
  EXPECT_EQ(event.subject.attributes.at("tier"), "back");
}

TEST(Event, HasALineForPeople) {
  EXPECT_THAT(died().text(false),
              EndsWith(" container died aaaaaaaaaaaa (image=docker.io/library/alpine:latest, "
                       "name=web, pod_id=bbbb, tier=back, x=)"));
  Event pulled;
  pulled.status = "pull";
  pulled.subject = {.type = "image", .id = "abc", .name = "alpine"};
  EXPECT_THAT(pulled.text(true), EndsWith(" image pull abc alpine"));
  Event made;
  made.status = "create";
  made.subject = {.type = "volume", .name = "disk"};
  EXPECT_THAT(made.text(true), EndsWith(" volume create disk"));
}

TEST(EventFilter, ChoosesByAllKeys) {
  const std::pair<std::vector<std::string>, bool> cases[] = {
      {{}, true},
      {{"container=web"}, true},
      {{"container=aaa"}, true},
      {{"container=cache"}, false},
      {{"container=cache", "container=web"}, true},
      {{"container=web", "event=start"}, false},
      {{"event=die"}, true},
      {{"event=oom"}, false},
      {{"image=alpine"}, true},
      {{"image=docker.io/library/alpine:latest"}, true},
      {{"image=pine"}, false},
      {{"label=tier"}, true},
      {{"label=tier=back", "label=x"}, true},
      {{"label=tier=back", "label=y"}, false},
      {{"pod=bb"}, true},
      {{"type=container"}, true},
      {{"type=image"}, false},
      {{"volume=web"}, false},
  };
  for (const auto& [texts, fits] : cases) {
    EXPECT_EQ(Filter(texts).fits(died()), fits) << testing::PrintToString(texts);
  }
}

TEST(EventFilter, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(Filter({"colour=red"}), base::Error);
  EXPECT_THROW(Filter({"container"}), base::Error);
}

}  // namespace
