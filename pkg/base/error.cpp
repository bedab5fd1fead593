#include "pkg/base/error.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

namespace base {

Error::Error(std::string message, int status) : message_(std::move(message)), status_(status) {}

void Error::during(std::string_view step) {
  message_.insert(0, ": ");
  message_.insert(0, step);
}

SysError::SysError(std::string_view message) : SysError(message, errno) {}

SysError::SysError(std::string_view message, int number, int status)
    : Error(std::string(message) + ": " + describe_errno(number), status), number_(number) {}

std::string describe_errno(int number) {
  std::string text = strerrordesc_np(number) != nullptr ? strerrordesc_np(number) : "unknown error";
  // "Is a directory", but not "RPC version wrong".
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace base
