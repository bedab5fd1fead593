#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kube {

// What is to be said about a file: errors, and notices about what is left out. Collected, so that
// the user hears all of it at once.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  const std::string& file() const { return file_; }

  void error(int line, std::string_view path, std::string_view message);
  void notice(int line, std::string_view path, std::string_view message);

  bool has_errors() const { return !errors_.empty(); }
  // "pod.yaml:14: spec.containers[0].livenessProbe: not supported yet", in the order of lines.
  std::vector<std::string> errors() const { return texts(errors_); }
  std::vector<std::string> notices() const { return texts(notices_); }

 private:
  struct Line {
    int number = 0;
    std::string text;
  };
  std::vector<std::string> texts(const std::vector<Line>& lines) const;

  std::string file_;
  std::vector<Line> errors_;
  std::vector<Line> notices_;
};

}  // namespace kube
