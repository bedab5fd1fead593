#include "pkg/cgroup/bus_message.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>

namespace cgroup {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

void add_field(BusWriter& writer, unsigned char code, char type, const std::string& value) {
  writer.align(8);
  writer.byte(code);
  writer.signature(std::string_view(&type, 1));
  if (type == 'g') {
    writer.signature(value);
  } else {
    writer.text(value);
  }
}

}  // namespace

void BusWriter::align(std::size_t to) {
  bytes_.resize((bytes_.size() + to - 1) / to * to);
}

void BusWriter::byte(unsigned char value) {
  bytes_ += static_cast<char>(value);
}

void BusWriter::put(std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i)
    bytes_.at(at + i) = static_cast<char>(value >> 8U * i & 0xffU);
}

void BusWriter::number(std::uint32_t value) {
  align(4);
  bytes_.resize(bytes_.size() + 4);
  put(bytes_.size() - 4, value);
}

void BusWriter::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_ += value;
  bytes_ += '\0';
}

void BusWriter::signature(std::string_view value) {
  byte(static_cast<unsigned char>(value.size()));
  bytes_ += value;
  bytes_ += '\0';
}

BusWriter::Array BusWriter::begin_array(std::size_t alignment) {
  number(0);
  Array array;
  array.length_at = bytes_.size() - 4;
  align(alignment);
  array.start = bytes_.size();
  return array;
}

void BusWriter::end_array(const Array& array) {
  put(array.length_at, static_cast<std::uint32_t>(bytes_.size() - array.start));
}

std::string bytes_of(const BusCall& call) {
  BusWriter head;
  head.byte('l');  // little end first
  head.byte(static_cast<unsigned char>(BusHead::Type::Call));
  head.byte(0);  // no flags: an answer is wanted
  head.byte(1);  // version of the protocol
  head.number(static_cast<std::uint32_t>(call.arguments.size()));
  head.number(1);  // the call's number
  const BusWriter::Array fields = head.begin_array(8);
  add_field(head, 1, 'o', call.path);
  add_field(head, 2, 's', call.interface);
  add_field(head, 3, 's', call.member);
  add_field(head, 8, 'g', call.signature);
  head.end_array(fields);
  head.align(8);
  return head.bytes() + call.arguments;
}

BusHead parse_head(std::string_view bytes) {
  if (bytes.size() < kBusHead || bytes[0] != 'l' || bytes[1] < 1 || bytes[1] > 4) {
    throw base::Error("not a D-Bus message");
  }
  BusHead head;
  head.type = static_cast<BusHead::Type>(bytes[1]);
  head.body = number_at(bytes, 4);
  head.fields = (std::size_t{number_at(bytes, 12)} + 7) / 8 * 8;
  if (head.body > kMostBytes || head.fields > kMostBytes) throw base::Error("too long an answer");
  return head;
}

std::string first_text(std::string_view body) {
  if (body.size() < 4) return "";
  const std::size_t size = number_at(body, 0);
  return std::string(body.substr(4, std::min(size, body.size() - 4)));
}

}  // namespace cgroup
