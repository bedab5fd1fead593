#include "pkg/transfer/changes.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

oci::ImageConfig changed(const std::vector<std::string>& changes) {
  oci::ImageConfig config;
  for (const std::string& change : changes)
    transfer::apply_change(config, change);
  return config;
}

TEST(Change, SetsCommandsInBothForms) {
  EXPECT_THAT(changed({R"(CMD ["sh", "-l"])"}).cmd, ElementsAre("sh", "-l"));
  EXPECT_THAT(changed({"cmd echo $HOME"}).cmd, ElementsAre("/bin/sh", "-c", "echo $HOME"));
  EXPECT_THAT(changed({"CMD=/bin/bash"}).cmd, ElementsAre("/bin/sh", "-c", "/bin/bash"));
  EXPECT_THAT(changed({R"(ENTRYPOINT ["/init"])"}).entrypoint, ElementsAre("/init"));
}

TEST(Change, SetsVariablesLikeAContainerfile) {
  EXPECT_THAT(changed({"ENV A=b C=\"d e\" F=g\\ h", "ENV A=new"}).env,
              ElementsAre("C=d e", "F=g h", "A=new"));
  EXPECT_THAT(changed({"ENV OLD the old form"}).env, ElementsAre("OLD=the old form"));
}

TEST(Change, SetsLabelsPortsAndVolumes) {
  const auto config = changed({"LABEL a=b 'c d'=e", "EXPOSE 80 53/UDP", "EXPOSE 80/tcp",
                               R"(VOLUME ["/data"])", "VOLUME /a /b"});

  EXPECT_EQ(config.labels.at("a"), "b");
  EXPECT_EQ(config.labels.at("c d"), "e");
  EXPECT_THAT(config.exposed_ports, ElementsAre("80/tcp", "53/udp"));
  EXPECT_THAT(config.volumes, ElementsAre("/data", "/a", "/b"));
}

TEST(Change, SetsUserDirectoryAndSignal) {
  const auto config =
      changed({"USER www:www", "WORKDIR /srv", "WORKDIR app", "STOPSIGNAL SIGQUIT"});

  EXPECT_EQ(config.user, "www:www");
  EXPECT_EQ(config.working_dir, "/srv/app");
  EXPECT_EQ(config.stop_signal, "SIGQUIT");
}

TEST(Change, RefusesOtherInstructions) {
  for (const char* text : {"RUN x", "", "CMD", "EXPOSE x", "EXPOSE 70000", "ENV A", "LABEL =b",
                           "STOPSIGNAL SIGNONE", "ENV A='b"}) {
    EXPECT_THROW(changed({text}), base::Error) << text;
  }
}

}  // namespace
