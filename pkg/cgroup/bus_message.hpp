#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// As much of the D-Bus wire format as it takes to call a method. See the D-Bus specification,
// "Type System" and "Message Protocol".
namespace cgroup {

// The arguments of a call, little end first, each at its alignment.
class BusWriter {
 public:
  struct Array {
    std::size_t length_at = 0;
    std::size_t start = 0;
  };

  void align(std::size_t to);
  void byte(unsigned char value);
  void number(std::uint32_t value);          // u, and b: 0 or 1
  void text(std::string_view value);         // s and o
  void signature(std::string_view value);    // g, and the head of a variant
  Array begin_array(std::size_t alignment);  // of its elements
  void end_array(const Array& array);

  const std::string& bytes() const { return bytes_; }

 private:
  void put(std::size_t at, std::uint32_t value);

  std::string bytes_;
};

struct BusCall {
  std::string path;
  std::string interface;
  std::string member;
  std::string signature;  // of the arguments: "ssau"
  std::string arguments;  // as a BusWriter made them
};
// The whole message.
std::string bytes_of(const BusCall& call);

// What the first kBusHead bytes of a message say.
struct BusHead {
  enum class Type { Call = 1, Return = 2, Error = 3, Signal = 4 };
  Type type = Type::Signal;
  std::size_t fields = 0;  // bytes of header fields that follow, padded to 8
  std::size_t body = 0;    // bytes of arguments after that
};
constexpr std::size_t kBusHead = 16;
// Throws base::Error for what is not one, or is larger than any answer to us.
BusHead parse_head(std::string_view bytes);

// The first argument of a message, when it is a text (of an error: why).
std::string first_text(std::string_view body);

}  // namespace cgroup
