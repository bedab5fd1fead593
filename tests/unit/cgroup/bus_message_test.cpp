#include "pkg/cgroup/bus_message.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): texts with zeros
using cgroup::BusHead;
using cgroup::BusWriter;

TEST(BusMessage, AlignsItsArguments) {
  BusWriter writer;

  writer.text("ab");
  writer.number(258);
  writer.signature("s");

  EXPECT_EQ(writer.bytes(), "\2\0\0\0ab\0\0\2\1\0\0\1s\0"s);
}

TEST(BusMessage, CountsAnArrayWithoutThePaddingBeforeIt) {
  BusWriter writer;

  const BusWriter::Array array = writer.begin_array(8);
  writer.align(8);
  writer.byte(7);
  writer.end_array(array);

  EXPECT_EQ(writer.bytes(), "\1\0\0\0\0\0\0\0\7"s);
}

// As systemd's busctl sends it.
TEST(BusMessage, HasTheHeaderOfTheSpecification) {
  const std::string bytes = cgroup::bytes_of({"/o", "i.f", "M", "u", "\7\0\0\0"s});

  EXPECT_EQ(bytes.substr(0, 16), "l\1\0\1\4\0\0\0\1\0\0\0\x37\0\0\0"s);
  EXPECT_EQ(bytes.substr(16, 16), "\1\1o\0\2\0\0\0/o\0\0\0\0\0\0"s);
  EXPECT_EQ(bytes.substr(32, 16), "\2\1s\0\3\0\0\0i.f\0\0\0\0\0"s);
  EXPECT_EQ(bytes.substr(48, 16), "\3\1s\0\1\0\0\0M\0\0\0\0\0\0\0"s);
  EXPECT_EQ(bytes.substr(64), "\x8\1g\0\1u\0\0\7\0\0\0"s);
}

TEST(BusMessage, SaysHowMuchFollows) {
  const BusHead head = cgroup::parse_head("l\3\1\1\x10\0\0\0\2\0\0\0\x9\0\0\0"s);

  EXPECT_EQ(head.type, BusHead::Type::Error);
  EXPECT_EQ(head.body, 16U);
  EXPECT_EQ(head.fields, 16U);
}

TEST(BusMessage, IsRefusedWhenItIsNoneOrTooLong) {
  EXPECT_THROW(cgroup::parse_head("HTTP/1.1 200 OK\r\n"), base::Error);
  EXPECT_THROW(cgroup::parse_head("l\2"), base::Error);
  EXPECT_THROW(cgroup::parse_head("l\2\1\1\xff\xff\xff\xff\2\0\0\0\0\0\0\0"s), base::Error);
  EXPECT_THROW(cgroup::parse_head("l\2\1\1\0\0\0\0\2\0\0\0\xff\xff\xff\xff"s), base::Error);
}

TEST(BusMessage, TellsItsFirstTextWithinItsBounds) {
  EXPECT_EQ(cgroup::first_text("\3\0\0\0why\0"s), "why");
  EXPECT_EQ(cgroup::first_text("\xff\0\0\0why"s), "why");
  EXPECT_EQ(cgroup::first_text("\1"), "");
}

}  // namespace
