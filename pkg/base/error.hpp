#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace base {

// What went wrong, told from the outside in: "run web: mount /data: no such file or directory".
// Lower case, no full stop, the user's own words in it.
class Error : public std::exception {
 public:
  // `status` is what the program ends with when nobody catches this (125: our own failure).
  explicit Error(std::string message, int status = 125);

  const char* what() const noexcept override { return message_.c_str(); }
  int status() const { return status_; }

  // Puts a step in front of the message: what was being done, in the user's words.
  void during(std::string_view step);

 private:
  std::string message_;
  int status_;
};

// A system call's failure: the message, then what errno says.
class SysError : public Error {
 public:
  explicit SysError(std::string_view message);
  SysError(std::string_view message, int number, int status = 125);

  int number() const { return number_; }

 private:
  int number_;
};

// What errno means, in our lower case: "no such file or directory".
std::string describe_errno(int number);

}  // namespace base
