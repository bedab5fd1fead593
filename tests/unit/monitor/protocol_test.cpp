#include "pkg/monitor/protocol.hpp"

#include "pkg/sys/socket.hpp"

#include <gtest/gtest.h>

namespace {

using monitor::Kind;

TEST(Protocol, CarriesBytesOfEachKindWhole) {
  const auto [ours, theirs] = sys::make_socket_pair();
  const std::string bytes = std::string("a\0b", 3) + std::string(monitor::kChunk - 3, 'x');
  for (const Kind kind : {Kind::Output, Kind::Errors, Kind::Input}) {
    ASSERT_TRUE(monitor::send(ours, kind, bytes));

    const auto packet = monitor::receive(theirs);

    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->kind, kind);
    EXPECT_EQ(packet->bytes, bytes);
  }
}

TEST(Protocol, CarriesRequests) {
  const auto [ours, theirs] = sys::make_socket_pair();

  monitor::send(ours, base::Json::object({{"do", "stop"}, {"timeout", 3}}));
  monitor::send(ours, Kind::InputEnd, "");
  const auto request = monitor::receive(theirs);
  const auto end = monitor::receive(theirs);

  EXPECT_EQ(request->json().at("do").as_string(), "stop");
  EXPECT_EQ(request->json().at("timeout").as_integer(), 3);
  EXPECT_EQ(end->kind, Kind::InputEnd);
}

TEST(Protocol, TellsThatTheOtherEndIsGone) {
  auto [ours, theirs] = sys::make_socket_pair();

  theirs.reset();

  EXPECT_FALSE(monitor::send(ours, Kind::Output, "x"));
  EXPECT_FALSE(monitor::receive(ours));
}

}  // namespace
