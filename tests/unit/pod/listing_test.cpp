#include "cmd/pod/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

TEST(Listing, ShowsPortsAsThePeersDo) {
  network::PortMapping one;
  one.host_port = 8080;
  one.container_port = 80;
  network::PortMapping range;
  range.host_ip = "127.0.0.1";
  range.host_port = 9000;
  range.container_port = 90;
  range.range = 3;
  range.protocol = "udp";

  EXPECT_EQ(pod::ports_text({one, range}), "0.0.0.0:8080->80/tcp, 127.0.0.1:9000-9002->90-92/udp");
  EXPECT_EQ(pod::ports_text({}), "");
}

TEST(Listing, TellsTheStatusInWords) {
  containers::State state;
  EXPECT_EQ(pod::status_text(state), "Created");

  state.status = containers::Status::Running;
  state.started = base::now() - 180'000'000'000;
  EXPECT_EQ(pod::status_text(state), "Up 3 minutes");

  state.status = containers::Status::Exited;
  state.exit_code = 7;
  state.finished = base::now() - 7'300'000'000'000;
  EXPECT_EQ(pod::status_text(state), "Exited (7) 2 hours ago");
}

TEST(Listing, GivesGoItsZeroTime) {
  EXPECT_EQ(pod::unix_seconds(0), -62135596800);
  EXPECT_EQ(pod::unix_seconds(5'000'000'000), 5);
}

}  // namespace
